from functools import cached_property

from sqlalchemy import select

from infrastructure.databases.repositories.api_keys import SqlApiKeyRepository
from infrastructure.databases.repositories.carts import SqlCartRepository
from infrastructure.databases.repositories.catalog import SqlCatalogRepository
from infrastructure.databases.repositories.charges import SqlStandInChargeRepository
from infrastructure.databases.repositories.keyed_requests import SqlKeyedRequestRepository
from infrastructure.databases.repositories.orders import SqlOrderRepository, SqlPaymentRepository
from infrastructure.databases.repositories.users import (
    SqlRefreshTokenRepository,
    SqlUserRepository,
)
from infrastructure.databases.session import SqlSession

_PING = select(1)


class SqlTransaction:
    """Every repository, bound to the session of one transaction; made when first asked for."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def ping(self) -> int:
        return len(await self._session.rows(_PING))

    @cached_property
    def users(self) -> SqlUserRepository:
        return SqlUserRepository(self._session)

    @cached_property
    def refresh_tokens(self) -> SqlRefreshTokenRepository:
        return SqlRefreshTokenRepository(self._session)

    @cached_property
    def api_keys(self) -> SqlApiKeyRepository:
        return SqlApiKeyRepository(self._session)

    @cached_property
    def catalog(self) -> SqlCatalogRepository:
        return SqlCatalogRepository(self._session)

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
    def keyed_requests(self) -> SqlKeyedRequestRepository:
        return SqlKeyedRequestRepository(self._session)

    @cached_property
    def stand_in_charges(self) -> SqlStandInChargeRepository:
        return SqlStandInChargeRepository(self._session)
