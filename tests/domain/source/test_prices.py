from decimal import Decimal

import pytest

from domain.source.prices import price_of


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12", "USD", 1200),
        ("12.5", "USD", 1250),
        ("12,50", "EUR", 1250),
        ("1299.00", "USD", 129900),
        ("1,299.00", "USD", 129900),
        ("1.299,00", "EUR", 129900),
        ("1 299,00", "EUR", 129900),
        ("1'299.00", "CHF", 129900),
        ("1.299.000,5", "EUR", 129900050),
        ("1,299,000", "USD", 129900000),
        ("0.500", "USD", 50),
        ("1,299", "JPY", 1299),
        ("1299", "JPY", 1299),
        ("1.299", "KWD", 1299),
        (Decimal("12.500"), "USD", 1250),
    ],
)
def test_a_price_is_read_exactly(text, currency, amount) -> None:
    price = price_of(text, currency, "USD")

    assert (price.amount, price.currency) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "1,299",
        "12.500",
        "1,29,900",
        "12.50.1",
        ".",
        "12.",
        "1.2,3.4",
        "12.345,678",
        "12 50",
        "usd 12",
        "9" * 20,
        "1" * 41,
    ],
)
def test_what_may_mean_several_things_is_no_price(text) -> None:
    with pytest.raises(ValueError, match=r"price|minor unit|smallest unit"):
        price_of(text, "USD", "USD")


@pytest.mark.parametrize(("text", "currency"), [("12.50 EUR", None), ("EUR 12.50", "EUR")])
def test_a_price_may_name_its_currency(text, currency) -> None:
    assert price_of(text, currency, "USD").currency == "EUR"
