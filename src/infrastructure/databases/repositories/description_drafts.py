from sqlalchemy import bindparam, select

from common.pagination import Page, PageRequest
from domain.assistant.models import DescriptionDraft
from infrastructure.databases.repository import SqlRepository

_OF_PRODUCT = (
    select(DescriptionDraft)
    .where(DescriptionDraft.product_id == bindparam("product_id"))
    .order_by(DescriptionDraft.created_at.desc(), DescriptionDraft.id)
)


class SqlDraftRepository(SqlRepository[DescriptionDraft]):
    entity = DescriptionDraft

    async def page(self, product_id: str, request: PageRequest) -> Page[DescriptionDraft]:
        return await self._page(_OF_PRODUCT, request, {"product_id": product_id})
