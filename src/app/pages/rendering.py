"""Pages as HTML."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.templates import page_policy, templates_in

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


def page_of(name: str, **facts: Any) -> str:
    """Fill in a template of this folder."""
    return _templates().get_template(name).render(**facts, style=_style())


@cache
def policy() -> str:
    """Allow a page its own style, and to send its form back to us, and nothing more."""
    return page_policy(_style())


@cache
def _style() -> str:
    return (_FOLDER / "page.css").read_text(encoding="utf-8")


@cache
def _templates() -> "Environment":
    """Get ready to read templates when the first page is asked for: many a shop has none."""
    return templates_in(_FOLDER)
