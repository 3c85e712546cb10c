"""What no test can run here, held to what it refers to: the image and the composition."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[1]
SETTINGS = {name.upper() for name in Settings.model_fields}


@pytest.fixture
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text().replace("\\\n", "")


def test_the_composition_sets_only_what_is_a_setting(services) -> None:
    assert services["app"]["environment"].keys() <= SETTINGS
    assert services["migrate"]["environment"] == services["app"]["environment"]


def test_no_secret_is_written_down_in_the_composition(services) -> None:
    app, postgres = services["app"]["environment"], services["postgres"]["environment"]

    assert app["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "peregrine:${POSTGRES_PASSWORD:?" in app["DATABASE_URL"]
    assert postgres["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_whoever_is_waited_for_can_become_what_is_waited_for(services) -> None:
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "test" in services[name]["healthcheck"]
            else:
                assert services[name].get("restart", "no") == "no"


def test_the_image_sets_only_what_is_a_setting() -> None:
    names = re.findall(r"([A-Z_]+)=", " ".join(re.findall(r"^ENV (.*)", dockerfile(), re.M)))

    ours = {name for name in names if not name.startswith("UV_")} - {"PATH"}

    assert ours
    assert ours <= SETTINGS


def test_what_the_image_copies_is_there_and_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}

    copied = {
        source
        for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile(), re.M)
        for source in sources.split()
    }

    assert copied == let_in
    assert all((ROOT / source).exists() for source in copied)
