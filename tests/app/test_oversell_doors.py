"""Fifty buyers and ten units, through every door there is."""

import pytest
from support.bank import Bank
from support.crowd import Ask, all_at_once, race
from support.doors import DOORS, crowd, outcomes

STOCK, BUYERS = 10, 50
LOST = "409 insufficient_inventory"
SESSION, INTENT = "/api/v1/checkout/session", "/api/v1/checkout/payment-intent"


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def shelf(admin):
    """Put two things on the shelves, ten of each."""
    return [admin.product(stock=STOCK) for _ in range(2)]


@pytest.fixture
def buyers(run, client, settings, shelf):
    """Send people to the doors, in turns: each wants one of both things."""
    secret = settings.secret_key.get_secret_value()
    wanted = [product["id"] for product in shelf]

    def through(*doors: str):
        return run(crowd(client.shop.database, BUYERS, secret, wanted, doors))

    return through


def stocks(admin, shelf) -> list[int]:
    return [admin.stock_of(product) for product in shelf]


def holding(admin) -> int:
    """Count the orders that hold or have sold something."""
    totals = [admin.get(f"/orders?status={each}").json["total"] for each in ("PENDING", "PAID")]
    return sum(totals)


@pytest.mark.parametrize("doors", [*([each] for each in DOORS), list(DOORS)], ids="+".join)
def test_fifty_buyers_race_for_ten_units(client, admin, shelf, buyers, doors) -> None:
    answers = race(client, buyers(*doors))

    assert outcomes(answers) == {"served": STOCK, LOST: BUYERS - STOCK}
    assert stocks(admin, shelf) == [0, 0]
    assert holding(admin) == admin.get("/orders").json["total"] == STOCK


def test_what_sessions_and_intents_held_comes_back_to_the_unit(
    run, client, admin, shelf, buyers, bank, later
) -> None:
    crowd = buyers("session", "payment intent")
    answers = race(client, crowd)
    opened = [
        (client.bearing(buyer.token), answer.json["session_id"])
        for buyer, answer in zip(crowd, answers, strict=True)
        if "session_id" in answer.json
    ]

    canceled = all_at_once(
        *(Ask(shopper, "POST", f"{SESSION}/{name}/cancel") for shopper, name in opened * 2)
    )
    half_empty = stocks(admin, shelf)
    later(minutes=31)
    run(client.shop.checkout.sweep())
    run(client.shop.checkout.sweep())

    assert outcomes(answers)["served"] == STOCK
    assert {each.status_code for each in canceled} <= {200}
    assert half_empty == [len(opened)] * 2
    assert stocks(admin, shelf) == [STOCK, STOCK]
    assert (holding(admin), bank.taken) == (0, {})


def test_what_some_give_up_others_buy_at_the_same_moment(
    client, admin, shelf, buyers, bank
) -> None:
    crowd = buyers("session")
    first, others = crowd[:STOCK], crowd[STOCK:]
    opened = [answer.json["session_id"] for answer in race(client, first)]
    for product in shelf:
        admin.patch(f"/admin/products/{product['id']}/stock", {"delta": 1})
    for buyer in others:
        for line in buyer.lines:
            client.bearing(buyer.token).post("/cart/add", line)

    results = all_at_once(
        *(Ask(client.bearing(buyer.token), "POST", "/checkout", {}) for buyer in others),
        *(
            Ask(client.bearing(buyer.token), "POST", f"{SESSION}/{name}/cancel")
            for buyer, name in zip(first, opened, strict=True)
        ),
    )

    sold = sum(each.status_code == 201 for each in results[: len(others)])
    assert {each.status_code for each in results} <= {200, 201, 409}
    assert 1 <= sold <= STOCK + 1
    assert stocks(admin, shelf) == [STOCK + 1 - sold] * 2
    assert holding(admin) == len(bank.taken) == sold


def test_one_shopper_who_pushes_through_every_door_at_once_buys_once(
    client, admin, shopper, bank
) -> None:
    book = admin.product(stock=STOCK)
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})
    session = {"success_url": "https://shop.example/thanks"}

    results = all_at_once(
        *[Ask(shopper, "POST", SESSION, session)] * 3,
        *[Ask(shopper, "POST", INTENT, {})] * 3,
        *[Ask(shopper, "POST", "/checkout", {})] * 3,
    )

    orders = shopper.get("/orders/me?per_page=100").json["items"]
    paid = [order for order in orders if order["status"] == "PAID"]
    held = [order for order in orders if order["status"] == "PENDING"]
    assert {each.status_code for each in results} <= {201, 400, 409}
    assert len(paid) == len(bank.taken)
    assert len(paid) + len(held) <= 1
    assert admin.stock_of(book) == STOCK - 2 * len(paid + held)
