"""What other services call: one function, and its double for their tests."""

from typing import Any

from infrastructure.llm.gateway import TIMEOUT, LlmGateway
from infrastructure.llm.stand_in import StandIn, answer
from infrastructure.llm.wire import Asked, LlmResult


async def call_llm(
    prompt: str,
    *,
    system: str | None = None,
    user_id: str | None = None,
    service_name: str = "",
    task_type: str = "general",
    max_tokens: int = 1000,
    temperature: float = 0.7,
    json_mode: bool = False,
    gateway_url: str | None = None,
    gateway_key: str | None = None,
    timeout: float = TIMEOUT,  # noqa: ASYNC109 - a part of the answer's contract
) -> LlmResult:
    """Ask a language model once; without a ``gateway_url`` the stand-in answers.

    With ``json_mode`` the value that was written is in ``json``. Raises ``AssistantUnavailable``
    when no answer comes in ``timeout`` seconds or at all, ``AssistantFailed`` for a useless one.
    """
    asked = Asked(
        prompt=prompt,
        system=system or "",
        user_id=user_id or "",
        service_name=service_name,
        task_type=task_type,
        max_tokens=max_tokens,
        temperature=temperature,
        json_mode=json_mode,
    )
    if not gateway_url:
        return await StandIn().call(asked)
    gateway = LlmGateway(gateway_url, gateway_key or "", timeout)
    try:
        return await gateway.call(asked)
    finally:
        await gateway.close()


async def call_llm_mock(
    prompt: str, *, content: str = "Mock LLM response for testing.", **kwargs: Any
) -> LlmResult:
    """Answer with ``content``, in the shape of the gateway's answers; asks nobody."""
    asked = f"{kwargs.get('system') or ''}{prompt}"
    return answer(asked, content, "mock", "mock-v1")
