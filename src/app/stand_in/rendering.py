"""The payment page as HTML: it works without scripts, and loads nothing at all."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from common.money import Money
from infrastructure.payments.stand_in.counter import Counter
from infrastructure.payments.stand_in.terms import origin_of

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent


class _Page(NamedTuple):
    template: "Template"
    style: str
    style_hash: str


def page_of(counter: Counter | None) -> str:
    """Write the page; without a counter, that there is no such payment."""
    page = _page()
    return page.template.render(
        counter=counter, style=page.style, embedded=counter and counter.embedded
    )


def policy_of(counter: Counter | None) -> str:
    """Allow the page its own style, and to lead to where its session leads, and nothing more.

    An embedded page may be framed by the site that it returns to.
    """
    urls = [counter.success_url, counter.cancel_url or ""] if counter else []
    origins = " ".join(dict.fromkeys(filter(None, map(origin_of, urls))))
    framers = (
        f"'self' {origin_of(counter.success_url)}" if counter and counter.embedded else "'none'"
    )
    return (
        f"default-src 'none'; style-src '{_page().style_hash}'; img-src data:; base-uri 'none'; "
        f"form-action 'self' {origins}; frame-ancestors {framers}"
    )


@cache
def _page() -> _Page:
    """Read the template when it is first needed: a shop on Stripe never does."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["amount"] = _amount
    style = (_FOLDER / "checkout.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _Page(environment.get_template("checkout.html"), style, f"sha256-{digest}")


def _amount(money: Money) -> str:
    return f"{money.major:,f} {money.currency}"
