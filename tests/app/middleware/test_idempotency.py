import asyncio
from collections import Counter

import pytest
from support.bank import Bank
from support.client import PASSWORD, Client
from support.crowd import Ask, all_at_once
from support.shopping import DECLINED, fill, statuses

from app.container import Container
from domain.idempotency.errors import RequestInProgress
from domain.idempotency.models import KeyedRequest
from domain.idempotency.service import Claim

PLACE = "/orders"


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


def at(shop: Client, who: Client) -> Client:
    """Let somebody ask at another shop of ours."""
    return shop.bearing(who._headers["Authorization"].split()[1], who.user_id, who.email)


def lines_of(product, quantity=1) -> dict:
    return {"items": [{"product_id": product["id"], "quantity": quantity}]}


def kept(run, shop: Container, scope: str, key: str) -> KeyedRequest | None:
    """Look at what is kept of a keyed request."""
    return run(shop.database.write(lambda tx: tx.keyed_requests.get_locked(scope, key)))


def test_a_repeated_request_gets_the_first_answer(admin, shopper) -> None:
    book = admin.product(stock=5)

    first = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1")
    second = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert admin.stock_of(book) == 4


def test_an_answer_outlives_the_process_that_gave_it(admin, shopper, restarted) -> None:
    book = admin.product(stock=5)
    first = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1")

    second = at(restarted, shopper).post(PLACE, lines_of(book), Idempotency_Key="k1")

    assert second.content == first.content
    assert admin.stock_of(book) == 4


def test_another_key_or_none_is_another_request(admin, shopper) -> None:
    book = admin.product(stock=5)

    orders = [
        shopper.post(PLACE, lines_of(book), Idempotency_Key="k1").json["id"],
        shopper.post(PLACE, lines_of(book), Idempotency_Key="k2").json["id"],
        shopper.post(PLACE, lines_of(book)).json["id"],
        shopper.post(PLACE, lines_of(book)).json["id"],
    ]

    assert len(set(orders)) == 4
    assert admin.stock_of(book) == 1


def test_a_key_belongs_to_one_request(admin, shopper) -> None:
    book = admin.product(stock=5)
    shopper.post(PLACE, lines_of(book), Idempotency_Key="k1")

    for path, body in (
        (PLACE, lines_of(book, 2)),
        ("/checkout", lines_of(book)),
        (f"{PLACE}?again", lines_of(book)),
    ):
        refused = shopper.post(path, body, Idempotency_Key="k1")
        assert refused.status_code == 422
        assert refused.json["error"] == "idempotency_key_reused"
    assert admin.stock_of(book) == 4


def test_callers_do_not_meet_in_their_keys(admin, client, shopper) -> None:
    book, other = admin.product(stock=5), client.as_shopper()
    mine = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1").json

    theirs = other.post(PLACE, lines_of(book), Idempotency_Key="k1").json

    assert theirs["user_id"] == other.user_id
    assert theirs["id"] != mine["id"]
    assert admin.stock_of(book) == 3


def test_a_key_is_forgotten_after_a_day(run, admin, shopper, later) -> None:
    book = admin.product(stock=5)
    first = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1").json

    later(hours=24, minutes=1)
    token = shopper.post("/login", {"username": shopper.email, "password": PASSWORD}).json
    shopper = shopper.bearing(token["access_token"], shopper.user_id)
    second = shopper.post(PLACE, lines_of(book), Idempotency_Key="k1").json

    assert second["id"] != first["id"]
    assert admin.stock_of(book) == 3


def test_what_is_forgotten_is_also_thrown_away(run, admin, shopper, later) -> None:
    book = admin.product(stock=5)
    shopper.post(PLACE, lines_of(book), Idempotency_Key="old")
    later(hours=23)
    token = shopper.post("/login", {"username": shopper.email, "password": PASSWORD}).json
    shopper = shopper.bearing(token["access_token"], shopper.user_id)
    shopper.post(PLACE, lines_of(book), Idempotency_Key="new")
    later(hours=2)

    run(shopper.shop.keyed_requests.forget())

    assert kept(run, shopper.shop, shopper.user_id, "old") is None
    assert kept(run, shopper.shop, shopper.user_id, "new") is not None


@pytest.mark.parametrize("key", ["", "a b", "clé", "x" * 256, "tab\there"])
def test_a_strange_key_is_refused(admin, shopper, key) -> None:
    book = admin.product(stock=5)

    refused = shopper.post(PLACE, lines_of(book), Idempotency_Key=key)

    assert refused.status_code == 422
    assert refused.json["error"] == "invalid_idempotency_key"
    assert admin.stock_of(book) == 5


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~", '"5f0c"', "a,b;c=d"])
def test_any_visible_characters_make_a_key(admin, shopper, key) -> None:
    book = admin.product(stock=5)

    for _ in range(2):
        assert shopper.post(PLACE, lines_of(book), Idempotency_Key=key).status_code == 201
    assert admin.stock_of(book) == 4


def test_looking_needs_no_key_and_ignores_one(admin, shopper) -> None:
    empty = shopper.get("/cart", Idempotency_Key="k1")
    fill(shopper, admin.product())

    filled = shopper.get("/cart", Idempotency_Key="k1")

    assert (len(empty.json["items"]), len(filled.json["items"])) == (0, 1)


def test_a_failed_request_leaves_its_key_free(admin, shopper) -> None:
    book = admin.product(stock=1)
    refused = shopper.post(PLACE, lines_of(book, 2), Idempotency_Key="k1")
    admin.patch(f"/admin/products/{book['id']}/stock", {"stock": 2})

    again = shopper.post(PLACE, lines_of(book, 2), Idempotency_Key="k1")
    malformed = shopper.post(PLACE, {}, Idempotency_Key="k2")
    mended = shopper.post("/cart/add", {"product_id": book["id"]}, Idempotency_Key="k2")

    assert (refused.status_code, again.status_code) == (409, 201)
    assert (malformed.status_code, mended.json["error"]) == (422, "insufficient_inventory")


def test_a_declined_card_is_declined_once_under_a_key(admin, shopper, bank) -> None:
    fill(shopper, admin.product())
    body = {"payment_token": DECLINED}

    first = shopper.post("/checkout", body, Idempotency_Key="k1")
    second = shopper.post("/checkout", body, Idempotency_Key="k1")

    assert first.status_code == 402
    assert second.content == first.content
    assert second.headers["content-type"] == "application/problem+json"
    assert len(bank.asked) == 1
    assert statuses(shopper) == ["FAILED"]


def test_an_answer_without_a_body_is_replayed_too(admin, shopper) -> None:
    order = shopper.post(PLACE, lines_of(admin.product())).json

    first = admin.delete(f"/orders/{order['id']}", Idempotency_Key="k1")
    second = admin.delete(f"/orders/{order['id']}", Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (204, 204)
    assert second.text == ""


def test_a_replay_needs_good_credentials(admin, client, shopper) -> None:
    book = admin.product()
    shopper.post(PLACE, lines_of(book), Idempotency_Key="k1")
    admin.patch(f"/users/{shopper.user_id}", {"is_active": False})

    assert shopper.post(PLACE, lines_of(book), Idempotency_Key="k1").status_code == 401


def test_requests_at_the_same_moment_under_one_key_are_carried_out_once(admin, shopper) -> None:
    book = admin.product(stock=5)
    ask = Ask(shopper, "POST", PLACE, lines_of(book), {"Idempotency-Key": "k1"})

    results = all_at_once(*[ask] * 8)

    assert [each.status_code for each in results].count(201) >= 1
    for each in results:
        if each.status_code != 201:
            assert (each.status_code, each.json["error"]) == (409, "request_in_progress")
            assert int(each.headers["retry-after"]) == each.json["retry_after"] > 0
    assert admin.stock_of(book) == 4


def test_one_of_many_gets_to_carry_out_a_request(run, client) -> None:
    requests = client.shop.keyed_requests

    async def everybody() -> list[object]:
        await asyncio.gather(*(client.shop.database.is_reachable() for _ in range(8)))
        claims = (requests.claim("ada", "k1", "f", resumable=False) for _ in range(8))
        return await asyncio.gather(*claims, return_exceptions=True)

    results = run(everybody())

    assert Counter(type(each) for each in results) == {Claim: 1, RequestInProgress: 7}
