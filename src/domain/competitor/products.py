from common.pagination import Page, PageRequest
from domain.competitor.errors import CompetitorProductNotFound
from domain.competitor.listing import ProductFilter, TrackedProduct
from domain.competitor.ports import CompetitorTransaction
from domain.competitor.service import owned
from domain.database import Database
from domain.identity.caller import Caller


class CompetitorProductService:
    """Shows what competitors sell, and at what price."""

    def __init__(self, database: Database[CompetitorTransaction]) -> None:
        self._database = database

    async def page(
        self, caller: Caller, which: ProductFilter, request: PageRequest
    ) -> Page[TrackedProduct]:
        """List products of the caller's competitors; of one that is not theirs there are none."""

        async def unit(tx: CompetitorTransaction) -> Page[TrackedProduct]:
            if which.competitor_id:
                competitor = await tx.competitors.get(which.competitor_id)
                if competitor is None or competitor.user_id != caller.user_id:
                    return Page([], 0, request.page, request.per_page)
            return await tx.competitor_products.page(caller.user_id, which, request)

        return await self._database.read(unit)

    async def of_competitor(
        self, caller: Caller, competitor_id: str, which: ProductFilter, request: PageRequest
    ) -> Page[TrackedProduct]:
        """List what a competitor of the caller's sells."""

        async def unit(tx: CompetitorTransaction) -> Page[TrackedProduct]:
            await owned(tx, caller, competitor_id)
            return await tx.competitor_products.page(caller.user_id, which, request)

        return await self._database.read(unit)

    async def get(self, caller: Caller, product_id: str) -> TrackedProduct:
        """Return a product with the whole history of its price."""
        found = await self._database.read(
            lambda tx: tx.competitor_products.details(caller.user_id, product_id)
        )
        if found is None:
            raise CompetitorProductNotFound(product_id=product_id)
        return found

    async def count_of(self, user_id: str) -> int:
        """Count the products that a user tracks: those on sale."""
        return await self._database.read(lambda tx: tx.competitor_products.count_of(user_id))
