"""The shop's letters: templates, and the figures that go into them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from common.money import Money
from domain.alert.digest import Digest
from domain.notice.ports import Letter, NoticeKind
from domain.order.models import Order
from infrastructure.mail.digests import figures_of, subject_of
from infrastructure.mail.mime import one_line
from infrastructure.mail.words import in_words

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_REASONS = {
    "card_declined": "The card was declined.",
    "insufficient_funds": "There is not enough money on the card.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code was wrong.",
    "processing_error": "The card could not be processed. Trying again often helps.",
    "abandoned": "It was not finished in time.",
    "expired": "It was not finished in time.",
}
_SOME_REASON = "It was declined."
_ADDRESS_LINES = (
    ("name",),
    ("first_name", "last_name"),
    ("company",),
    ("address_1",),
    ("address_2",),
    ("postcode", "city"),
    ("state",),
    ("country",),
)


class _Line(NamedTuple):
    label: str
    amount: str
    quantity: int = 1


class JinjaLetters:
    """Writes letters by template, as from ``shop``."""

    def __init__(self, shop: str) -> None:
        self._shop = shop

    async def order_confirmed(self, order: Order) -> Letter:
        return await self._write(
            NoticeKind.ORDER_CONFIRMED,
            f"Your order {order.order_number}",
            address=_address(order.shipping_address or {}),
            **_figures(order),
        )

    async def payment_failed(self, order: Order, reason: str) -> Letter:
        return await self._write(
            NoticeKind.PAYMENT_FAILED,
            f"The payment for order {order.order_number} failed",
            reason=_REASONS.get(reason, _SOME_REASON),
            **_figures(order),
        )

    async def order_refunded(self, order: Order, amount: Money) -> Letter:
        return await self._write(
            NoticeKind.ORDER_REFUNDED,
            f"A refund for order {order.order_number}",
            number=order.order_number,
            amount=in_words(amount),
            is_all=amount == order.total,
        )

    async def password_reset(self, link: str, expires_at: datetime) -> Letter:
        return await self._write(
            NoticeKind.PASSWORD_RESET,
            "Choose a new password",
            link=link,
            expires=f"{expires_at:%H:%M} UTC on {_day(expires_at)}",
        )

    async def alert_digest(self, digest: Digest) -> Letter:
        return await self._write(NoticeKind.ALERT_DIGEST, subject_of(digest), **figures_of(digest))

    async def _write(self, kind: NoticeKind, subject: str, **facts: Any) -> Letter:
        """Fill in the templates, on another thread: to load them takes a while, once."""
        return await asyncio.to_thread(self._fill_in, kind, subject, facts)

    def _fill_in(self, kind: NoticeKind, subject: str, facts: Mapping[str, Any]) -> Letter:
        known = {**facts, "subject": subject, "shop": self._shop}
        text, html = (
            self._templates.get_template(f"{kind}.{form}").render(known) for form in ("txt", "html")
        )
        return Letter(subject, text, html)

    @cached_property
    def _templates(self) -> "Environment":
        from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

        return Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            finalize=lambda value: one_line(value) if type(value) is str else value,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )


def _figures(order: Order) -> dict[str, Any]:
    """Tell what was bought, and how the total came about where that is not plain."""

    def say(amount: int) -> str:
        return in_words(Money(amount, order.currency))

    by_hand = order.total_amount - (
        order.subtotal_amount + order.tax_amount + order.shipping_amount
    )
    extras = {"Shipping": order.shipping_amount, "Tax": order.tax_amount, "Adjustment": by_hand}
    sums = [_Line(label, say(amount)) for label, amount in extras.items() if amount]
    if sums:
        sums.insert(0, _Line("Subtotal", say(order.subtotal_amount)))
    return {
        "number": order.order_number,
        "day": _day(order.paid_at or order.created_at),
        "lines": [
            _Line(item.title_snapshot, say(item.price_snapshot * item.quantity), item.quantity)
            for item in order.items
        ],
        "sums": sums,
        "total": say(order.total_amount),
    }


def _address(fields: Mapping[str, Any]) -> list[str]:
    lines = (
        " ".join(str(fields[key]) for key in line if fields.get(key)) for line in _ADDRESS_LINES
    )
    return [line for line in lines if line.strip()]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
