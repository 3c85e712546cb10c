r"""Other people's stores, on loopback: real HTTP, on ports and threads of their own.

    with ShopifyStore() as store:                      # or WooStorefront(), or another ``Store``
        store.products["mug"] = Product("Mug", "12.00")
        store.products["mug"].sale = "9.50"            # what people pay now
        store.products["mug"].available = False
        store.products["tee"] = Product("Tee", variants=[Variant("S", "20.00", available=False)])
        store.fill(1_000)                              # many more
        store.currency = "JPY"
        del store.products["mug"]                      # gone; put back, it has the same id

        site.shapes["mug"] = "open_graph"             # of a SiteStore: see SiteStore.SHAPES
    site.has_sitemap = False                       # so that links have to be followed

    store.robots = "User-agent: *\nDisallow: /products.json"
        store.fails("/products.json", 500)             # from now on; ``times=1``: once
        store.says("/products.json", b"<html>no</html>")
        store.is_slow("/products.json", 0.3)
        store.redirects["/products.json"] = f"{other.url}/products.json"
        store.recovers()                               # all is well again

        store.requests                                 # what was asked for, robots.txt included
        store.asked("/products.json")                  # only that

What a path is may also tell the query: ``/products.json?limit=250&page=2``. A shop that scans them
needs ``scanning(settings)``. ``Trap`` is at an address that may not be called.
"""

from support.stores.product import Product, Variant
from support.stores.shopify import ShopifyStore
from support.stores.site import SiteStore
from support.stores.store import Asked, Page, Store, Trap, scanning
from support.stores.woocommerce import WooStorefront

__all__ = [
    "Asked",
    "Page",
    "Product",
    "ShopifyStore",
    "SiteStore",
    "Store",
    "Trap",
    "Variant",
    "WooStorefront",
    "scanning",
]
