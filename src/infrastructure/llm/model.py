from typing import Protocol

from domain.assistant.ports import Answer, Question
from infrastructure.llm.wire import Asked, LlmResult, usage_of


class Caller(Protocol):
    """The gateway, or the stand-in."""

    async def call(self, asked: Asked) -> LlmResult: ...

    async def close(self) -> None: ...


class GatewayModel:
    """The language model that the domain asks."""

    def __init__(self, caller: Caller, service_name: str) -> None:
        self._caller = caller
        self._service_name = service_name

    async def open(self) -> None:
        """Nothing is opened before something is asked."""

    async def close(self) -> None:
        await self._caller.close()

    async def ask(self, question: Question) -> Answer:
        result = await self._caller.call(
            Asked(
                prompt=question.prompt,
                system=question.system,
                user_id=question.user_id,
                service_name=self._service_name,
                task_type=question.task_type,
                max_tokens=question.max_tokens,
                temperature=question.temperature,
            )
        )
        return Answer(result["content"], usage_of(result))
