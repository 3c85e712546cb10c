"""The stand-in's pages as HTML."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.templates import page_policy, templates_in
from common.money import Money
from infrastructure.payments.stand_in.counter import Counter
from infrastructure.payments.stand_in.portal import Portal
from infrastructure.payments.stand_in.terms import origin_of

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


def page_of(counter: Counter | None) -> str:
    """Write the payment page; without a counter, that there is no such payment."""
    template = _templates().get_template("checkout.html")
    return template.render(counter=counter, style=_style(), embedded=counter and counter.embedded)


def portal_page_of(portal: Portal | None) -> str:
    """Write the billing portal; without one, that there is none here."""
    return _templates().get_template("portal.html").render(portal=portal, style=_style())


def policy_of(counter: Counter | None) -> str:
    """Allow the page its own style, and to lead to where its session leads, and nothing more.

    An embedded page may be framed by the site that it returns to.
    """
    urls = [counter.success_url, counter.cancel_url or ""] if counter else []
    origins = " ".join(dict.fromkeys(filter(None, map(origin_of, urls))))
    framers = (
        f"'self' {origin_of(counter.success_url)}" if counter and counter.embedded else "'none'"
    )
    return page_policy(_style(), f"'self' {origins}", framers)


def portal_policy() -> str:
    """Allow the portal its own style, and to send its forms back, and nothing more."""
    return page_policy(_style())


@cache
def _style() -> str:
    return (_FOLDER / "checkout.css").read_text(encoding="utf-8")


@cache
def _templates() -> "Environment":
    """Get ready to read templates when the first is needed: a shop on Stripe never does."""
    environment = templates_in(_FOLDER)
    environment.filters |= {"amount": _amount, "day": _day}
    return environment


def _amount(money: Money) -> str:
    return f"{money.major:,f} {money.currency}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
