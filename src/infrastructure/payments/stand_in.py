"""The payment gateway that ships: it moves no money, and otherwise behaves like one.

It remembers every charge by its key, across restarts, and answers a repeated key with the first
outcome. Any card pays, except the well-known test cards that decline, by number or by token.
"""

import secrets

from common.money import Money
from domain.database import Database
from domain.payment.gateway import Charge
from infrastructure.databases.repositories.charges import StandInCharge
from infrastructure.databases.transaction import SqlTransaction

DECLINING_CARDS = {
    "4000000000000002": "card_declined",
    "tok_chargeDeclined": "card_declined",
    "pm_card_chargeDeclined": "card_declined",
    "4000000000009995": "insufficient_funds",
    "tok_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "4000000000000069": "expired_card",
    "tok_chargeDeclinedExpiredCard": "expired_card",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "tok_chargeDeclinedIncorrectCvc": "incorrect_cvc",
    "pm_card_chargeDeclinedIncorrectCvc": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "tok_chargeDeclinedProcessingError": "processing_error",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
}
PAYING_CARDS = frozenset(
    {
        "4242424242424242",
        "5555555555554444",
        "378282246310005",
        "tok_visa",
        "tok_mastercard",
        "tok_amex",
        "pm_card_visa",
        "pm_card_mastercard",
        "pm_card_amex",
    }
)


class StandInGateway:
    """Charges at once, out of its own small ledger in the shop's database."""

    def __init__(self, database: Database[SqlTransaction]) -> None:
        self._database = database

    async def charge(self, key: str, amount: Money, token: str | None) -> Charge:
        """Take ``amount``; a token that is no known test card is declined as ``invalid_card``."""
        return await self._once(key, amount, _decline_code(token))

    async def abandon(self, key: str) -> Charge:
        return await self._once(key, Money.zero("XXX"), "abandoned")

    async def _once(self, key: str, amount: Money, decline_code: str | None) -> Charge:
        async def unit(tx: SqlTransaction) -> StandInCharge:
            if known := await tx.stand_in_charges.get(key):
                return known
            return await tx.stand_in_charges.add(
                StandInCharge(
                    key=key,
                    reference=f"ch_{secrets.token_hex(12)}",
                    amount=amount.amount,
                    currency=amount.currency,
                    paid=decline_code is None,
                    decline_code=decline_code,
                )
            )

        charge = await self._database.write(unit)
        return Charge(charge.reference, charge.paid, charge.decline_code)


def _decline_code(token: str | None) -> str | None:
    if token is None:
        return None
    card = token.replace(" ", "").replace("-", "")
    if card in PAYING_CARDS:
        return None
    return DECLINING_CARDS.get(card, "invalid_card")
