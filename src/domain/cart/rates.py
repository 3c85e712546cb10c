"""What is added to the price of the goods: tax and shipping."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol

from common.money import Money

ELSEWHERE = "*"
"""Stands for every country that has no rate of its own, and for one we do not know yet."""
_NONE = Decimal(0)
_UNIT = Decimal(1)


class Charges(NamedTuple):
    """In minor units of the goods' currency."""

    tax: int = 0
    shipping: int = 0


class ChargeRule(Protocol):
    """Decides what is added. A shop with rules of its own plugs them in here."""

    def charges(self, subtotal: Money, country: str | None) -> Charges:
        """Tell what goods worth ``subtotal`` cost more when sent to ``country`` (ISO 3166)."""


class ShippingRate(NamedTuple):
    """What a parcel costs, unless what is in it is worth enough."""

    price: Money
    free_from: Money | None = None

    def cost(self, subtotal: Money) -> int:
        is_free = self.free_from is not None and subtotal.amount >= self.free_from.amount
        return 0 if is_free else self.price.amount


class RateTable(ChargeRule):
    """A share of the goods as tax and a price for the parcel, by country.

    Shipping is looked up in the currency of the goods: a rate in another one does not apply.
    """

    def __init__(
        self,
        tax: Mapping[str, Decimal] | None = None,
        shipping: Mapping[tuple[str, str], ShippingRate] | None = None,
    ) -> None:
        self._tax = dict(tax or {})
        """A tenth is ``Decimal("0.1")``, by country."""
        self._shipping = dict(shipping or {})
        """By country and currency."""

    def charges(self, subtotal: Money, country: str | None) -> Charges:
        return Charges(self._tax_on(subtotal, country), self._shipping_of(subtotal, country))

    def _tax_on(self, subtotal: Money, country: str | None) -> int:
        share = self._tax.get(country or ELSEWHERE, self._tax.get(ELSEWHERE, _NONE))
        return int((subtotal.amount * share).quantize(_UNIT, ROUND_HALF_UP))

    def _shipping_of(self, subtotal: Money, country: str | None) -> int:
        for place in (country, ELSEWHERE):
            if rate := place and self._shipping.get((place, subtotal.currency)):
                return rate.cost(subtotal)
        return 0
