"""Every message is looked up before it is sent, and written down after.

A crash between the two sends it again, under the same Message-ID: mailboxes, and our own folder
of mail, know it for the same message.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from common.clock import Clock
from common.logging import log
from domain.alert.digest import MOST_SHOWN, Digest
from domain.database import Database
from domain.identity.models import User
from domain.notice.errors import MailRefused
from domain.notice.models import SentMessage
from domain.notice.ports import Letter, Letters, Mailer, Message, NoticeKind, NoticeTransaction
from domain.order.models import Order
from domain.payment.gateway import RefundStatus

_NO_PART_OF_AN_ID = re.compile(r"[^A-Za-z0-9_-]+")


class Outcome(StrEnum):
    """How it went. Whatever it is, the notice is done with; only an exception asks for a retry."""

    SENT = "sent"
    SENT_BEFORE = "sent_before"
    REFUSED = "refused"
    """There is no such mailbox."""
    NOT_DUE = "not_due"
    """It is about something that is gone, or no longer so."""


class _Purchase(NamedTuple):
    order: Order
    buyer: User


class NoticeService:
    """Tells people by mail what happened to their orders and accounts, and at competitors'.

    Raises ``MailUnavailable`` when a message could not be sent and should be tried again.
    """

    def __init__(
        self,
        database: Database[NoticeTransaction],
        letters: Letters,
        mailer: Mailer,
        host: str,
        clock: Clock,
    ) -> None:
        """Join what it takes; ``host`` is the part of Message-IDs that makes them ours."""
        self._database = database
        self._letters = letters
        self._mailer = mailer
        self._host = host
        self._clock = clock

    async def order_confirmed(self, order_id: str) -> Outcome:
        """Thank for an order that is paid."""
        kind = NoticeKind.ORDER_CONFIRMED
        found = await self._purchase(order_id)
        if found is None or not found.order.is_settled:
            return _not_due(kind, order_id)
        return await self._tell(
            kind, order_id, found.buyer, lambda: self._letters.order_confirmed(found.order)
        )

    async def payment_failed(
        self, order_id: str, reason: str, occasion: str | None = None
    ) -> Outcome:
        """Tell that a payment failed, if the order has not been paid since.

        ``occasion`` names the payment or the event: each is told of once. Without it each order
        is.
        """
        kind = NoticeKind.PAYMENT_FAILED
        found = await self._purchase(order_id)
        if found is None or found.order.is_settled:
            return _not_due(kind, order_id)
        return await self._tell(
            kind,
            occasion or order_id,
            found.buyer,
            lambda: self._letters.payment_failed(found.order, reason),
        )

    async def order_refunded(self, refund_id: str) -> Outcome:
        """Tell that money is on its way back."""
        kind = NoticeKind.ORDER_REFUNDED
        refund = await self._database.read(lambda tx: tx.refunds.get(refund_id))
        found = await self._purchase(refund.order_id) if refund else None
        if refund is None or found is None or refund.status != RefundStatus.SUCCEEDED:
            return _not_due(kind, refund_id)
        return await self._tell(
            kind,
            refund_id,
            found.buyer,
            lambda: self._letters.order_refunded(found.order, refund.sum),
        )

    async def password_reset(self, user_id: str, link: str, expires_at: datetime) -> Outcome:
        """Send the link that sets another password; the same link is sent once."""
        kind = NoticeKind.PASSWORD_RESET
        user = await self._database.read(lambda tx: tx.users.get(user_id))
        if user is None or not user.is_active or expires_at <= self._clock():
            return _not_due(kind, user_id)
        occasion = sha256(link.encode()).hexdigest()[:32]
        return await self._tell(
            kind, occasion, user, lambda: self._letters.password_reset(link, expires_at)
        )

    async def alert_digest(self, scan_id: str) -> Outcome:
        """Tell of all that a scan has found and somebody wanted to know."""
        kind = NoticeKind.ALERT_DIGEST

        async def unit(tx: NoticeTransaction) -> tuple[Digest, User | None] | None:
            digest = await tx.alert_events.digest(scan_id, MOST_SHOWN)
            return (digest, await tx.users.get(digest.user_id)) if digest else None

        digest, owner = await self._database.read(unit) or (None, None)
        if digest is None or owner is None or not owner.is_active:
            return _not_due(kind, scan_id)
        return await self._tell(
            kind, scan_id, owner, lambda: self._letters.alert_digest(digest.shortened())
        )

    async def _purchase(self, order_id: str) -> _Purchase | None:
        async def unit(tx: NoticeTransaction) -> _Purchase | None:
            order = await tx.orders.get(order_id)
            buyer = await tx.users.get(order.user_id) if order else None
            return _Purchase(order, buyer) if order and buyer else None

        return await self._database.read(unit)

    async def _tell(
        self, kind: NoticeKind, occasion: str, user: User, compose: Callable[[], Awaitable[Letter]]
    ) -> Outcome:
        message_id = f"<{kind}.{_NO_PART_OF_AN_ID.sub('-', occasion)}@{self._host}>"
        if await self._database.read(lambda tx: tx.sent_messages.get(message_id)):
            return Outcome.SENT_BEFORE
        message = Message(message_id, kind, user.email, await compose(), self._clock())
        try:
            await self._mailer.send(message)
        except MailRefused as refusal:
            log.warning("{} for user {} is given up: {}", kind, user.id, refusal)
            return Outcome.REFUSED
        await self._write_down(message)
        return Outcome.SENT

    async def _write_down(self, message: Message) -> None:
        async def unit(tx: NoticeTransaction) -> None:
            await tx.sent_messages.keep(
                SentMessage(
                    message_id=message.id,
                    kind=message.kind,
                    recipient=message.recipient,
                    sent_at=self._clock(),
                )
            )

        await self._database.write(unit)


def _not_due(kind: NoticeKind, about: str) -> Outcome:
    log.info("{} is not due for {}", kind, about)
    return Outcome.NOT_DUE
