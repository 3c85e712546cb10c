from common.errors import Conflict, Malformed


class CartEmpty(Malformed):
    code = "cart_empty"
    message = "There is nothing in the cart to buy."


class PriceChanged(Conflict):
    code = "price_changed"
    message = "Prices have changed since you saw them. The cart shows the new ones: buy again."
