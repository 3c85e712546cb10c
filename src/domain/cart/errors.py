from common.errors import Conflict, Malformed, NotFound


class CartNotFound(NotFound):
    code = "cart_not_found"
    message = "There is no cart of this session: it was never filled, has expired or was merged."


class CartItemNotFound(NotFound):
    code = "cart_item_not_found"
    message = "There is no item {item_id!r} in the cart."


class ItemNotInCart(Malformed):
    code = "item_not_in_cart"
    message = "The cart holds no such product."


class CartFull(Malformed):
    code = "cart_full"
    message = "A cart holds at most {maximum_lines} different things, {maximum_quantity} of each."


class CurrencyMismatch(Conflict):
    code = "currency_mismatch"
    message = "The cart is in {cart} but the product is priced in {product}."
