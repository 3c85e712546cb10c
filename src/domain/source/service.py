from common.clock import Clock
from domain.competitor.errors import CompetitorProductNotFound
from domain.database import Database
from domain.identity.caller import Caller
from domain.source.feeds import require_source_finding
from domain.source.finding import SourceFinder
from domain.source.ports import Sourced, SourceTransaction


class SourceService:
    """Finds who supplies what a competitor sells, and shows what was found."""

    def __init__(
        self, database: Database[SourceTransaction], finder: SourceFinder, clock: Clock
    ) -> None:
        self._database = database
        self._finder = finder
        self._clock = clock

    async def find(self, caller: Caller, product_id: str) -> list[Sourced]:
        """Look for a product among the caller's feeds now; what was found before gives way."""
        require_source_finding(caller)
        user_id = caller.user_id
        product = await self._database.read(lambda tx: tx.sources.wanted(user_id, product_id))
        if product is None:
            raise CompetitorProductNotFound(product_id=product_id)
        found = await self._finder.find(user_id, [product])

        async def unit(tx: SourceTransaction) -> list[Sourced]:
            await tx.sources.replace(user_id, found, self._clock())
            return await _sources(tx, caller, product_id)

        return await self._database.write(unit)

    async def of(self, caller: Caller, product_id: str) -> list[Sourced]:
        """List what was found for a product, the likeliest and the most profitable first."""
        return await self._database.read(lambda tx: _sources(tx, caller, product_id))


async def _sources(tx: SourceTransaction, caller: Caller, product_id: str) -> list[Sourced]:
    found = await tx.sources.of_product(caller.user_id, product_id)
    if found is None:
        raise CompetitorProductNotFound(product_id=product_id)
    return sorted(found, key=_rank)


def _rank(source: Sourced) -> tuple[int, bool, int, str, int, str]:
    margin = source.margin_hundredths
    price = source.price
    return (
        -source.confidence,
        margin is None,
        -(margin or 0),
        price.currency,
        price.amount,
        source.id,
    )
