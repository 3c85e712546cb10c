"""What the assistant needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from common.pagination import Page, PageRequest
from domain.assistant.models import DescriptionDraft, LlmCall
from domain.assistant.usage import TaskUsage, Usage
from domain.billing.usage import Period
from domain.catalog.service import CatalogTransaction


@dataclass(frozen=True, slots=True)
class Question:
    """What a language model is asked for, and on whose behalf."""

    task_type: str
    prompt: str
    system: str
    user_id: str
    max_tokens: int = 1000
    temperature: float = 0.7


class Answer(NamedTuple):
    content: str
    usage: Usage


class LanguageModel(Protocol):
    async def ask(self, question: Question) -> Answer:
        """Raise ``AssistantUnavailable`` or ``AssistantFailed`` where no answer comes."""


class LlmCallRepository(Protocol):
    """Where calls are accounted for."""

    def add(self, call: LlmCall) -> None: ...

    async def get(self, call_id: str, *, lock: bool = False) -> LlmCall | None: ...

    async def page(
        self, user_id: str | None, task_type: str | None, request: PageRequest
    ) -> Page[LlmCall]:
        """List calls, the latest first."""

    async def usage(self, period: Period) -> Sequence[TaskUsage]:
        """Add up calls by user and task, the dearest first."""

    async def of_user(self, user_id: str, period: Period) -> tuple[int, int]:
        """Count somebody's calls, and their tokens."""


class DraftRepository(Protocol):
    """Where drafts are kept."""

    def add(self, draft: DescriptionDraft) -> None: ...

    async def get(self, draft_id: str, *, lock: bool = False) -> DescriptionDraft | None: ...

    async def page(self, product_id: str, request: PageRequest) -> Page[DescriptionDraft]:
        """List the drafts for a product, the latest first."""


class CallTransaction(Protocol):
    @property
    def llm_calls(self) -> LlmCallRepository: ...


class DraftTransaction(CatalogTransaction, Protocol):
    @property
    def description_drafts(self) -> DraftRepository: ...
