"""Why a card was declined, in the words of https://docs.stripe.com/declines/codes."""

from collections.abc import Mapping
from typing import Any

_SAID_TO_NOBODY = frozenset({"fraudulent", "lost_card", "merchant_blacklist", "stolen_card"})
"""Whoever holds the card may be a thief: to them these are plain declines."""
_SAYS_NOTHING = frozenset({"generic_decline"})


def decline_code(failure: Mapping[str, Any]) -> str:
    """Name the reason in an error of Stripe's, as closely as a shopper may know it."""
    reason, kind = failure.get("decline_code"), failure.get("code")
    if isinstance(reason, str) and reason and reason not in _SAID_TO_NOBODY | _SAYS_NOTHING:
        return reason
    return kind if isinstance(kind, str) and kind not in {"", *_SAID_TO_NOBODY} else "card_declined"
