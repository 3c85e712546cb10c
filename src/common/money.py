"""Exact money."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

# ISO 4217: active currency codes, and those whose minor unit is not a hundredth.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF
KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES = frozenset(_CODES.split())
_EXPONENTS = dict.fromkeys(_NO_DECIMALS.split(), 0) | dict.fromkeys(_THREE_DECIMALS.split(), 3)


def exponent_of(currency: str) -> int:
    """Tell how many decimals a currency's minor unit has: 2 for USD, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency: 1999 EUR is €19.99."""

    amount: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def from_major(cls, value: Decimal, currency: str) -> Self:
        """Read an amount in major units; raises ``ValueError`` when it is not exact."""
        if not value.is_finite():
            raise ValueError(f"{value} is no amount")
        money = cls(int(value.scaleb(exponent_of(currency))), currency)
        if money.major != value:
            raise ValueError(f"{value} is finer than the smallest unit of {currency}")
        return money

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact to the minor unit."""
        return _major(self.amount, self.currency)

    def told(self, name: str) -> dict[str, Any]:
        """Show the amount to another system under a name, in both units."""
        return {name: self.major, f"{name}_cents": self.amount}

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.amount * count, self.currency)


@lru_cache(maxsize=4096)
def _major(amount: int, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-exponent_of(currency))
