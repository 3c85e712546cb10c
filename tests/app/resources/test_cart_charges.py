import pytest
from support.guests import CART, ITEMS, gather

from app.settings import Settings


@pytest.fixture
def settings(settings) -> Settings:
    rates = {
        "tax_rates": "US=10%, DE=19%, KW=0.5%, *=0%",
        "shipping_rates": "US=15.00 USD, DE=4.90 EUR free from 50.00 EUR, JP=800 JPY, *=25.00 USD",
    }
    return settings.model_copy(update=rates)


def sums(cart) -> tuple[float, float, float, float]:
    return cart["subtotal"], cart["tax"], cart["shipping"], cart["total"]


def test_tax_and_shipping_are_added_by_country(admin, shopper) -> None:
    gather(shopper, admin.product(price_cents=29_999))

    to_the_us = shopper.get(f"{CART}?country=US").json
    to_france = shopper.get(f"{CART}?country=FR").json
    nowhere_yet = shopper.get(CART).json

    assert sums(to_the_us) == (299.99, 30.0, 15.0, 344.99)
    assert (to_the_us["tax_cents"], to_the_us["shipping_cents"]) == (3000, 1500)
    assert (to_the_us["subtotal_cents"], to_the_us["total_cents"]) == (29_999, 34_499)
    assert sums(to_france) == sums(nowhere_yet) == (299.99, 0, 25.0, 324.99)


def test_both_surfaces_and_every_change_add_up_alike(admin, shopper) -> None:
    book = admin.product(price_cents=1000)

    added = shopper.post(f"{ITEMS}?country=US", {"product_id": book["id"], "quantity": 3}).json
    item = f"{ITEMS}/{added['added_item']['item_id']}"
    updated = shopper.patch(f"{item}?country=US", {"quantity": 2}).json["cart"]

    assert sums(added["cart"]) == (30.0, 3.0, 15.0, 48.0)
    assert sums(updated) == (20.0, 2.0, 15.0, 37.0)
    assert shopper.get("/cart?country=US").json == updated
    assert shopper.get("/cart").json == shopper.get(CART).json


@pytest.mark.parametrize(("quantity", "shipping"), [(4, 4.9), (5, 0), (6, 0)])
def test_shipping_may_be_free_from_a_sum_before_tax(admin, shopper, quantity, shipping) -> None:
    gather(shopper, admin.product(currency="EUR", price_cents=1000), quantity)

    cart = shopper.get(f"{CART}?country=DE").json

    assert (cart["tax"], cart["shipping"]) == (round(quantity * 1.9, 2), shipping)


def test_a_shipping_rate_in_another_currency_does_not_apply(admin, shopper) -> None:
    gather(shopper, admin.product(currency="GBP"))

    for country in ("US", "DE", "GB"):
        assert shopper.get(f"{CART}?country={country}").json["shipping_cents"] == 0


@pytest.mark.parametrize(
    ("currency", "price_cents", "country", "expected"),
    [
        ("JPY", 1995, "US", (1995, 200, 0, 2195)),
        ("JPY", 1994, "JP", (1994, 0, 800, 2794)),
        ("KWD", 1100, "KW", (1.1, 0.006, 0, 1.106)),
    ],
)
def test_totals_are_exact_in_every_currency(
    admin, shopper, currency, price_cents, country, expected
) -> None:
    gather(shopper, admin.product(currency=currency, price_cents=price_cents))

    assert sums(shopper.get(f"{CART}?country={country}").json) == expected


def test_an_empty_cart_costs_nothing(admin, client, shopper) -> None:
    cart = gather(client, admin.product())
    session = f"?session_id={cart['session_id']}"

    cleared = client.delete(f"{CART}{session}").json["cart"]
    removed_last = client.get(f"{CART}{session}&country=US").json

    for empty in (cleared, removed_last, shopper.get("/cart").json):
        assert sums(empty) == (0, 0, 0, 0)


@pytest.mark.parametrize("country", ["us", "USA", "XX", "U", "", "*", "ZZ"])
def test_a_country_is_one_that_exists(shopper, country) -> None:
    for path in ("/cart", CART):
        refused = shopper.get(f"{path}?country={country}")
        assert (refused.status_code, list(refused.json["details"])) == (422, ["country"])
