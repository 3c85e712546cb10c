"""The well-known test cards, by number or by token: those that pay, and those that decline."""

from typing import NamedTuple

PAYING_CARDS = {
    "4242424242424242": "visa",
    "tok_visa": "visa",
    "pm_card_visa": "visa",
    "5555555555554444": "mastercard",
    "tok_mastercard": "mastercard",
    "pm_card_mastercard": "mastercard",
    "378282246310005": "amex",
    "tok_amex": "amex",
    "pm_card_amex": "amex",
}
"""Cards that pay, and their brands."""
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
"""Cards that do not pay, and why."""
MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "invalid_card": "This is none of the test cards.",
}
_LAST_DIGITS = {"visa": "4242", "mastercard": "4444", "amex": "0005"}


class Card(NamedTuple):
    """A card as far as it is remembered."""

    brand: str
    decline_code: str | None = None

    @property
    def last_digits(self) -> str:
        return _LAST_DIGITS[self.brand]


GOOD_CARD = Card("visa")
DECLINED_CARD = Card("visa", "card_declined")


def card_of(token: str | None) -> Card:
    """Read the name of a card; one that is no known test card is declined as ``invalid_card``."""
    if token is None:
        return GOOD_CARD
    name = token.replace(" ", "").replace("-", "")
    if brand := PAYING_CARDS.get(name):
        return Card(brand)
    return Card("visa", DECLINING_CARDS.get(name, "invalid_card"))
