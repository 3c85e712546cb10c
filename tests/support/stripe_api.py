"""Stripe's API on loopback: its transport, its idempotency, its troubles, and its contract."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from support.loopback import Answer, Asked, Loopback
from support.stripe_contract import faults_of, unpacked
from support.stripe_ledger import Refused, StripeLedger, charge_of
from support.stripe_plans import open_portal, pages_of, sell_plan, subscriptions_of

type Json = dict[str, Any]

_REPLAYED = {"Idempotent-Replayed": "true"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with a call, instead of its being answered."""

    answer: Answer | None = None
    """What is answered; otherwise the connection is dropped, or nothing ever comes."""
    done: bool = False
    """Whether Stripe does what it was asked, although nobody hears of it."""
    hangs: bool = False


def error(status: int, **fields: Any) -> Trouble:
    return Trouble(_answer(status, {"error": {"type": "api_error", "message": "Sorry."} | fields}))


class StripeApi:
    """Answers what ``StripeGateway`` asks, and has an eye on how it asks."""

    def __init__(self) -> None:
        self.ledger = StripeLedger()
        self.asked: list[Asked] = []
        self.faults: list[str] = []
        """What was wrong with all that was asked, by the types in the SDK."""
        self.troubles: list[Trouble | None] = []
        """What the next calls meet, in order; with none, a call is answered."""
        self._answers: dict[str, tuple[Asked, Answer]] = {}
        self._loopback = Loopback(self._hear)
        self.open, self.close = self._loopback.open, self._loopback.close

    @property
    def url(self) -> str:
        return self._loopback.url

    @property
    def calls(self) -> list[str]:
        """What was called, in order, without the names of objects."""
        return [
            f"{each.method} {re.sub(r'_(test_)?[0-9]+', '', each.path.removeprefix('/v1/'))}"
            for each in self.asked
        ]

    def form(self, index: int) -> Json:
        """Read what was sent with one of the calls."""
        asked = self.asked[index]
        return unpacked(_form(asked))

    def forget_keys(self) -> None:
        """Let a day go by."""
        self._answers.clear()

    async def _hear(self, asked: Asked) -> Answer | None:
        self.asked.append(asked)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is None:
            return self._once(asked)
        if trouble.done:
            self._once(asked)
        if trouble.hangs:
            await asyncio.Event().wait()
        return trouble.answer

    def _once(self, asked: Asked) -> Answer:
        """Carry a keyed call out once; to repeats give the first answer, whatever it was."""
        key = asked.headers.get("idempotency-key")
        if key is None:
            return self._carry_out(asked)
        first, answer = self._answers.get(key, (None, None))
        if first is None or answer is None:
            answer = self._carry_out(asked)
            self._answers[key] = asked, answer
            return answer
        if (first.path, first.body) != (asked.path, asked.body):
            message = "Keys for idempotent requests can only be used with the same parameters"
            return _answer(400, {"error": {"type": "idempotency_error", "message": message}})
        return replace(answer, headers={**answer.headers, **_REPLAYED})

    def _carry_out(self, asked: Asked) -> Answer:
        if faults := faults_of(asked.method, asked.path, _form(asked)):
            self.faults += faults
            return _answer(400, Refused(faults[0], code="parameter_unknown").error)
        try:
            return _answer(200, self._do(asked.method, asked.path, unpacked(_form(asked))))
        except Refused as refused:
            return _answer(refused.status, {"error": refused.error})

    def _do(self, method: str, path: str, form: Json) -> Json:
        book = self.ledger
        doors: dict[str, Callable[[str], Json]] = {
            r"POST /v1/checkout/sessions": lambda _: (
                sell_plan(book, form) if form["mode"] == "subscription" else book.make_session(form)
            ),
            r"POST /v1/checkout/sessions/(\w+)/expire": book.expire,
            r"GET /v1/checkout/sessions/(\w+)": lambda name: book.session(name, form),
            r"POST /v1/payment_intents": lambda _: book.make_intent(form),
            r"POST /v1/payment_intents/(\w+)/confirm": lambda name: book.confirm(name, form),
            r"POST /v1/payment_intents/(\w+)/cancel": book.cancel,
            r"GET /v1/payment_intents/search": lambda _: _list(book.search(form["query"])),
            r"GET /v1/payment_intents/(\w+)": book.find,
            r"POST /v1/payment_methods": lambda _: book.make_method(form),
            r"POST /v1/refunds": lambda _: book.refund(form),
            r"GET /v1/refunds": lambda _: _list(book.refunds(charge_of(form))),
            r"POST /v1/customers": lambda _: book.make("customer", "cus", **form),
            r"GET /v1/checkout/sessions": lambda _: _list(pages_of(book, form)),
            r"GET /v1/subscriptions": lambda _: _list(subscriptions_of(book, form)),
            r"POST /v1/billing_portal/sessions": lambda _: open_portal(book, form),
        }
        for door, way in doors.items():
            if found := re.fullmatch(door, f"{method} {path}"):
                return way(*found.groups() or ("",))
        raise Refused(f"Unrecognized request URL ({method}: {path})", status=404)


def _form(asked: Asked) -> str:
    return asked.body.decode() if asked.method == "POST" else asked.query


def _list(things: list[Json]) -> Json:
    return {"object": "list", "data": things, "has_more": False, "url": "/v1/things"}


def _answer(status: int, said: Json) -> Answer:
    headers = {"Content-Type": "application/json", "Request-Id": "req_1"}
    return Answer(status, json.dumps(said).encode(), headers)
