"""The pages people read: what they point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
NAMED = r"`((?:app|domain|infrastructure|common|tests|bruno|bench|docs|migrations)/[\w./-]+)`"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_somewhere(page) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    broken = [link for link in links if not (page.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_file_that_is_named_exists(page) -> None:
    files = re.findall(NAMED, page.read_text())

    missing = [
        file for file in files if not ((ROOT / file).exists() or (ROOT / "src" / file).exists())
    ]

    assert missing == []


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_is_one_page_of_context_decision_and_consequences(page) -> None:
    text = page.read_text()

    assert re.findall(r"^## (.*)", text, re.M) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) < 40


def test_decisions_are_counted_and_listed() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()

    for number, page in enumerate(DECISIONS, start=1):
        assert page.name.startswith(f"{number:04}-")
        assert page.read_text().startswith(f"# {number}. ")
        assert f"{number}. [" in index
        assert f"]({page.name})" in index
