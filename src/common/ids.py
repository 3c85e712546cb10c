"""Identifiers."""

import re
import secrets
from uuid import uuid4

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FOREIGN = r"[A-Za-z0-9][A-Za-z0-9_:.-]{0,254}"
"""What ids of other systems look like."""
_FOREIGN = re.compile(FOREIGN)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O and U


def new_id() -> str:
    """Make a random UUID (version 4, RFC 9562) in its canonical form."""
    return str(uuid4())


def canonical_id(text: str) -> str | None:
    """Return ``text`` as a canonical UUID, or ``None`` when it is not one."""
    lowered = text.lower()
    return lowered if _UUID.fullmatch(lowered) else None


def foreign_id(text: str) -> str | None:
    """Return ``text`` as another system's id, or ``None`` when it cannot be one."""
    return text if _FOREIGN.fullmatch(text) else None


def new_order_number() -> str:
    """Make a number such as ``PG-7K3MQ-9XD2A``: easy to read out, and silent about turnover."""
    letters = [secrets.choice(_CROCKFORD) for _ in range(10)]
    return f"PG-{''.join(letters[:5])}-{''.join(letters[5:])}"
