"""The composition root: the only place where a need meets the thing that meets it."""

from dataclasses import dataclass

from app.payments import Payments, payments
from app.settings import Settings
from app.woocommerce import WooCommerce, woocommerce
from common.clock import Clock, utc_now
from domain.cart.service import CartService
from domain.catalog.service import CatalogService
from domain.checkout.service import CheckoutService
from domain.checkout.sessions import PaymentSessionService
from domain.idempotency.service import IdempotencyService
from domain.identity.api_keys import ApiKeyService
from domain.identity.sessions import Lifetimes, SessionService
from domain.identity.users import UserService
from domain.limits import RateLimiter
from domain.notice.ports import Mailer
from domain.notice.service import NoticeService
from domain.order.refunds import RefundService
from domain.order.service import OrderService
from domain.payment.gateway import PaymentGateway
from domain.webhook.service import WebhookService
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.migrations import Migrations
from infrastructure.jwt.sealing import Sealer
from infrastructure.jwt.service import JwtService
from infrastructure.limits.limiter import Limiter
from infrastructure.mail.folder import FolderMailer
from infrastructure.mail.letters import JinjaLetters
from infrastructure.passwords import Passwords
from infrastructure.workflows.runs import DbosRuns


@dataclass(frozen=True, slots=True)
class Container:
    """The whole shop, assembled. HTTP, jobs and the command line all start from one."""

    settings: Settings
    database: SqlDatabase
    migrations: Migrations
    passwords: Passwords
    sealer: Sealer
    limiter: RateLimiter | None
    users: UserService
    sessions: SessionService
    api_keys: ApiKeyService
    catalog: CatalogService
    carts: CartService
    orders: OrderService
    payments: Payments
    checkout: CheckoutService
    payment_sessions: PaymentSessionService
    refunds: RefundService
    webhooks: WebhookService
    woocommerce: WooCommerce
    runs: DbosRuns
    notices: NoticeService
    keyed_requests: IdempotencyService


def assemble(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    gateway: PaymentGateway | None = None,
    mailer: Mailer | None = None,
) -> Container:
    """Join everything; nothing is opened, read or connected yet, except the secret key."""
    secret = settings.secret()
    database = SqlDatabase(settings.database, lanes=settings.sqlite_lanes)
    passwords = Passwords()
    lifetimes = Lifetimes(settings.access_lifetime, settings.refresh_lifetime)
    tokens = JwtService(secret, clock)
    through = payments(settings, secret, database, clock, gateway)
    checkout = CheckoutService(database, through.gateway, settings.charge_rule, clock)
    refunds = RefundService(database, through.gateway, clock)
    return Container(
        settings=settings,
        database=database,
        migrations=Migrations(settings.migrated_database, automatic=settings.auto_migrate),
        passwords=passwords,
        sealer=Sealer(secret),
        limiter=Limiter(settings.rates, settings.redis_url or None) if settings.rates else None,
        users=UserService(database, passwords, clock),
        sessions=SessionService(database, passwords, tokens, lifetimes, clock),
        api_keys=ApiKeyService(database, clock),
        catalog=CatalogService(database, clock),
        carts=CartService(database, settings.charge_rule, settings.default_currency, clock),
        orders=OrderService(database, clock),
        payments=through,
        checkout=checkout,
        payment_sessions=PaymentSessionService(database, checkout, through.gateway, clock),
        refunds=refunds,
        webhooks=WebhookService(database, through.reader, checkout, refunds, clock),
        woocommerce=woocommerce(settings, database, clock),
        runs=DbosRuns(database.workflows, clock, scheduled=["sweep"]),
        notices=NoticeService(
            database,
            JinjaLetters(settings.sender.name or settings.sender.host),
            mailer or _mailer(settings),
            settings.sender.host,
            clock,
        ),
        keyed_requests=IdempotencyService(database, clock),
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.mail_server is None:
        return FolderMailer(settings.files / "mail", settings.sender)
    from infrastructure.mail.smtp import SmtpMailer  # it takes time to load

    return SmtpMailer(settings.mail_server, settings.sender)
