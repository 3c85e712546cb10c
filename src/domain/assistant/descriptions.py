"""Descriptions that a language model drafts, and that people accept or not."""

from functools import partial

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.assistant.calls import LlmCallService
from domain.assistant.errors import DraftNotFound
from domain.assistant.models import DescriptionDraft, DraftStatus
from domain.assistant.ports import DraftTransaction, Question
from domain.assistant.prompt import SYSTEM, draft_of, prompt_for
from domain.assistant.usage import Usage
from domain.catalog.details import ProductDetails
from domain.catalog.errors import ProductNotFound
from domain.catalog.service import revised
from domain.database import Database
from domain.identity.caller import Caller

TASK = "product_description"


class DescriptionService:
    """Has descriptions drafted; no shopper sees one before somebody has accepted it."""

    def __init__(
        self, database: Database[DraftTransaction], calls: LlmCallService, clock: Clock
    ) -> None:
        self._database = database
        self._calls = calls
        self._clock = clock

    async def describe(
        self, caller: Caller, product_id: str, wishes: str | None
    ) -> DescriptionDraft:
        """Have a description drafted for a product that is for sale."""
        product = await self._database.read(partial(_for_sale, product_id=product_id))
        question = Question(TASK, prompt_for(product, wishes), SYSTEM, caller.user_id)
        text, usage = await self._calls.ask(question, draft_of)
        return await self._keep(product_id, text, usage)

    async def page(self, product_id: str, request: PageRequest) -> Page[DescriptionDraft]:
        """List the drafts for a product, the latest first."""

        async def unit(tx: DraftTransaction) -> Page[DescriptionDraft]:
            await _for_sale(tx, product_id)
            return await tx.description_drafts.page(product_id, request)

        return await self._database.read(unit)

    async def accept(
        self, caller: Caller, draft_id: str, edited: str | None = None
    ) -> DescriptionDraft:
        """Give the product the draft for its description, or what somebody made of it."""

        async def unit(tx: DraftTransaction) -> DescriptionDraft:
            draft, now = await _draft(tx, draft_id), self._clock()
            draft.decide(DraftStatus.ACCEPTED, caller.user_id, now)
            await _for_sale(tx, draft.product_id)
            await revised(tx, draft.product_id, {"description": edited or draft.description}, now)
            return draft

        return await self._database.write(unit)

    async def reject(self, caller: Caller, draft_id: str) -> DescriptionDraft:
        """Leave the product as it is."""

        async def unit(tx: DraftTransaction) -> DescriptionDraft:
            draft = await _draft(tx, draft_id)
            draft.decide(DraftStatus.REJECTED, caller.user_id, self._clock())
            return draft

        return await self._database.write(unit)

    async def _keep(self, product_id: str, text: str, usage: Usage) -> DescriptionDraft:
        async def unit(tx: DraftTransaction) -> DescriptionDraft:
            draft = DescriptionDraft(
                product_id=product_id,
                description=text,
                provider=usage.provider or "",
                model=usage.model or "",
                created_at=self._clock(),
            )
            tx.description_drafts.add(draft)
            return draft

        return await self._database.write(unit)


async def _for_sale(tx: DraftTransaction, product_id: str) -> ProductDetails:
    product = await tx.catalog.details(product_id)
    if product is None or not product.is_active:
        raise ProductNotFound(product_id=product_id)
    return product


async def _draft(tx: DraftTransaction, draft_id: str) -> DescriptionDraft:
    draft = await tx.description_drafts.get(draft_id, lock=True)
    if draft is None:
        raise DraftNotFound(draft_id=draft_id)
    return draft
