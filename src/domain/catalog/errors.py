from common.errors import Conflict, Malformed, NotFound


class ProductNotFound(NotFound):
    code = "product_not_found"
    message = "There is no product {product_id!r}."


class VariantNotFound(NotFound):
    code = "variant_not_found"
    message = "There is no variant {variant_id!r} of this product."


class SkuTaken(Conflict):
    code = "sku_taken"
    message = "Another variant has the SKU {sku!r}."


class NegativeStock(Conflict):
    code = "negative_stock"
    message = "Stock would leave the range it can have, 0 to {maximum}."


class InsufficientInventory(Conflict):
    code = "insufficient_inventory"
    message = "Only {available_quantity} of {title!r} in stock."
    prominent = ("available_quantity", "requested_quantity")


class BeyondStock(Malformed, InsufficientInventory):
    """The same, found while a cart is being filled and nothing is at stake yet."""


class InvalidProduct(Malformed):
    code = "invalid_product"
    message = "Product {product_id!r} is unknown or no longer sold."


class ProductUnavailable(Conflict, InvalidProduct):
    """The same, found while buying what was still for sale when the cart was filled."""
