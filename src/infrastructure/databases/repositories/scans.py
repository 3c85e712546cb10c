from sqlalchemy import bindparam, func, select, text

from common.pagination import Page, PageRequest
from domain.competitor.models import Scan
from infrastructure.databases.repository import SqlRepository

IS_UNDER_WAY = text("scans.status IN ('queued', 'running')")  # as the index has it
_OF_COMPETITOR = (
    select(Scan).where(Scan.competitor_id == bindparam("competitor")).order_by(Scan.number.desc())
)
_UNDER_WAY = select(Scan).where(Scan.competitor_id == bindparam("competitor"), IS_UNDER_WAY)
_LAST_NUMBER = select(func.max(Scan.number)).where(Scan.competitor_id == bindparam("competitor"))


class SqlScanRepository(SqlRepository[Scan]):
    entity = Scan

    async def page(self, competitor_id: str, request: PageRequest) -> Page[Scan]:
        return await self._page(_OF_COMPETITOR, request, {"competitor": competitor_id})

    async def under_way(self, competitor_id: str) -> Scan | None:
        return await self._session.find(_UNDER_WAY, {"competitor": competitor_id})

    async def next_number(self, competitor_id: str) -> int:
        rows = await self._session.rows(_LAST_NUMBER, {"competitor": competitor_id})
        return int(rows[0][0] or 0) + 1
