from common.errors import Conflict, Malformed


class ItemNotInCart(Malformed):
    code = "item_not_in_cart"
    message = "The cart holds no such product."


class CartFull(Malformed):
    code = "cart_full"
    message = "A cart holds at most {maximum_lines} different things, {maximum_quantity} of each."


class CurrencyMismatch(Conflict):
    code = "currency_mismatch"
    message = "The cart is in {cart} but the product is priced in {product}."
