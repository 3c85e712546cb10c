"""Requests under an Idempotency-Key whose process dies, or is only thought to be dead."""

from dataclasses import replace
from enum import StrEnum

import pytest
from support.bank import PowerCut
from support.client import Client
from support.shopping import fill, place, statuses

from app.container import Container
from app.factory import create_app
from domain.idempotency.errors import RequestInProgress
from domain.idempotency.service import Answer, Claim, IdempotencyService, current_claim
from domain.identity.caller import Caller
from domain.order.service import Wanted


class Death(StrEnum):
    BEFORE_THE_WORK = "before the work"
    AFTER_THE_WORK = "after the work"


class Mortal(IdempotencyService):
    """Can be told to die as it has claimed a request, or as it is about to keep the answer."""

    dies: Death | None = None

    async def claim(
        self, scope: str, key: str, fingerprint: str, *, resumable: bool
    ) -> Answer | Claim:
        answer = await super().claim(scope, key, fingerprint, resumable=resumable)
        self._perhaps_die(Death.BEFORE_THE_WORK)
        return answer

    async def keep(self, claim: Claim, answer: Answer) -> None:
        self._perhaps_die(Death.AFTER_THE_WORK)
        await super().keep(claim, answer)

    def _perhaps_die(self, when: Death) -> None:
        if self.dies is when:
            raise PowerCut


@pytest.fixture
def mortal(shop, clock) -> Mortal:
    return Mortal(shop.database, clock)


@pytest.fixture
def client(run, shop, mortal):
    shop = replace(shop, keyed_requests=mortal)
    with Client.of(run, create_app(shop), shop) as client:
        yield client


@pytest.fixture
def die(mortal):
    """Send a request whose process dies at some moment."""

    def die(when: Death, client: Client, path: str, body: object) -> None:
        mortal.dies = when
        with pytest.raises(PowerCut):
            client.post(path, body, Idempotency_Key="k1")
        mortal.dies = None

    return die


def lines_of(product, quantity=1) -> dict:
    return {"items": [{"product_id": product["id"], "quantity": quantity}]}


@pytest.mark.parametrize("when", list(Death))
def test_a_request_counts_as_running_for_a_while(admin, shopper, die, later, when) -> None:
    body = lines_of(admin.product())
    die(when, shopper, "/orders", body)
    later(seconds=4)

    refused = shopper.post("/orders", body, Idempotency_Key="k1")

    assert refused.status_code == 409
    assert refused.json["error"] == "request_in_progress"
    assert 1 <= refused.json["retry_after"] <= 6
    assert refused.headers["retry-after"] == str(refused.json["retry_after"])


def test_a_request_that_had_done_nothing_is_carried_out(admin, shopper, die, later) -> None:
    book = admin.product(stock=5)
    die(Death.BEFORE_THE_WORK, shopper, "/orders", lines_of(book))
    later(seconds=11)

    first = shopper.post("/orders", lines_of(book), Idempotency_Key="k1")
    again = shopper.post("/orders", lines_of(book), Idempotency_Key="k1")

    assert first.status_code == 201
    assert again.content == first.content
    assert admin.stock_of(book) == 4


def test_a_request_that_had_done_something_is_not_done_again(admin, shopper, die, later) -> None:
    book = admin.product(stock=5)
    die(Death.AFTER_THE_WORK, shopper, "/orders", lines_of(book))

    for _ in range(2):
        later(seconds=11)
        refused = shopper.post("/orders", lines_of(book), Idempotency_Key="k1")
        assert refused.status_code == 409
        assert refused.json["error"] == "answer_lost"
    assert admin.stock_of(book) == 4
    assert shopper.get("/orders/me").json["total"] == 1


def test_another_body_is_refused_after_a_crash_too(admin, shopper, die, later) -> None:
    book = admin.product(stock=5)
    die(Death.BEFORE_THE_WORK, shopper, "/orders", lines_of(book))
    later(seconds=11)

    refused = shopper.post("/orders", lines_of(book, 2), Idempotency_Key="k1")

    assert refused.json["error"] == "idempotency_key_reused"


@pytest.mark.parametrize("when", list(Death))
def test_a_checkout_finds_its_order_again(admin, shopper, die, later, when) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    die(when, shopper, "/checkout", {})
    later(seconds=11)

    bought = shopper.post("/checkout", {}, Idempotency_Key="k1")
    again = shopper.post("/checkout", {}, Idempotency_Key="k1")

    assert bought.status_code == 201
    assert bought.json["status"] == "PAID"
    assert again.content == bought.content
    assert statuses(shopper) == ["PAID"]
    assert admin.stock_of(book) == 4


def test_a_payment_finds_its_order_paid(admin, shopper, die, later) -> None:
    order = place(shopper, admin.product()).json
    die(Death.AFTER_THE_WORK, shopper, f"/orders/{order['id']}/pay", {})
    later(seconds=11)

    paid = shopper.post(f"/orders/{order['id']}/pay", {}, Idempotency_Key="k1")

    assert paid.status_code == 200
    assert paid.json["status"] == "PAID"


def test_a_decline_whose_answer_was_lost_is_told_again(admin, shopper, die, later) -> None:
    fill(shopper, admin.product())
    body = {"payment_token": "tok_chargeDeclined"}
    die(Death.AFTER_THE_WORK, shopper, "/checkout", body)
    later(seconds=11)

    refused = shopper.post("/checkout", body, Idempotency_Key="k1")

    assert refused.status_code == 402
    assert refused.json["details"]["reason"] == "card_declined"
    assert statuses(shopper) == ["FAILED"]


def claim(run, shop: Container, user_id: str) -> Claim:
    claimed = run(shop.keyed_requests.claim(user_id, "k1", "fingerprint", resumable=False))
    assert isinstance(claimed, Claim)
    return claimed


def place_under(run, shop: Container, claimed: Claim, product) -> None:
    """Do the work of a claim, as the process that made it does."""

    async def work() -> None:
        current_claim.set(claimed)
        try:
            caller = Caller(claimed.scope)
            await shop.orders.place(caller, None, [Wanted(product["id"], None, 1)])
        finally:
            current_claim.set(None)

    run(work())


def test_whoever_was_thought_dead_changes_nothing_any_more(
    run, admin, client, shopper, later
) -> None:
    shop, book = client.shop, admin.product(stock=5)
    slow = claim(run, shop, shopper.user_id)
    later(seconds=11)
    second = claim(run, shop, shopper.user_id)

    place_under(run, shop, second, book)
    with pytest.raises(RequestInProgress):
        place_under(run, shop, slow, book)

    assert statuses(shopper) == ["PENDING"]
    assert admin.stock_of(book) == 4


def test_whoever_was_thought_dead_does_not_answer_for_the_other(
    run, admin, client, shopper, later
) -> None:
    requests = client.shop.keyed_requests
    slow = claim(run, client.shop, shopper.user_id)
    later(seconds=11)
    second = claim(run, client.shop, shopper.user_id)

    run(requests.keep(slow, Answer(201, None, b"slow")))
    run(requests.release(slow))
    run(requests.keep(second, Answer(201, None, b"second")))

    answer = run(requests.claim(shopper.user_id, "k1", "fingerprint", resumable=False))
    assert answer == Answer(201, None, b"second")
