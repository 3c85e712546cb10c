"""The shop itself, and the two it is held against; all on copies of one database."""

import importlib.util
import secrets
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from bench.servers import Server, isolated, serving
from bench.shop import ADMIN, PASSWORD

PEREGRINE, FLOOR, YARDSTICK = "peregrine", "floor", "yardstick"


def database(name: str, folder: Path) -> Path:
    return folder / f"{name}.db"


def peregrine(folder: Path, *, workflows: str = "worker") -> AbstractContextManager[Server]:
    """Serve the shop; what follows after answers waits, unless it is carried out ``here``."""
    environment = _environment(folder) | {"WORKFLOWS": workflows}
    return serving(PEREGRINE, "asgi:application", folder, environment)


def floor(folder: Path) -> AbstractContextManager[Server]:
    return _comparison(FLOOR, folder)


def yardstick(folder: Path) -> AbstractContextManager[Server]:
    return _comparison(YARDSTICK, folder)


def yardstick_installed() -> bool:
    return importlib.util.find_spec("fastapi") is not None


def create_admin(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("peregrine")), "create-admin"]
    subprocess.run(
        [*command, "--email", ADMIN, "--password", PASSWORD],
        cwd=folder,
        env=isolated(_environment(folder)),
        check=True,
        capture_output=True,
        timeout=60,
    )


def _comparison(name: str, folder: Path) -> AbstractContextManager[Server]:
    settings = {"BENCH_DATABASE": str(database(name, folder))}
    return serving(name, f"bench.{name}:application", folder, settings)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "SQLITE_URI": f"sqlite+aiosqlite:///{database(PEREGRINE, folder)}",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "RATE_LIMITS": "off",
    }
