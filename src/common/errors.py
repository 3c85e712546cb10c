"""The failures the domain can name.

An error carries a stable ``code`` for programs, a ``message`` for people, and the ``details``
that fill the message in. The kind it descends from says what sort of failure it is; only the
HTTP layer knows which status a kind becomes.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A failure the caller can understand and act on."""

    code: ClassVar[str]
    message: ClassVar[str]
    prominent: ClassVar[tuple[str, ...]] = ()
    """The details that clients also find at the top level of the answer."""
    catalogue: ClassVar[dict[str, type["DomainError"]]] = {}

    def __init_subclass__(cls) -> None:
        if "code" in vars(cls) and DomainError.catalogue.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"error code {cls.code!r} is already taken")

    def __init__(self, **details: Any) -> None:
        super().__init__(self.message.format(**details))
        self.details = details


class Malformed(DomainError):
    """What was sent cannot be acted on as it stands."""


class Invalid(DomainError):
    """What was asked has the wrong shape."""


class Unauthenticated(DomainError):
    """We do not know who is asking."""


class PaymentRequired(DomainError):
    """The money did not come."""


class Forbidden(DomainError):
    """We know who is asking, and they may not."""


class NotFound(DomainError):
    """What was asked for is not there, or not theirs to see."""


class Conflict(DomainError):
    """It made sense, but not in the present state of things."""


class TooLarge(DomainError):
    """More was sent than we read."""


class UnsupportedMedia(DomainError):
    """What was sent is not in a format we read."""


class TooMany(DomainError):
    """It was asked too often."""


class BadGateway(DomainError):
    """Another system that we depend on failed, and says how."""


class Unavailable(DomainError):
    """We cannot do it at this moment; a little later we can."""


class ConcurrentUpdate(Conflict):
    code = "concurrent_update"
    message = "Someone else changed this at the same moment. Read it again and retry."


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    message = "The database cannot be reached. Retry in {retry_after} second(s)."
    prominent = ("retry_after",)


class Overloaded(Unavailable):
    code = "overloaded"
    message = "More is waiting than we can take on. Retry in {retry_after} second(s)."
    prominent = ("retry_after",)
