"""The language model of those who have none: the same words for the same question, at no cost."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from infrastructure.llm.transactions import refuse_in_transaction
from infrastructure.llm.wire import Asked, LlmResult

PROVIDER, MODEL = "stand-in", "stand-in-1"
_LETTERS_A_TOKEN = 4
_LONGEST_ECHO = 200


class StandIn:
    """Writes out of nothing but what it is given: no more than a template, and no less."""

    async def call(self, asked: Asked) -> LlmResult:
        refuse_in_transaction()
        text = _text(asked.prompt)[: asked.max_tokens * _LETTERS_A_TOKEN]
        value = {"text": text} if asked.json_mode else None
        content = json.dumps(value, ensure_ascii=False) if asked.json_mode else text
        return answer(asked.system + asked.prompt, content, PROVIDER, MODEL, value)

    async def close(self) -> None:
        """There is nothing to close."""


def answer(question: str, content: str, provider: str, model: str, value: Any = None) -> LlmResult:
    """Answer for nothing, with the tokens that it might have taken."""
    return LlmResult(
        content=content,
        provider=provider,
        model=model,
        input_tokens=tokens(question),
        output_tokens=tokens(content),
        cost_usd=Decimal(0),
        cached=False,
        latency_ms=0,
        json=value,
    )


def tokens(text: str) -> int:
    """Estimate what a model would count: a token for every four characters, or part of them."""
    return -(-len(text) // _LETTERS_A_TOKEN)


def _text(prompt: str) -> str:
    facts = _facts(prompt)
    if facts:
        return " ".join(_sentences(facts))
    return f"A draft about: {' '.join(prompt.split())[:_LONGEST_ECHO]}"


def _facts(prompt: str) -> dict[str, Any]:
    """Find what a prompt has as data: the last line that is a JSON object with a title."""
    for line in reversed(prompt.split("\n")):
        if line.startswith("{"):
            try:
                facts = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(facts, dict) and isinstance(facts.get("title"), str):
                return facts
    return {}


def _sentences(facts: dict[str, Any]) -> Iterator[str]:
    by = f" by {facts['author']}" if facts.get("author") else ""
    yield f"{facts['title']}{by}."
    if facts.get("series"):
        yield f"Part of {facts['series']}."
    if isinstance(variants := facts.get("variants"), list):
        yield f"Also as {', '.join(map(str, variants))}."
    if isinstance(details := facts.get("details"), dict):
        for name, value in details.items():
            yield f"{str(name).replace('_', ' ').capitalize()}: {_said(value)}."


def _said(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
    return str(value)
