"""What notices need of the world."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.money import Money
from domain.alert.digest import Digest
from domain.identity.ports import UserRepository
from domain.notice.models import SentMessage
from domain.order.models import Order
from domain.order.ports import OrderRepository, RefundRepository


class NoticeKind(StrEnum):
    """What a message is about; its id begins with this."""

    ORDER_CONFIRMED = "order-confirmed"
    PAYMENT_FAILED = "payment-failed"
    ORDER_REFUNDED = "order-refunded"
    PASSWORD_RESET = "password-reset"  # noqa: S105
    ALERT_DIGEST = "alert-digest"


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody is told, in plain text and, saying the same, in HTML."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A letter on its way to somebody."""

    id: str
    """The Message-ID, angle brackets included: a repeat of the same message has the same."""
    kind: NoticeKind
    recipient: str
    letter: Letter
    written_at: datetime


class Mailer(Protocol):
    async def send(self, message: Message) -> None:
        """Hand a message over to whoever delivers it.

        Raises ``MailUnavailable`` when it may go better later, and ``MailRefused`` when there
        is no such recipient: asking again will not change that.
        """


class Letters(Protocol):
    """Finds the words."""

    async def order_confirmed(self, order: Order) -> Letter: ...

    async def payment_failed(self, order: Order, reason: str) -> Letter:
        """Tell of a payment that did not go through; ``reason`` is the decline code."""

    async def order_refunded(self, order: Order, amount: Money) -> Letter: ...

    async def password_reset(self, link: str, expires_at: datetime) -> Letter: ...

    async def alert_digest(self, digest: Digest) -> Letter: ...


class Digests(Protocol):
    """Sums up what alerts a scan has set off."""

    async def digest(self, scan_id: str, most: int) -> Digest | None:
        """Return it with so many changes of each type; nothing, if it has set off none."""


class SentMessageRepository(Protocol):
    """Where it is kept which messages have gone out."""

    async def get(self, message_id: str) -> SentMessage | None: ...

    async def keep(self, sent: SentMessage) -> None:
        """Write it down, if somebody else has not done so a moment before."""


class NoticeTransaction(Protocol):
    """What a notice's unit of work reaches."""

    @property
    def orders(self) -> OrderRepository: ...

    @property
    def refunds(self) -> RefundRepository: ...

    @property
    def users(self) -> UserRepository: ...

    @property
    def alert_events(self) -> Digests: ...

    @property
    def sent_messages(self) -> SentMessageRepository: ...
