"""Tests that need a program which no wheel brings: ``@pytest.mark.needs("chromium")``.

Where it is missing they are left out, and the summary says so; under CI they fail.
"""

import os
import shutil
from collections import Counter

import pytest

_left_out = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*programs): leave the test out where one is missing")
    config.stash[_left_out] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("CI"):
        return
    lacking = [item for item in items if _missing(item)]
    config.stash[_left_out].update(program for item in lacking for program in _missing(item))
    if lacking:
        config.hook.pytest_deselected(items=lacking)
        items[:] = [item for item in items if not _missing(item)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if missing := _missing(item):
        pytest.fail(f"{' and '.join(missing)} must be installed where CI is set", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for program, count in terminalreporter.config.stash[_left_out].items():
        terminalreporter.write_line(f"left out because {program} is not installed: {count}")


def _missing(item: pytest.Item) -> list[str]:
    needed = [program for mark in item.iter_markers("needs") for program in mark.args]
    return [program for program in needed if shutil.which(program) is None]
