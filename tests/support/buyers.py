"""Shoppers who do not give up: whatever fails is tried again until it has worked, as in life."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx2
from stripe import WebhookSignature

from support.stripe_events import WEBHOOK, event
from support.tokens import claims_of, signed

type Json = dict[str, Any]

SECRET = "a secret that the shop and its tests know"
STRIPE_SECRET = "whsec_that_the_shop_and_its_tests_know"
DELIVERIES = 3

_LONGEST = 180.0
_PAUSE = 0.2


def token_of(user_id: str, role: str = "USER") -> str:
    """Log somebody in, without the shop."""
    return signed(claims_of(user_id, role=role, exp=int(time.time()) + 3600), SECRET)


@dataclass
class Buyer:
    """Somebody with one thing to buy, in a shop that may be away at any moment."""

    url: str
    user_id: str
    email: str
    product_id: str
    quantity: int
    pays: bool = True
    session: Json = field(default_factory=dict)

    @property
    def order_id(self) -> str:
        return str(self.session["order_id"])

    def buy(self) -> None:
        """Fill a cart, open a session, and pay: Stripe then tells the shop three times."""
        self.open_session()
        self.end_session()

    def open_session(self) -> None:
        self._insist("/cart/add", {"product_id": self.product_id, "quantity": self.quantity})
        self.session = self._insist(
            "/api/v1/checkout/session",
            {"mode": "redirect", "success_url": "https://shop.example/thanks"},
        )

    def end_session(self) -> None:
        """Pay, or let it expire; then have all deliveries of the event made at once."""
        about = {
            "id": self.session["session_id"],
            "object": "checkout.session",
            "amount_total": self.session["amount_total"],
            "currency": self.session["currency"].lower(),
            "payment_intent": f"pi_{self.order_id}",
            "payment_status": "paid" if self.pays else "unpaid",
        }
        told = event(f"checkout.session.{'completed' if self.pays else 'expired'}", about)
        with ThreadPoolExecutor(DELIVERIES) as stripe:
            for delivery in [stripe.submit(self._deliver, told) for _ in range(DELIVERIES)]:
                delivery.result()

    def _insist(self, path: str, body: Json) -> Json:
        """Ask under one key until there is an answer; one that was lost was given all the same."""
        headers = {
            "Authorization": f"Bearer {token_of(self.user_id)}",
            "Idempotency-Key": f"{path}-{self.user_id}",
        }
        answer = self._until_answered(path, {200, 201}, json=body, headers=headers)
        return {} if answer is None else answer.json()

    def _deliver(self, told: Json) -> None:
        payload = json.dumps(told)
        signature = WebhookSignature.generate_signature_header(payload, STRIPE_SECRET)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        self._until_answered(WEBHOOK, {200}, content=payload, headers=headers)

    def _until_answered(self, path: str, wanted: set[int], **request: Any) -> Any:
        deadline = time.monotonic() + _LONGEST
        last: object = None
        while time.monotonic() < deadline:
            try:
                last = answer = httpx2.post(
                    f"{self.url}{path}", timeout=60, trust_env=False, **request
                )
            except httpx2.TransportError as error:
                last = error
            else:
                if answer.status_code in wanted:
                    return answer
                said = answer.json().get("error")
                if said == "answer_lost":
                    return None
                if answer.status_code < 500 and said != "request_in_progress":
                    raise AssertionError(f"{path}: {answer.text}")
            time.sleep(_PAUSE)
        raise TimeoutError(f"{path} was never answered: {last}")
