"""Where shoppers pay: the buttons of the payment page, and intents that their own pages confirm."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from common.clock import Clock, utc_now
from common.ids import foreign_id
from common.money import Money
from domain.database import Database
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in import moves
from infrastructure.payments.stand_in.cards import DECLINED_CARD, GOOD_CARD, card_of
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json, money_of

_TOGETHER = "_secret_"


class Button(StrEnum):
    PAY = "pay"
    DECLINE = "decline"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    quantity: int
    total: Money


@dataclass(frozen=True, slots=True)
class Counter:
    """What a shopper sees of a session."""

    session_id: str
    status: str
    """``open``, ``complete`` or ``expired``."""
    embedded: bool
    client_secret: str
    order_number: str
    email: str | None
    items: tuple[Item, ...]
    total: Money
    declined: str | None
    """Why the last card did not pay."""
    success_url: str
    cancel_url: str | None

    @property
    def form_token(self) -> str:
        """What only a form knows that came from this session's own page."""
        return hmac.new(self.client_secret.encode(), b"form", hashlib.sha256).hexdigest()


class Cashier:
    """Takes what shoppers do about their payments, and writes it into the books."""

    def __init__(self, database: Database[SqlTransaction], clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def counter(self, session_id: str) -> Counter | None:
        """Show a session that has a page of its own."""
        shown = await self._serve(session_id, None)
        return shown if shown and not shown.embedded else None

    async def embedded_counter(self, client_secret: str) -> Counter | None:
        """Show a session inside the page that knows its secret."""
        shown = await self._serve(client_secret.partition(_TOGETHER)[0], None)
        known = shown and shown.embedded and _same(shown.client_secret, client_secret)
        return shown if known else None

    async def press(self, session_id: str, form_token: str, button: Button) -> Counter | None:
        """Do what a button says; nothing, unless the form came from the session's own page."""
        shown = await self._serve(session_id, None)
        if shown is None or not _same(shown.form_token, form_token):
            return None
        return await self._serve(session_id, button)

    async def confirm(self, intent_id: str, client_secret: str, method: str) -> Json | None:
        """Try to have an intent paid, and show how it stands; one that is over stays as it is.

        Those of sessions are paid on the session's page, and not known here.
        """

        async def unit(tx: SqlTransaction) -> Json | None:
            books = Ledger(tx, self._clock())
            intent = await books.find(intent_id)
            secret = intent and intent.get("client_secret")
            is_one = intent and intent["object"] == "payment_intent"
            if not intent or not is_one or not secret or not _same(secret, client_secret):
                return None
            if intent["status"] == moves.OPEN_INTENT:
                await moves.try_card(books, intent, card_of(method))
            return intent

        return await self._database.write(unit)

    async def _serve(self, session_id: str, button: Button | None) -> Counter | None:
        async def unit(tx: SqlTransaction) -> Counter | None:
            if foreign_id(session_id) is None:  # nobody has ever been given such a name
                return None
            books = Ledger(tx, self._clock())
            session = await books.find(session_id)
            if session is None or session.get("mode") != "payment":
                return None
            await moves.notice_expiry(books, session)
            if session["status"] == "open" and button in (Button.PAY, Button.DECLINE):
                card = GOOD_CARD if button is Button.PAY else DECLINED_CARD
                await moves.pay_session(books, session, card)
            name = session["payment_intent"]
            return _counter(session, await books.find(name) if name else None)

        return await self._database.write(unit)


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode(errors="replace"))


def _counter(session: Json, intent: Json | None) -> Counter:
    currency = session["currency"]
    error = intent and intent["last_payment_error"]
    embedded = session["ui_mode"] == "embedded_page"
    back = session["return_url"] if embedded else session["success_url"]
    return Counter(
        session_id=session["id"],
        status=session["status"],
        embedded=embedded,
        client_secret=session["client_secret"],
        order_number=session["metadata"]["order_number"],
        email=session["customer_email"],
        items=tuple(
            Item(each["description"], each["quantity"], money_of(each["amount_total"], currency))
            for each in session["line_items"]["data"]
        ),
        total=money_of(session["amount_total"], currency),
        declined=error["message"] if error else None,
        success_url=back.replace("{CHECKOUT_SESSION_ID}", session["id"]),
        cancel_url=session["cancel_url"],
    )
