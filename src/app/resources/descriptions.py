from typing import Annotated, Self

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.schema import Input, Listing, Moment, Omissible, Paging, View, Words
from domain.assistant.descriptions import DescriptionService
from domain.assistant.errors import (
    AssistantFailed,
    AssistantUnavailable,
    DraftDecided,
    DraftNotFound,
)
from domain.assistant.models import DescriptionDraft, DraftStatus
from domain.catalog.errors import ProductNotFound
from domain.identity.caller import Access
from domain.limits import Category

Wishes = Annotated[Words, Field(max_length=500)]
Description = Annotated[Words, Field(max_length=20_000)]


class DescribeProduct(Input):
    """The ``instructions`` are wishes as to tone, length or language."""

    instructions: Omissible[Wishes] = None


class AcceptDraft(Input):
    """A ``description`` is what somebody made of the draft; without it, the draft is taken."""

    description: Omissible[Description] = None


class DraftView(View, frozen=True, kw_only=True):
    """A description as the model wrote it. It is plain text: show any HTML in it as text."""

    id: str
    product_id: str
    description: str
    status: DraftStatus
    provider: str
    model: str
    created_at: Moment
    decided_by: str | None
    decided_at: Moment | None

    @classmethod
    def of(cls, draft: DescriptionDraft) -> Self:
        return cls(
            id=draft.id,
            product_id=draft.product_id,
            description=draft.description,
            status=DraftStatus(draft.status),
            provider=draft.provider,
            model=draft.model,
            created_at=draft.created_at,
            decided_by=draft.decided_by,
            decided_at=draft.decided_at,
        )


class DraftList(Listing[DraftView], frozen=True, kw_only=True):
    """A page of drafts."""


class Descriptions:
    """Descriptions that a language model drafts."""

    def __init__(self, descriptions: DescriptionService) -> None:
        self._descriptions = descriptions

    @operation(
        access=Access.ADMIN,
        status=201,
        limit=Category.ASSISTANT,
        raises=[ProductNotFound, AssistantUnavailable, AssistantFailed],
    )
    async def on_post(self, req: Request, product_id: str, body: DescribeProduct) -> DraftView:
        """Have a description drafted. The product keeps its own until the draft is accepted."""
        return DraftView.of(
            await self._descriptions.describe(req.caller, product_id, body.instructions)
        )

    @operation(access=Access.ADMIN, raises=[ProductNotFound])
    async def on_get_drafts(self, req: Request, product_id: str, query: Paging) -> DraftList:
        """List the drafts for a product, the latest first."""
        page = await self._descriptions.page(product_id, query.part)
        return DraftList.of(page, DraftView.of)

    @operation(access=Access.ADMIN, raises=[DraftNotFound, DraftDecided, ProductNotFound])
    async def on_post_accept(self, req: Request, draft_id: str, body: AcceptDraft) -> DraftView:
        """Make a draft, as it is or as edited, its product's description."""
        return DraftView.of(await self._descriptions.accept(req.caller, draft_id, body.description))

    @operation(access=Access.ADMIN, raises=[DraftNotFound, DraftDecided])
    async def on_post_reject(self, req: Request, draft_id: str) -> DraftView:
        """Decide against a draft."""
        return DraftView.of(await self._descriptions.reject(req.caller, draft_id))
