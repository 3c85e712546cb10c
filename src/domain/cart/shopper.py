"""Who is shopping: somebody we know, or somebody who only holds on to a cart."""

import secrets
from dataclasses import dataclass

from domain.identity.caller import Caller


@dataclass(frozen=True, slots=True)
class Guest:
    """Holds a cart by its session. Without one they have no cart, until they fill it."""

    session_id: str | None = None


type Shopper = Caller | Guest


def new_session_id() -> str:
    """Make a session that nobody can guess."""
    return f"sess_{secrets.token_urlsafe(32)}"
