"""Every path, on one page."""

from app.container import Container
from app.operation import Route
from app.plans import plans_of
from app.resources.accounts import Accounts
from app.resources.alerts import Alerts
from app.resources.api_keys import ApiKeys
from app.resources.billing import Billing
from app.resources.carts import Carts
from app.resources.checkout import Checkout
from app.resources.checkout_sessions import CheckoutSessions
from app.resources.competitor_products import CompetitorProducts
from app.resources.competitors import Competitors
from app.resources.deliveries import Deliveries
from app.resources.descriptions import Descriptions
from app.resources.health import Health
from app.resources.llm_calls import LlmCalls
from app.resources.metrics import Metrics, PublicMetrics
from app.resources.orders import Orders
from app.resources.passwords import Passwords
from app.resources.platform_carts import PlatformCarts
from app.resources.products import Products
from app.resources.provisioning import Provisioning
from app.resources.refunds import Refunds
from app.resources.scans import Scans
from app.resources.sessions import Sessions
from app.resources.sources import Sources
from app.resources.supplier_feeds import SupplierFeeds
from app.resources.usage import Usage
from app.resources.users import Users
from app.resources.webhook_endpoints import WebhookEndpoints
from app.resources.webhooks import Webhooks
from app.resources.woocommerce import WooCommerce
from app.resources.workflows import Workflows
from app.stand_in.intents import PaymentIntents

PLATFORM = ("/api/v1", "/api")
"""The platform API has a version, and without one is the current version."""


def routes(shop: Container) -> list[Route]:
    """List the shop's own paths; the pages that describe them are added by the factory."""
    sessions = Sessions(shop.users, shop.sessions, shop.carts)
    users = Users(shop.users)
    accounts = Accounts(shop.users)
    passwords = Passwords(shop.password_resets, shop.sessions)
    products = Products(shop.catalog, shop.settings.default_currency)
    carts, platform_carts = Carts(shop.carts), PlatformCarts(shop.carts)
    orders = Orders(shop.orders)
    checkout = Checkout(shop.checkout)
    api_keys = ApiKeys(shop.api_keys)
    provisioning = Provisioning(shop.provisioning)
    health = Health(shop.database, shop.runs, shop.settings.service_name)
    metrics = PublicMetrics if shop.settings.metrics_public else Metrics
    refunds = Refunds(shop.refunds, shop.orders)
    checkout_sessions = CheckoutSessions(
        shop.payment_sessions, shop.payments.gateway.publishable_key, shop.settings.public_url
    )
    billing = Billing(shop.billing, plans_of(shop.settings), shop.settings.public_url)
    webhooks = Webhooks(shop.webhooks)
    told = shop.webhook_endpoints
    endpoints = WebhookEndpoints(told.endpoints, told.deliveries)
    deliveries = Deliveries(told.deliveries)
    workflows = Workflows(shop.runs)
    woocommerce = WooCommerce(shop.woocommerce)
    descriptions = Descriptions(shop.assistant.descriptions)
    llm_calls = LlmCalls(shop.assistant.calls)
    stand_in = shop.payments.stand_in
    intents = PaymentIntents(stand_in.cashier) if stand_in else None
    competitors = Competitors(shop.competitors.competitors)
    tracked = CompetitorProducts(shop.competitors.products)
    scans = Scans(shop.competitors.scans)
    alerts = Alerts(shop.alerts)
    feeds = SupplierFeeds(shop.sources.feeds)
    sources = Sources(shop.sources.sources, shop.sources.searches)
    platform = [
        Route("/auth/register", sessions, "signup"),
        Route("/auth/login", sessions, "login"),
        Route("/auth/refresh", sessions, "refresh"),
        Route("/auth/logout", sessions, "logout"),
        Route("/auth/me", accounts, "me"),
        Route("/auth/forgot-password", passwords, "forgotten"),
        Route("/auth/reset-password", passwords, "reset"),
        Route("/auth/change-password", passwords, "change"),
        Route("/auth/provision", provisioning),
        Route("/api-keys", api_keys),
        Route("/api-keys/{key_id}", api_keys, "key"),
        Route("/cart", platform_carts),
        Route("/cart/items", platform_carts, "items"),
        Route("/cart/items/{item_id}", platform_carts, "item"),
        Route("/cart/merge", platform_carts, "merge"),
        Route("/checkout/session", checkout_sessions),
        Route("/checkout/session/{session_id}", checkout_sessions, "session"),
        Route("/checkout/session/{session_id}/cancel", checkout_sessions, "cancel"),
        Route("/checkout/payment-intent", checkout_sessions, "intent"),
        Route("/health", health),
        Route("/billing/plans", billing, "plans"),
        Route("/billing/checkout", billing, "checkout"),
        Route("/billing/portal", billing, "portal"),
        Route("/billing/current", billing, "current"),
        Route("/billing/overview", billing, "overview"),
        Route("/usage", Usage(shop.usage)),
        Route("/webhooks/stripe", webhooks),
        Route("/competitors", competitors),
        Route("/competitors/{competitor_id}", competitors, "competitor"),
        Route("/competitors/{competitor_id}/products", tracked, "of_competitor"),
        Route("/competitors/{competitor_id}/scans", scans),
        Route("/competitors/{competitor_id}/scans/{scan_id}", scans, "scan"),
        Route("/products", tracked),
        Route("/products/{product_id}", tracked, "product"),
        Route("/alerts", alerts),
        Route("/alerts/{alert_id}", alerts, "alert"),
        Route("/alerts/{alert_id}/history", alerts, "history"),
        Route("/supplier-feeds", feeds),
        Route("/supplier-feeds/{feed_id}", feeds, "feed"),
        Route("/products/{product_id}/sources", sources),
        Route("/sources/bulk", sources, "bulk"),
        Route("/sources/bulk/{search_id}", sources, "search"),
        Route("/woocommerce/products/sync", woocommerce, "product"),
        Route("/woocommerce/products/sync-all", woocommerce, "catalogue"),
        Route("/woocommerce/syncs", woocommerce, "syncs"),
        Route("/woocommerce/syncs/{sync_id}", woocommerce, "sync"),
        Route("/woocommerce/inventory/sync", woocommerce, "inventory"),
        Route("/woocommerce/orders", woocommerce, "order"),
    ]
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
        Route("/orders/{order_id}/refunds", refunds),
        Route("/admin/products", products, "admin"),
        Route("/admin/products/{product_id}", products, "admin_product"),
        Route("/admin/products/{product_id}/stock", products, "stock"),
        Route("/admin/orders", orders, "admin"),
        *(route._replace(path=prefix + route.path) for prefix in PLATFORM for route in platform),
        Route("/admin/webhook-events", webhooks, "events"),
        Route("/admin/webhook-events/{event_id}", webhooks, "event"),
        Route("/admin/webhook-events/{event_id}/rerun", webhooks, "rerun"),
        Route("/admin/products/{product_id}/describe", descriptions),
        Route("/admin/products/{product_id}/drafts", descriptions, "drafts"),
        Route("/admin/drafts/{draft_id}/accept", descriptions, "accept"),
        Route("/admin/drafts/{draft_id}/reject", descriptions, "reject"),
        Route("/admin/llm-calls", llm_calls),
        Route("/admin/llm-usage", llm_calls, "usage"),
        Route("/admin/webhook-endpoints", endpoints),
        Route("/admin/webhook-endpoints/{endpoint_id}", endpoints, "endpoint"),
        Route("/admin/webhook-endpoints/{endpoint_id}/rotate-secret", endpoints, "secret"),
        Route("/admin/webhook-endpoints/{endpoint_id}/test", endpoints, "test"),
        Route("/admin/webhook-endpoints/{endpoint_id}/deliveries", endpoints, "deliveries"),
        Route("/admin/deliveries/{delivery_id}", deliveries),
        Route("/admin/deliveries/{delivery_id}/redeliver", deliveries, "redelivery"),
        Route("/admin/workflows", workflows),
        Route("/admin/workflows/{workflow_id}", workflows, "workflow"),
        Route("/admin/workflows/{workflow_id}/rerun", workflows, "rerun"),
        *(
            [Route("/stand-in/payment_intents/{intent_id}/confirm", intents, "confirm")]
            if intents
            else []
        ),
        Route("/metrics", metrics(shop.traffic, shop.database, shop.runs)),
        Route("/healthz", health, "live"),
        Route("/readyz", health, "ready"),
    ]
