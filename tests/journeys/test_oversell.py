"""Fifty buyers and ten units, at two real servers with one database between them."""

from collections.abc import Iterator

import pytest
from support.doors import DOORS, outcomes
from support.two_servers import TwoServers, two_servers

STOCK, BUYERS = 10, 50
LOST = "409 insufficient_inventory"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[TwoServers]:
    folder = tmp_path_factory.mktemp("two_servers")
    uri = f"sqlite:///{folder / 'shop.db'}"
    if request.param == "postgres":
        uri = request.getfixturevalue("postgres").new_database("two_servers")
    with two_servers(folder, uri) as shop:
        yield shop


def test_fifty_buyers_race_for_ten_units_through_every_door(shop) -> None:
    products = shop.put_up_for_sale(STOCK)
    before = shop.orders("PENDING") + shop.orders("PAID")

    answers = shop.race(shop.crowd(BUYERS, products, *DOORS))

    assert outcomes(answers) == {"served": STOCK, LOST: BUYERS - STOCK}
    assert shop.stocks(products) == [0, 0]
    assert shop.orders("PENDING") + shop.orders("PAID") == before + STOCK
    assert shop.complaints() == []


def test_what_sessions_and_intents_held_comes_back_to_the_unit(shop) -> None:
    products = shop.put_up_for_sale(STOCK)
    crowd = shop.crowd(BUYERS, products, "session", "payment intent")
    answers = shop.race(crowd)
    served = [
        (buyer, answer.json)
        for buyer, answer in zip(crowd, answers, strict=True)
        if answer.status < 300
    ]

    shop.decline([intent for _, intent in served if "payment_intent_id" in intent])
    sessions = [(buyer, each["session_id"]) for buyer, each in served if "session_id" in each]
    canceled = shop.cancel_everywhere(sessions)

    assert outcomes(answers) == {"served": STOCK, LOST: BUYERS - STOCK}
    assert outcomes(canceled).keys() <= {"served"}
    shop.wait_for(lambda: shop.stocks(products) == [STOCK, STOCK])
    assert shop.complaints() == []
