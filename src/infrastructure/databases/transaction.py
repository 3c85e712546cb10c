from functools import cached_property

from dbos import DBOSClient
from sqlalchemy import select

from infrastructure.databases.repositories.alerts import (
    SqlAlertEventRepository,
    SqlAlertRepository,
)
from infrastructure.databases.repositories.api_keys import SqlApiKeyRepository
from infrastructure.databases.repositories.carts import SqlCartRepository
from infrastructure.databases.repositories.catalog import SqlCatalogRepository
from infrastructure.databases.repositories.competitor_products import (
    SqlCompetitorProductRepository,
)
from infrastructure.databases.repositories.competitors import SqlCompetitorRepository
from infrastructure.databases.repositories.description_drafts import SqlDraftRepository
from infrastructure.databases.repositories.keyed_requests import SqlKeyedRequestRepository
from infrastructure.databases.repositories.llm_calls import SqlLlmCallRepository
from infrastructure.databases.repositories.orders import SqlOrderRepository, SqlPaymentRepository
from infrastructure.databases.repositories.password_resets import SqlPasswordResetRepository
from infrastructure.databases.repositories.refunds import SqlRefundRepository
from infrastructure.databases.repositories.scan_writes import SqlScanWrites
from infrastructure.databases.repositories.scans import SqlScanRepository
from infrastructure.databases.repositories.sent_messages import SqlSentMessageRepository
from infrastructure.databases.repositories.sources import (
    SqlSourceRepository,
    SqlSourceSearchRepository,
)
from infrastructure.databases.repositories.stand_in_objects import SqlStandInObjectRepository
from infrastructure.databases.repositories.subscriptions import SqlSubscriptionRepository
from infrastructure.databases.repositories.supplier_feeds import (
    SqlOfferRepository,
    SqlSupplierFeedRepository,
)
from infrastructure.databases.repositories.users import (
    SqlRefreshTokenRepository,
    SqlUserRepository,
)
from infrastructure.databases.repositories.webhook_endpoints import (
    SqlDeliveryRepository,
    SqlPlatformEventRepository,
    SqlWebhookEndpointRepository,
)
from infrastructure.databases.repositories.webhook_events import SqlWebhookEventRepository
from infrastructure.databases.repositories.woocommerce import (
    SqlCatalogueSyncRepository,
    SqlOrderLinkRepository,
    SqlProductLinkRepository,
)
from infrastructure.databases.session import SqlSession
from infrastructure.workflows.queue import SqlWorkflowQueue

_PING = select(1)


class SqlTransaction:
    """Every repository, bound to the session of one transaction; made when first asked for."""

    def __init__(self, session: SqlSession, client: DBOSClient) -> None:
        self._session = session
        self._client = client

    @property
    def session(self) -> SqlSession:
        """For repositories that are not listed here: those of services built on this one."""
        return self._session

    async def ping(self) -> int:
        return len(await self._session.rows(_PING))

    @cached_property
    def users(self) -> SqlUserRepository:
        return SqlUserRepository(self._session)

    @cached_property
    def refresh_tokens(self) -> SqlRefreshTokenRepository:
        return SqlRefreshTokenRepository(self._session)

    @cached_property
    def password_resets(self) -> SqlPasswordResetRepository:
        return SqlPasswordResetRepository(self._session)

    @cached_property
    def api_keys(self) -> SqlApiKeyRepository:
        return SqlApiKeyRepository(self._session)

    @cached_property
    def subscriptions(self) -> SqlSubscriptionRepository:
        return SqlSubscriptionRepository(self._session)

    @cached_property
    def catalog(self) -> SqlCatalogRepository:
        return SqlCatalogRepository(self._session)

    @cached_property
    def description_drafts(self) -> SqlDraftRepository:
        return SqlDraftRepository(self._session)

    @cached_property
    def llm_calls(self) -> SqlLlmCallRepository:
        return SqlLlmCallRepository(self._session)

    @cached_property
    def carts(self) -> SqlCartRepository:
        return SqlCartRepository(self._session)

    @cached_property
    def orders(self) -> SqlOrderRepository:
        return SqlOrderRepository(self._session)

    @cached_property
    def payments(self) -> SqlPaymentRepository:
        return SqlPaymentRepository(self._session)

    @cached_property
    def refunds(self) -> SqlRefundRepository:
        return SqlRefundRepository(self._session)

    @cached_property
    def webhook_events(self) -> SqlWebhookEventRepository:
        return SqlWebhookEventRepository(self._session)

    @cached_property
    def webhook_endpoints(self) -> SqlWebhookEndpointRepository:
        return SqlWebhookEndpointRepository(self._session)

    @cached_property
    def platform_events(self) -> SqlPlatformEventRepository:
        return SqlPlatformEventRepository(self._session)

    @cached_property
    def deliveries(self) -> SqlDeliveryRepository:
        return SqlDeliveryRepository(self._session)

    @cached_property
    def workflows(self) -> SqlWorkflowQueue:
        return SqlWorkflowQueue(self._session, self._client)

    @cached_property
    def sent_messages(self) -> SqlSentMessageRepository:
        return SqlSentMessageRepository(self._session)

    @cached_property
    def woo_products(self) -> SqlProductLinkRepository:
        return SqlProductLinkRepository(self._session)

    @cached_property
    def woo_orders(self) -> SqlOrderLinkRepository:
        return SqlOrderLinkRepository(self._session)

    @cached_property
    def woo_syncs(self) -> SqlCatalogueSyncRepository:
        return SqlCatalogueSyncRepository(self._session)

    @cached_property
    def supplier_feeds(self) -> SqlSupplierFeedRepository:
        return SqlSupplierFeedRepository(self._session)

    @cached_property
    def supplier_offers(self) -> SqlOfferRepository:
        return SqlOfferRepository(self._session)

    @cached_property
    def sources(self) -> SqlSourceRepository:
        return SqlSourceRepository(self._session)

    @cached_property
    def source_searches(self) -> SqlSourceSearchRepository:
        return SqlSourceSearchRepository(self._session)

    @cached_property
    def keyed_requests(self) -> SqlKeyedRequestRepository:
        return SqlKeyedRequestRepository(self._session)

    @cached_property
    def stand_in_objects(self) -> SqlStandInObjectRepository:
        return SqlStandInObjectRepository(self._session)

    @cached_property
    def alerts(self) -> SqlAlertRepository:
        return SqlAlertRepository(self._session)

    @cached_property
    def alert_events(self) -> SqlAlertEventRepository:
        return SqlAlertEventRepository(self._session)

    @cached_property
    def competitors(self) -> SqlCompetitorRepository:
        return SqlCompetitorRepository(self._session)

    @cached_property
    def competitor_products(self) -> SqlCompetitorProductRepository:
        return SqlCompetitorProductRepository(self._session)

    @cached_property
    def scans(self) -> SqlScanRepository:
        return SqlScanRepository(self._session)

    @cached_property
    def scan_writes(self) -> SqlScanWrites:
        return SqlScanWrites(self._session)
