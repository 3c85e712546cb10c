"""What goes to the gateway and what comes back: docs/llm-gateway.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, TypedDict

import msgspec

from domain.assistant.errors import AssistantFailed
from domain.assistant.usage import Usage

_MOST_TOKENS = 10_000_000
_DEAREST = 1000  # US dollars, for one answer
_LONGEST_WAIT = 3_600_000  # an hour, in ms

_Tokens = Annotated[int, msgspec.Meta(ge=0, le=_MOST_TOKENS)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z")]


class LlmResult(TypedDict):
    """An answer: the fields of the gateway's, and the value in it where JSON was asked for."""

    content: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal
    cached: bool
    latency_ms: int
    json: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a language model."""

    prompt: str
    system: str = ""
    user_id: str = ""
    service_name: str = ""
    task_type: str = "general"
    max_tokens: int = 1000
    temperature: float = 0.7
    json_mode: bool = False

    @property
    def body(self) -> bytes:
        return msgspec.json.encode(
            {
                "user_id": self.user_id,
                "service": self.service_name,
                "task_type": self.task_type,
                "prompt": self.prompt,
                "system": self.system,
                "max_tokens": self.max_tokens,
                "temperature": self.temperature,
                "json_mode": self.json_mode,
            }
        )


class _Answer(msgspec.Struct):
    content: str
    provider: _Name
    model: _Name
    input_tokens: _Tokens
    output_tokens: _Tokens
    cost_usd: Decimal
    cached: bool = False
    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=_LONGEST_WAIT)] | None = None


def result_of(raw: bytes, measured_ms: int) -> LlmResult:
    """Read an answer; what the gateway does not say of its latency we measured."""
    try:
        answer = msgspec.json.decode(raw, type=_Answer)
    except msgspec.ValidationError as error:
        raise AssistantFailed(reason=f"its answer has another shape: {error}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise AssistantFailed(reason="its answer is not JSON") from error
    if not answer.cost_usd.is_finite() or not 0 <= answer.cost_usd <= _DEAREST:
        raise AssistantFailed(reason=f"its cost_usd is not between 0 and {_DEAREST}")
    return LlmResult(
        content=answer.content,
        provider=answer.provider,
        model=answer.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost_usd=answer.cost_usd,
        cached=answer.cached,
        latency_ms=measured_ms if answer.latency_ms is None else answer.latency_ms,
        json=None,
    )


def summed(answers: Sequence[LlmResult]) -> LlmResult:
    """Return the last answer, at the price of all of them."""
    return {
        **answers[-1],
        "input_tokens": sum(each["input_tokens"] for each in answers),
        "output_tokens": sum(each["output_tokens"] for each in answers),
        "cost_usd": sum((each["cost_usd"] for each in answers), Decimal(0)),
        "latency_ms": sum(each["latency_ms"] for each in answers),
    }


def usage_of(result: LlmResult) -> Usage:
    """Tell for the accounts what an answer took, to the millionth of a dollar."""
    millionths = result["cost_usd"].scaleb(6).to_integral_value(ROUND_HALF_UP)
    return Usage(
        provider=result["provider"],
        model=result["model"],
        input_tokens=result["input_tokens"],
        output_tokens=result["output_tokens"],
        cost_microdollars=int(millionths),
        cached=result["cached"],
        latency_ms=result["latency_ms"],
    )
