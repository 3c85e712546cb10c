"""Every path, on one page."""

from app.container import Container
from app.operation import Route
from app.resources.api_keys import ApiKeys
from app.resources.carts import Carts
from app.resources.checkout import Checkout
from app.resources.health import Health
from app.resources.orders import Orders
from app.resources.products import Products
from app.resources.sessions import Sessions
from app.resources.users import Users

PLATFORM = ("/api/v1", "/api")
"""The platform API has a version, and without one is the current version."""


def routes(shop: Container) -> list[Route]:
    """List the shop's own paths; the pages that describe them are added by the factory."""
    sessions = Sessions(shop.users, shop.sessions)
    users = Users(shop.users)
    products = Products(shop.catalog, shop.settings.default_currency)
    carts = Carts(shop.carts)
    orders = Orders(shop.orders)
    checkout = Checkout(shop.checkout)
    api_keys = ApiKeys(shop.api_keys)
    health = Health(shop.database)
    return [
        Route("/login", sessions),
        Route("/auth/signup", sessions, "signup"),
        Route("/auth/login", sessions, "login"),
        Route("/auth/refresh", sessions, "refresh"),
        Route("/auth/logout", sessions, "logout"),
        Route("/users", users),
        Route("/users/{user_id}", users, "user"),
        Route("/products", products),
        Route("/products/search", products, "search"),
        Route("/products/{product_id}", products, "product"),
        Route("/cart", carts),
        Route("/cart/add", carts, "add"),
        Route("/cart/remove", carts, "remove"),
        Route("/checkout", checkout),
        Route("/orders", orders),
        Route("/orders/me", orders, "mine"),
        Route("/orders/{order_id}", orders, "order"),
        Route("/orders/{order_id}/pay", checkout, "payment"),
        Route("/admin/products", products, "admin"),
        Route("/admin/products/{product_id}", products, "admin_product"),
        Route("/admin/products/{product_id}/stock", products, "stock"),
        Route("/admin/orders", orders, "admin"),
        *(
            Route(f"{prefix}{path}", api_keys, suffix)
            for prefix in PLATFORM
            for path, suffix in (("/api-keys", None), ("/api-keys/{key_id}", "key"))
        ),
        Route("/healthz", health, "live"),
        Route("/readyz", health, "ready"),
    ]
