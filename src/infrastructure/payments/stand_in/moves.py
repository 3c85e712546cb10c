"""All that can become of payments, each with the events that Stripe would send of it."""

from infrastructure.payments.stand_in.cards import Card
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json, attempt, intent_of_session, money_of

OPEN_INTENT = "requires_payment_method"
OPEN = ("open", OPEN_INTENT)
"""How sessions and intents stand that can still be paid."""


async def try_card(books: Ledger, intent: Json, card: Card) -> None:
    """Try to have an open intent paid."""
    charge = attempt(intent, card, books.now)
    await books.change(intent)
    if charge:
        await books.add(charge)
        await books.tell("payment_intent.succeeded", intent)
    else:
        await books.tell("payment_intent.payment_failed", intent)


async def pay_session(books: Ledger, session: Json, card: Card) -> None:
    """Try to have an open session paid; a card that is declined leaves it open."""
    intent = await _intent_of(books, session)
    await try_card(books, intent, card)
    if intent["status"] == "succeeded":
        session |= {"status": "complete", "payment_status": "paid"}
        await books.change(session)
        await books.tell("checkout.session.completed", session)


async def _intent_of(books: Ledger, session: Json) -> Json:
    """Find the intent of a session; it has one since its first card was tried."""
    if session["payment_intent"] and (known := await books.find(session["payment_intent"])):
        return known
    intent = intent_of_session(session, books.now)
    await books.add(intent)
    session["payment_intent"] = intent["id"]
    await books.change(session)
    return intent


async def notice_expiry(books: Ledger, session: Json) -> None:
    """Expire a session whose time is up: nobody looked at it until now."""
    if books.is_past(session["expires_at"]):
        await end(books, session)


async def end(books: Ledger, thing: Json) -> None:
    """See to it that an open session or intent is never paid; what is over stays as it is."""
    if thing["status"] not in OPEN:
        return
    if thing["object"] == "checkout.session":
        thing["status"], told = "expired", "checkout.session.expired"
    else:
        canceled = {"status": "canceled", "cancellation_reason": "abandoned"}
        thing |= canceled | {"canceled_at": int(books.now.timestamp())}
        told = "payment_intent.canceled"
    await books.change(thing)
    await books.tell(told, thing)


async def give_back(books: Ledger, refund: Json) -> None:
    """Make a refund out of what is left of its charge; it fails if that is not enough."""
    charge = await _charge_of(books, refund)
    if failure := _obstacle(charge, refund):
        refund |= {"status": "failed", "failure_reason": failure}
    elif charge:
        charge["amount_refunded"] += refund["amount"]
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        refund |= {
            "status": "succeeded",
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
        }
        await books.change(charge)
        await books.tell("charge.refunded", charge)
    await books.change(refund)


async def _charge_of(books: Ledger, refund: Json) -> Json | None:
    name = refund["charge"]
    if refund["payment_intent"]:
        intent = await books.find(refund["payment_intent"])
        name = intent and intent["latest_charge"]
    return await books.find(name) if name else None


def _obstacle(charge: Json | None, refund: Json) -> str | None:
    """Tell why a refund cannot be made, if it cannot."""
    if charge is None or charge["object"] != "charge":
        return "there is no such charge"
    if charge["currency"] != refund["currency"]:
        return f"the charge was in {charge['currency'].upper()}"
    left = charge["amount"] - charge["amount_refunded"]
    if not 0 < refund["amount"] <= left:
        rest = money_of(left, charge["currency"])
        return f"{rest.major:f} {rest.currency} of the charge is left"
    return None
