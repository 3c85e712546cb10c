from common.errors import Conflict, Malformed, NotFound


class CartEmpty(Malformed):
    code = "cart_empty"
    message = "There is nothing in the cart to buy."


class PriceChanged(Conflict):
    code = "price_changed"
    message = "Prices have changed since you saw them. The cart shows the new ones: buy again."


class AmountMismatch(Conflict):
    code = "amount_mismatch"
    message = "The cart comes to {amount} {currency}, not {given_amount} {given_currency}."


class NothingToPay(Malformed):
    code = "nothing_to_pay"
    message = "This costs nothing: check out without a payment intent."


class SessionNotFound(NotFound):
    code = "checkout_session_not_found"
    message = "There is no checkout session {session_id!r}."


class SessionComplete(Conflict):
    code = "checkout_session_complete"
    message = "The session has been paid: it can no longer be canceled."
