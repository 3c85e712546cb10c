"""What Stripe remembers, and the rules of its documentation that its types do not tell."""

import copy
import json
import re
import time
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

_SHAPES: Json = json.loads((Path(__file__).parent / "stripe_objects.json").read_text())
_CARDS = {
    "pm_card_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None),
}
_PAYING = ("pm_card_visa", "ctoken_visa")
_OF_TOKEN = {"tok_visa": "pm_card_visa", "tok_chargeDeclined": "pm_card_chargeDeclined"}


class Refused(Exception):
    """What Stripe answers an error to."""

    def __init__(self, message: str, *, status: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        kind = "card_error" if status == 402 else "invalid_request_error"
        self.error = {"type": kind, "message": message, **more}


class StripeLedger:
    """Objects by their ids; the shapes are those of Stripe's published fixtures."""

    def __init__(self) -> None:
        self.things: dict[str, Json] = {}

    def make(self, kind: str, prefix: str, **fields: Any) -> Json:
        name = f"{prefix}_{len(self.things) + 1}"
        self.things[name] = copy.deepcopy(_SHAPES[kind]) | {"id": name} | fields
        return self.things[name]

    def find(self, name: str) -> Json:
        if name not in self.things:
            raise Refused(f"No such object: '{name}'", status=404, code="resource_missing")
        return self.things[name]

    def make_intent(self, asked: Json) -> Json:
        _check_metadata(asked)
        _only_one(asked, "automatic_payment_methods", "allowed_payment_method_types")
        if int(asked["amount"]) < 50:
            raise Refused("Amount must be at least $0.50 usd", code="amount_too_small")
        intent = self.make(
            "payment_intent",
            "pi",
            amount=int(asked["amount"]),
            currency=asked["currency"],
            metadata=asked.get("metadata", {}),
            payment_method_types=[
                *asked.get("allowed_payment_method_types", {"0": "card"}).values()
            ],
        )
        intent["client_secret"] = f"{intent['id']}_secret_1"
        return intent

    def confirm(self, name: str, asked: Json) -> Json:
        intent = self.find(name)
        if intent["status"] != "requires_payment_method":
            raise Refused(f"It is {intent['status']}", code="payment_intent_unexpected_state")
        card = asked.get("payment_method") or asked["confirmation_token"]
        if card == "pm_card_authenticationRequired":
            return self.become(name, "requires_action", next_action={"type": "use_stripe_sdk"})
        if card in _CARDS:
            code, reason = _CARDS[card]
            failure = {"code": code, "decline_code": reason, "message": "Your card was declined."}
            self.become(name, "requires_payment_method", last_payment_error=failure)
            raise Refused(failure["message"], status=402, code=code, decline_code=reason)
        if card not in _PAYING:
            raise Refused(f"No such PaymentMethod: '{card}'", code="resource_missing")
        return self.become(name, "succeeded", amount_received=intent["amount"])

    def cancel(self, name: str) -> Json:
        if self.find(name)["status"] not in ("requires_payment_method", "requires_action"):
            raise Refused("You cannot cancel it", code="payment_intent_unexpected_state")
        return self.become(name, "canceled")

    def become(self, name: str, status: str, **fields: Any) -> Json:
        """Let time, a bank or a shopper bring something into another state."""
        self.find(name).update(fields, status=status)
        return self.things[name]

    def search(self, query: str) -> list[Json]:
        match = re.fullmatch(r"metadata\['payment_id'\]:'([\w-]+)'", query)
        assert match, query
        return [
            thing
            for thing in self.things.values()
            if thing["object"] == "payment_intent"
            and thing["metadata"].get("payment_id") == match[1]
        ]

    def make_method(self, asked: Json) -> Json:
        token = asked["card"]["token"]
        if token not in _OF_TOKEN:
            raise Refused(f"No such token: '{token}'", code="resource_missing", param="card[token]")
        return self.make("payment_method", "pm") | {"id": _OF_TOKEN[token]}

    def make_session(self, asked: Json) -> Json:
        _check_session(asked)
        embedded = asked["ui_mode"] == "embedded_page"
        total = sum(
            int(line["price_data"]["unit_amount"]) * int(line["quantity"])
            for line in asked["line_items"].values()
        )
        session = self.make(
            "checkout.session",
            "cs_test",
            amount_total=total,
            currency=asked["line_items"]["0"]["price_data"]["currency"],
            metadata=asked["metadata"],
            expires_at=int(asked["expires_at"]),
            payment_status="unpaid",
            status="open",
        )
        name = session["id"]
        session["client_secret"] = f"{name}_secret_1" if embedded else None
        session["url"] = None if embedded else f"https://checkout.stripe.com/c/pay/{name}"
        return session

    def pay_session(self, name: str, payment_status: str, intent_status: str) -> Json:
        """Let the shopper fill in the page; the money comes at once, or in some days."""
        session = self.find(name)
        intent = self.make("payment_intent", "pi", metadata=session["metadata"])
        self.become(intent["id"], intent_status)
        paid = {"payment_intent": intent["id"], "payment_status": payment_status}
        return self.become(name, "complete", **paid)

    def session(self, name: str, asked: Json) -> Json:
        session = dict(self.find(name))
        if "expand" in asked and session["payment_intent"]:
            session["payment_intent"] = self.find(session["payment_intent"])
        return session

    def expire(self, name: str) -> Json:
        if (status := self.find(name)["status"]) != "open":
            raise Refused(f"Only open sessions can be expired. This one is {status}")
        return self.become(name, "expired")

    def refunds(self, charge: str) -> list[Json]:
        self.find(charge)
        refunds = [thing for thing in self.things.values() if thing["object"] == "refund"]
        return [refund for refund in refunds if refund["payment_intent"] == charge]

    def refund(self, asked: Json) -> Json:
        name, amount = charge_of(asked), int(asked["amount"])
        left = self.find(name)["amount"] - sum(each["amount"] for each in self.refunds(name))
        if left == 0:
            raise Refused(f"{name} has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise Refused("Refund amount is greater than unrefunded amount")
        fields = {"amount": amount, "payment_intent": name, "metadata": asked["metadata"]}
        return self.make("refund", "re", **fields)


def charge_of(asked: Json) -> str:
    """Tell whose money is asked for, or asked about."""
    name: str = asked.get("payment_intent") or asked["charge"]
    return name


def _check_session(asked: Json) -> None:
    _check_metadata(asked)
    _only_one(asked, "return_url", "success_url")
    _only_one(asked, "return_url", "cancel_url")
    if not 1800 <= int(asked["expires_at"]) - time.time() <= 86_400:
        raise Refused("The `expires_at` timestamp must be 30 minutes to 24 hours from now")
    if ("return_url" in asked) != (asked["ui_mode"] == "embedded_page"):
        raise Refused("The return address does not belong to this `ui_mode`")
    if len(asked["line_items"]) > 100:
        raise Refused("Sessions have 100 line items at most")
    for line in asked["line_items"].values():
        if len(line["price_data"]["product_data"]["name"]) > 250:
            raise Refused("Names have 250 characters at most")


def _check_metadata(asked: Json) -> None:
    metadata = asked.get("metadata", {})
    if len(metadata) > 50 or any(len(key) > 40 for key in metadata):
        raise Refused("Metadata has 50 keys of 40 characters at most")
    if any(not isinstance(each, str) or len(each) > 500 for each in metadata.values()):
        raise Refused("Metadata has values of 500 characters at most")


def _only_one(asked: Json, *names: str) -> None:
    if all(name in asked for name in names):
        raise Refused(f"You may only specify one of these parameters: {', '.join(names)}.")
