"""The composition root: the only place where a need meets the thing that meets it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.assistant import Assistant, assistant
from app.chores import SCHEDULES
from app.competitors import Competitors, competitors
from app.middleware.metrics import Traffic
from app.payments import Payments, payments
from app.plans import plans_of
from app.scanning import Scans, scans
from app.settings import Settings
from app.sources import Sources, sources
from app.webhook_endpoints import WebhookEndpoints, webhook_endpoints
from app.woocommerce import WooCommerce, woocommerce
from common.clock import Clock, utc_now
from common.logging import log
from domain.alert.service import AlertService
from domain.billing.service import BillingService
from domain.billing.sync import SubscriptionSync
from domain.billing.usage import Span, UsageMetric, UsageService
from domain.cart.service import CartService
from domain.catalog.service import CatalogService
from domain.checkout.service import CheckoutService
from domain.checkout.sessions import PaymentSessionService
from domain.idempotency.service import IdempotencyService
from domain.identity.api_keys import MOST_KEYS, ApiKeyService
from domain.identity.plan import PlanTier
from domain.identity.provisioning import ProvisioningService
from domain.identity.resets import PasswordResetService
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
from infrastructure.http import Outbound
from infrastructure.jwt.sealing import Sealer
from infrastructure.jwt.service import JwtService
from infrastructure.limits.attempts import CountedAttempts
from infrastructure.limits.limiter import Limiter
from infrastructure.mail.folder import FolderMailer
from infrastructure.mail.letters import JinjaLetters
from infrastructure.passwords import Passwords
from infrastructure.payments.stand_in.succession import Succession
from infrastructure.workflows.runs import DbosRuns

type MetricOf = Callable[[SqlDatabase], UsageMetric]
"""Makes a plan metric that is counted in the shop's database."""


@dataclass(frozen=True, slots=True)
class Container:
    """The whole shop, assembled. HTTP, jobs and the command line all start from one."""

    settings: Settings
    database: SqlDatabase
    migrations: Migrations
    passwords: Passwords
    sealer: Sealer
    limiter: RateLimiter | None
    traffic: Traffic
    users: UserService
    sessions: SessionService
    api_keys: ApiKeyService
    provisioning: ProvisioningService
    billing: BillingService
    usage: UsageService
    succession: Succession | None
    catalog: CatalogService
    carts: CartService
    orders: OrderService
    payments: Payments
    checkout: CheckoutService
    payment_sessions: PaymentSessionService
    refunds: RefundService
    webhooks: WebhookService
    outbound: Outbound
    webhook_endpoints: WebhookEndpoints
    woocommerce: WooCommerce
    assistant: Assistant
    competitors: Competitors
    scans: Scans
    alerts: AlertService
    sources: Sources
    runs: DbosRuns
    notices: NoticeService
    password_resets: PasswordResetService
    keyed_requests: IdempotencyService


def assemble(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    gateway: PaymentGateway | None = None,
    mailer: Mailer | None = None,
    metrics: Iterable[MetricOf] = (),
) -> Container:
    """Join everything; nothing is opened, read or connected yet, except the secret key.

    ``metrics`` are what plans include of the things that a service built on top keeps.
    """
    secret = settings.secret()
    database = SqlDatabase(
        settings.database, lanes=settings.sqlite_lanes, pool=settings.pool, clock=clock
    )
    sealer = Sealer(secret)
    outbound = Outbound(settings.outbound_allow)
    passwords = Passwords()
    lifetimes = Lifetimes(settings.access_lifetime, settings.refresh_lifetime)
    tokens = JwtService(secret, clock)
    through = payments(settings, secret, database, clock, gateway)
    limiter = Limiter(settings.rates, settings.redis_url or None) if settings.rates else None
    attempts = CountedAttempts(limiter)
    notices = NoticeService(
        database,
        JinjaLetters(settings.shop_name),
        mailer or _mailer(settings),
        settings.sender.host,
        clock,
    )
    checkout = CheckoutService(database, through.gateway, settings.charge_rule, clock)
    refunds = RefundService(database, through.gateway, clock)
    plans = plans_of(settings)
    subscriptions = SubscriptionSync(database, plans, clock)
    api_keys = ApiKeyService(database, clock)
    helper = assistant(settings, database, clock)
    counted = [
        UsageMetric(
            "api_keys",
            lambda user_id, _: api_keys.count_of(user_id),
            dict.fromkeys(PlanTier, MOST_KEYS),
        ),
        UsageMetric("llm_calls", helper.calls.calls_of, span=Span.MONTH),
        UsageMetric("llm_tokens", helper.calls.tokens_of, span=Span.MONTH),
    ]
    competition = competitors(settings, database, clock)
    counted += competition.metrics
    counted += [metric(database) for metric in metrics]
    runs = DbosRuns(database.workflows, clock, scheduled=list(SCHEDULES))
    usage = UsageService(database, plans, counted, clock)
    return Container(
        settings=settings,
        database=database,
        migrations=Migrations(settings.migrated_database, automatic=settings.auto_migrate),
        passwords=passwords,
        sealer=sealer,
        traffic=Traffic(),
        limiter=limiter,
        users=UserService(database, passwords, clock),
        sessions=SessionService(database, passwords, tokens, lifetimes, attempts, clock),
        api_keys=api_keys,
        provisioning=ProvisioningService(database, passwords, sealer, settings.service_name, clock),
        billing=BillingService(database, through.subscriptions, plans, subscriptions, usage, clock),
        usage=usage,
        succession=Succession(database, subscriptions, clock) if through.stripe else None,
        catalog=CatalogService(database, clock),
        carts=CartService(database, settings.charge_rule, settings.default_currency, clock),
        orders=OrderService(database, clock),
        payments=through,
        checkout=checkout,
        payment_sessions=PaymentSessionService(database, checkout, through.gateway, clock),
        refunds=refunds,
        webhooks=WebhookService(database, through.reader, checkout, refunds, subscriptions, clock),
        outbound=outbound,
        webhook_endpoints=webhook_endpoints(settings, database, outbound, sealer, clock),
        woocommerce=woocommerce(settings, database, clock),
        assistant=helper,
        competitors=competition,
        scans=scans(settings, database, outbound, runs, clock),
        alerts=AlertService(database, clock),
        sources=sources(settings, database, clock),
        runs=runs,
        notices=notices,
        password_resets=PasswordResetService(
            database, passwords, notices, settings.reset_page, clock
        ),
        keyed_requests=IdempotencyService(database, clock),
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.mail_server is None:
        return FolderMailer(settings.files / "mail", settings.sender)
    if not settings.public_url and not settings.password_reset_url:
        log.warning("PUBLIC_URL is not set: links in mails lead to {}", settings.reset_page)
    from infrastructure.mail.smtp import SmtpMailer  # it takes time to load

    return SmtpMailer(settings.mail_server, settings.sender)
