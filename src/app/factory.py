from collections.abc import Iterable

from app.chores import SCHEDULES
from app.container import Container
from app.dashboard import pages as dashboard
from app.docs import Docs, DocsAsset, OpenApi
from app.errors import add_error_handlers
from app.http import App
from app.middleware.access_log import AccessLog
from app.middleware.address import Address
from app.middleware.authentication import Authentication
from app.middleware.cors import Cors
from app.middleware.head import Head
from app.middleware.idempotency import Idempotency
from app.middleware.lifespan import Connection, Lifespan
from app.middleware.metrics import Metrics
from app.middleware.operations import Operations
from app.middleware.rate_limits import RateLimitByAddress, RateLimitByUser
from app.middleware.request_id import RequestId
from app.middleware.security_headers import SecurityHeaders
from app.middleware.uploads import Uploads
from app.operation import Route
from app.pages import billing_return, reset_password
from app.routes import routes
from app.stand_in.pages import add_pages
from app.stand_in.portal import add_portal
from app.workflows import workflows as all_workflows
from domain.billing.plans import LIMITS
from infrastructure.workflows.engine import WorkflowEngine
from infrastructure.workflows.steps import durable_step

_EXPOSED = (
    "ETag, Idempotency-Replayed, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-ID"
)


def create_app(
    shop: Container,
    *,
    extra_routes: Iterable[Route] = (),
    extra_connections: Iterable[Connection] = (),
) -> App:
    """Build the HTTP face of an assembled shop.

    A service built on top adds its own routes, which are described and guarded as ours are, and
    what it opens after the shop and closes before it.
    """
    settings, table, limiter = shop.settings, [*routes(shop), *extra_routes], shop.limiter
    origins = settings.cors_origins
    app = App(
        RequestId(),
        AccessLog(),
        Metrics(shop.traffic),
        Uploads(),
        Lifespan(*connections(shop, workflows=settings.runs_workflows), *extra_connections),
        Address(settings.trusted_proxies),
        Head(),
        SecurityHeaders(),
        *([Cors(allow_origins=origins, expose_headers=_EXPOSED)] if origins else []),
        Operations(table),
        *([RateLimitByAddress(limiter)] if limiter else []),
        Authentication(shop.sessions, shop.api_keys, LIMITS),
        *([RateLimitByUser(limiter)] if limiter else []),
        Idempotency(shop.keyed_requests, shop.sealer),
    )
    add_error_handlers(app)
    for path, resource, suffix in table:
        app.add_route(path, resource, suffix=suffix)
    if stand_in := shop.payments.stand_in:
        stand_in.events.connect(app)
        add_pages(app, stand_in.cashier)
        add_portal(app, stand_in.portal)
    billing_return.add_pages(app, settings.shop_name)
    reset_password.add_pages(app, shop.password_resets, settings.shop_name)
    dashboard.add_pages(app)
    app.add_route("/openapi.json", OpenApi(table))
    app.add_route("/docs", Docs())
    app.add_route("/docs/{name}", DocsAsset())
    return app


def connections(shop: Container, *, workflows: bool) -> list[Connection]:
    """List what a process opens before it works, in that order."""
    opened: list[Connection] = [
        shop.migrations,
        shop.database,
        shop.passwords,
        shop.payments.reader,
        shop.outbound,
    ]
    if shop.limiter:
        opened.append(shop.limiter)
    if shop.payments.stripe:
        opened.append(shop.payments.stripe)
    if shop.succession:
        opened.append(shop.succession)
    if shop.woocommerce.store:
        opened.append(shop.woocommerce.store)
    opened.append(shop.assistant.model)
    if workflows:
        table = all_workflows(shop, durable_step)
        settings = shop.settings
        opened.append(WorkflowEngine(settings.database, settings.files, table, SCHEDULES))
    return opened
