from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dashboard import SETTINGS
from support.scripted_browser import ScriptedBrowser
from support.server import Server, served


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server, for all who look at it in one file."""
    with served(tmp_path_factory.mktemp("shop"), demo=True, **SETTINGS) as server:
        yield server


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[ScriptedBrowser]:
    with ScriptedBrowser.opened(tmp_path / "profile") as browser:
        yield browser
