"""Amounts as Stripe writes them: in a currency's smallest unit, as we do, but for some currencies.

https://docs.stripe.com/currencies: krónur and Ugandan shillings are still written with the two
decimals they no longer have, ariary without any. Of three decimals the last one is always 0.
"""

from common.money import Money, exponent_of
from domain.payment.errors import PaymentRefused

_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}


def to_stripe(money: Money) -> int:
    """Write an amount for Stripe; raises ``PaymentRefused`` when it is finer than Stripe takes."""
    ours, theirs = exponent_of(money.currency), _exponent(money.currency)
    amount, rest = divmod(money.amount * 10**theirs, 10**ours)
    if rest or (ours == 3 and amount % 10):
        raise PaymentRefused(reason=f"{money.major} {money.currency} is finer than it can charge")
    return int(amount)


def from_stripe(amount: int, currency: str) -> int | None:
    """Read an amount of Stripe's in our smallest unit; nothing, where that is no whole number."""
    known = currency.upper()
    ours, rest = divmod(amount * 10 ** exponent_of(known), 10 ** _exponent(known))
    return None if rest else int(ours)


def _exponent(currency: str) -> int:
    return _EXPONENTS.get(currency, exponent_of(currency))
