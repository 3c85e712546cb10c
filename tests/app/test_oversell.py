"""Many shoppers at the same moment: nothing is sold twice, nothing is lost, nobody hangs."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from itertools import chain, cycle
from typing import Any

import pytest
from support.bank import Bank
from support.crowd import Ask, all_at_once
from support.shopping import DECLINED, fill, place, statuses

from common.errors import DomainError
from domain.checkout.placing import Purchase
from domain.identity.caller import Caller
from domain.identity.models import User
from domain.order.models import Order
from domain.order.service import Wanted


def answers(results) -> Counter:
    """Count the answers, by status and error code."""
    return Counter((each.status_code, each.json.get("error")) for each in results)


def outcomes(results) -> Counter:
    """Count what services returned and raised."""
    return Counter(
        each.code if isinstance(each, DomainError) else str(each.status) for each in results
    )


async def gathered(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """Do everything at once; what is raised counts as a result."""
    return await asyncio.gather(*work, return_exceptions=True)


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def callers(run, client):
    """Make some shoppers who need no password."""

    def make(number: int) -> list[Caller]:
        async def unit(tx) -> list[str]:
            users = [User(email=f"{n}@crowd.example", password_hash="-") for n in range(number)]
            for user in users:
                tx.users.add(user)
            return [user.id for user in users]

        return [Caller(user_id) for user_id in run(client.shop.database.write(unit))]

    return make


def test_two_shoppers_want_the_last_copy(admin, client) -> None:
    book, crowd = admin.product(stock=1), [client.as_shopper() for _ in range(2)]
    for shopper in crowd:
        fill(shopper, book)

    results = all_at_once(*(Ask(shopper, "POST", "/checkout", {}) for shopper in crowd))

    assert answers(results) == {(201, None): 1, (409, "insufficient_inventory"): 1}
    assert admin.stock_of(book) == 0
    assert admin.get("/orders").json["total"] == 1
    loser = next(each for each in results if each.status_code == 409)
    assert (loser.json["available_quantity"], loser.json["requested_quantity"]) == (0, 1)


def test_thirty_shoppers_want_ten_pairs_and_fill_their_carts_either_way(
    run, admin, callers
) -> None:
    shop, crowd = admin.shop, callers(30)
    book, pen = admin.product(stock=10), admin.product(stock=10)

    async def buy(caller: Caller, products: list[str]) -> Order:
        for product_id in products:
            await shop.carts.add(caller, product_id, None, 1)
        return await shop.checkout.check_out(caller, Purchase(), None)

    results = run(
        gathered(
            buy(caller, [book["id"], pen["id"]][::step])
            for caller, step in zip(crowd, cycle((1, -1)), strict=False)
        )
    )

    assert outcomes(results) == {"PAID": 10, "insufficient_inventory": 20}
    assert (admin.stock_of(book), admin.stock_of(pen)) == (0, 0)
    assert admin.get("/orders").json["total"] == 10


def test_thirty_orders_for_ten_units_name_their_lines_in_any_order(run, admin, callers) -> None:
    shop, crowd = admin.shop, callers(30)
    book, pen = admin.product(stock=10), admin.product(stock=10)
    lines = [Wanted(book["id"], None, 1), Wanted(pen["id"], None, 1)]

    results = run(
        gathered(
            shop.orders.place(caller, None, lines[::step])
            for caller, step in zip(crowd, cycle((1, -1)), strict=False)
        )
    )

    assert outcomes(results) == {"PENDING": 10, "insufficient_inventory": 20}
    assert (admin.stock_of(book), admin.stock_of(pen)) == (0, 0)


def test_a_double_clicked_checkout_makes_one_order(admin, shopper, bank) -> None:
    book = admin.product(price_cents=1000, stock=5)
    fill(shopper, book, 2)

    results = all_at_once(*[Ask(shopper, "POST", "/checkout", {})] * 4)

    bought = {each.json["id"] for each in results if each.status_code == 201}
    assert len(bought) == 1
    assert set(answers(results)) <= {(201, None), (400, "cart_empty")}
    assert statuses(shopper) == ["PAID"]
    assert [money.amount for money in bank.taken.values()] == [2000]
    assert admin.stock_of(book) == 3


def test_a_double_clicked_checkout_under_one_key_makes_one_order(admin, shopper, bank) -> None:
    book = admin.product(stock=5)
    fill(shopper, book, 2)
    ask = Ask(shopper, "POST", "/checkout", {}, {"Idempotency-Key": "one"})

    results = all_at_once(*[ask] * 4)

    assert set(answers(results)) <= {(201, None), (409, "request_in_progress")}
    assert (201, None) in answers(results)
    assert statuses(shopper) == ["PAID"]
    assert len(bank.taken) == 1
    assert admin.stock_of(book) == 3


def test_a_double_clicked_payment_is_taken_once(admin, shopper, bank) -> None:
    order = place(shopper, admin.product(stock=5), 2).json

    results = all_at_once(*[Ask(shopper, "POST", f"/orders/{order['id']}/pay", {})] * 4)

    assert answers(results) == {(200, None): 4}
    assert {each.json["paid_at"] for each in results} == {results[0].json["paid_at"]}
    assert len(bank.taken) == 1


def test_a_double_clicked_declined_card_gives_stock_back_once(admin, shopper) -> None:
    book = admin.product(stock=5)
    fill(shopper, book, 2)

    ask = Ask(shopper, "POST", "/checkout", {"payment_token": DECLINED})
    results = all_at_once(*[ask] * 4)

    assert answers(results) == {(402, "payment_failed"): 4}
    assert set(statuses(shopper)) == {"FAILED"}
    assert admin.stock_of(book) == 5


def test_everybody_adds_to_one_cart_at_once(admin, shopper) -> None:
    book = admin.product(stock=50)

    results = all_at_once(*[Ask(shopper, "POST", "/cart/add", {"product_id": book["id"]})] * 10)

    assert answers(results) == {(200, None): 10}
    assert [item["quantity"] for item in shopper.get("/cart").json["items"]] == [10]


def test_canceling_and_deleting_at_once_gives_stock_back_once(admin, shopper) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book, 3).json
    path = f"/orders/{order['id']}"

    results = all_at_once(
        *[Ask(admin, "PATCH", path, {"status": "CANCELED"})] * 2, *[Ask(admin, "DELETE", path)] * 2
    )

    assert all(each.status_code in (200, 204, 404, 409) for each in results)
    assert admin.stock_of(book) == 5


def test_paying_and_canceling_at_once_ends_one_way(admin, shopper) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book, 3).json
    path = f"/orders/{order['id']}"

    paid, canceled = all_at_once(
        Ask(shopper, "POST", f"{path}/pay", {}), Ask(admin, "PATCH", path, {"status": "CANCELED"})
    )

    status = shopper.get(path).json["status"]
    assert (paid.status_code, canceled.status_code) in {(200, 409), (409, 200)}
    assert status == ("PAID" if paid.status_code == 200 else "CANCELED")
    assert admin.stock_of(book) == (2 if status == "PAID" else 5)


def test_restocking_while_everybody_buys_loses_nothing(run, admin, callers) -> None:
    shop = admin.shop
    book, pen = admin.product(stock=10), admin.product(stock=10)
    crowd = callers(10)

    one_of = {each["id"]: [Wanted(each["id"], None, 1)] for each in (book, pen)}

    results = run(
        gathered(
            chain.from_iterable(
                (shop.orders.place(caller, None, line), shop.catalog.restock(each, None, delta=1))
                for caller in crowd
                for each, line in one_of.items()
            )
        )
    )

    assert not [each for each in results if isinstance(each, Exception)]
    assert (admin.stock_of(book), admin.stock_of(pen)) == (10, 10)


def test_two_sweeps_at_once_give_stock_back_once(run, admin, shopper, later) -> None:
    shop, book = admin.shop, admin.product(stock=5)
    for _ in range(3):
        place(shopper, book)
    later(minutes=31)

    run(gathered([shop.checkout.sweep(), shop.checkout.sweep()]))

    assert statuses(shopper) == ["CANCELED"] * 3
    assert admin.stock_of(book) == 5
