import pytest

from app.settings import Settings, SettingsWrong, load_settings
from common.money import Money
from domain.cart.rates import Charges

DOLLARS = Money(10_000, "USD")


@pytest.fixture
def load(tmp_path):
    """Load the settings of a ``.env`` file with these lines."""

    def load(*lines: str) -> Settings:
        file = tmp_path / ".env"
        file.write_text("\n".join(lines), encoding="utf-8")
        return load_settings(file)

    return load


def test_without_rates_nothing_is_added_to_the_price(load) -> None:
    assert load().charge_rule.charges(DOLLARS, "US") == Charges(tax=0, shipping=0)


def test_rates_are_added_by_country(load) -> None:
    rule = load(
        "TAX_RATES=US=10%, *=0%", "SHIPPING_RATES=US=15.00 USD free from 200 USD, *=25.00 USD"
    ).charge_rule

    assert rule.charges(DOLLARS, "US") == Charges(tax=1000, shipping=1500)
    assert rule.charges(DOLLARS * 2, "US") == Charges(tax=2000, shipping=0)
    assert rule.charges(DOLLARS, None) == Charges(tax=0, shipping=2500)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("TAX_RATES=UK=20%", "TAX_RATES: 'UK' is neither a country such as DE nor *"),
        ("TAX_RATES=10%", "TAX_RATES: '10%' is neither a country"),
        ("TAX_RATES=DE=0.19", "TAX_RATES: '0.19' is not a rate such as 19%"),
        ("SHIPPING_RATES=US=15", "SHIPPING_RATES: '15' is not a price such as 4.90 EUR"),
        ("SHIPPING_RATES=JP=1.5 JPY", "SHIPPING_RATES: 1.5 is finer than the smallest unit of JPY"),
    ],
)
def test_a_rate_that_cannot_be_read_is_said_in_one_line(load, line, said) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(line)

    message = str(wrong.value)
    assert message.startswith(f"Settings: {said}")
    assert "\n" not in message
