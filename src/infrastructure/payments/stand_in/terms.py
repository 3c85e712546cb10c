"""What Stripe would not accept, and so the stand-in does not either."""

import re

from domain.payment.errors import PaymentRefused
from infrastructure.payments.stand_in.shapes import Parameters

_SHORTEST, _LONGEST = 30 * 60, 24 * 60 * 60  # seconds
_MOST_METADATA, _LONGEST_NAME, _LONGEST_VALUE = 50, 40, 500
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?=[/?#]|$)")
_ADDRESS = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash, which browsers turn


def check(asked: Parameters) -> None:
    """Raise ``PaymentRefused`` for an intent or a session that Stripe would not make."""
    amounts = [asked["amount"]] if "amount" in asked else _amounts(asked)
    if sum(amounts) <= 0:
        raise PaymentRefused(reason="the amount must be more than nothing")
    metadata = asked["metadata"]
    if len(metadata) > _MOST_METADATA or any(
        len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE for name, value in metadata.items()
    ):
        raise PaymentRefused(
            reason=f"metadata takes {_MOST_METADATA} names of {_LONGEST_NAME} characters, "
            f"and values of {_LONGEST_VALUE}"
        )


def check_session(asked: Parameters, now: float) -> None:
    """Raise ``PaymentRefused`` for a session that ends too soon or late, or leads nowhere."""
    if not _SHORTEST <= asked["expires_at"] - int(now) <= _LONGEST:
        raise PaymentRefused(reason="expires_at must be 30 minutes to 24 hours ahead")
    for name in ("success_url", "return_url", "cancel_url"):
        if name in asked and origin_of(asked[name]) is None:
            raise PaymentRefused(reason=f"{name} must be an http or https address, in ASCII")


def _amounts(asked: Parameters) -> list[int]:
    return [line["price_data"]["unit_amount"] * line["quantity"] for line in asked["line_items"]]


def origin_of(url: str) -> str | None:
    """Return scheme, host and port of an address that a shopper may be sent to, if it is one."""
    origin = _ORIGIN.match(url)
    return origin[0] if origin and _ADDRESS.fullmatch(url) else None
