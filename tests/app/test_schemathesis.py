"""The server is held to its own description, by a program that tries to catch it lying.

All checks are on, in all phases; ``schemathesis.toml`` says how to run it for longer.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.description import table
from support.server import ROOT, Server, isolated, served
from support.woo_store import WooStore

PROGRAM = Path(sys.executable).with_name("schemathesis")
UNVERSIONED = r"^/api/(?!v1)"  # the same endpoints as under /api/v1, by their other name
ALWAYS = ["--checks=all", "--seed=1", f"--exclude-path-regex={UNVERSIONED}"]
ALWAYS += ["--continue-on-failure", "--no-color"]


def credentials(shop: Server, role: str) -> list[str]:
    if role == "GUEST":
        return []
    return ["--header", f"Authorization: Bearer {shop.token(shop.logins()[role])}"]


@pytest.mark.parametrize(
    ("role", "effort"),
    [
        ("ADMIN", ["--max-examples=8", "--phases=examples,coverage,fuzzing,stateful"]),
        ("USER", ["--max-examples=5", "--phases=fuzzing,stateful"]),
        ("GUEST", ["--max-examples=5", "--phases=fuzzing,stateful"]),
    ],
)
def test_the_server_does_what_it_says(tmp_path, role, effort) -> None:
    described = [
        operation
        for route in table()
        if not re.match(UNVERSIONED, route.path)
        for operation in route.operations()
    ]

    with (
        WooStore() as woo,
        served(tmp_path, demo=True, RATE_LIMITS="off", **woo.environment) as shop,
    ):
        done = subprocess.run(
            [
                PROGRAM,
                "run",
                f"{shop.url}/openapi.json",
                *ALWAYS,
                *effort,
                *credentials(shop, role),
            ],
            cwd=ROOT,
            env=isolated({}),
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Tested: {len(described)}\n" in done.stdout
