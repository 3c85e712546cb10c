"""Asking the gateway: bounded in time and size, and once more where nothing came of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import httpx2

from domain.assistant.errors import AssistantFailed, AssistantUnavailable
from infrastructure.llm.json_mode import json_of, unfenced
from infrastructure.llm.transactions import refuse_in_transaction
from infrastructure.llm.wire import Asked, LlmResult, result_of, summed, usage_of

TIMEOUT = 30.0
MAX_ANSWER = 1024 * 1024
_CONNECTING = 5.0
_PAUSE = 0.2
_ASK_AGAIN_IN = 30
_LONGEST_PAUSE = 3600


class _Response(NamedTuple):
    status: int
    retry_after: int
    raw: bytes
    took_ms: int


class LlmGateway:
    """Speaks to one gateway, over connections that are made when first needed and kept."""

    def __init__(self, url: str, key: str = "", timeout: float = TIMEOUT) -> None:
        if not all("!" <= letter <= "~" for letter in key):
            raise ValueError("the key of a gateway is printable ASCII")  # which is not shown here
        self._url = f"{url.rstrip('/')}/api/v1/generate"
        self._key = key
        self._timeout = timeout
        self._made: httpx2.AsyncClient | None = None

    async def close(self) -> None:
        if self._made:
            await self._made.aclose()
            self._made = None

    async def call(self, asked: Asked) -> LlmResult:
        """Ask, and wait for ``timeout`` seconds all in all.

        Raises ``AssistantUnavailable`` or ``AssistantFailed``; either tells what was ``spent``.
        """
        refuse_in_transaction()
        answers: list[LlmResult] = []
        try:
            async with asyncio.timeout(self._timeout):
                return await self._converse(asked, answers)
        except TimeoutError as error:
            silence = _unavailable(f"no answer in {self._timeout:g} s")
            raise _having_spent(silence, answers) from error
        except (AssistantUnavailable, AssistantFailed) as failure:
            _having_spent(failure, answers)
            raise

    async def _converse(self, asked: Asked, answers: list[LlmResult]) -> LlmResult:
        """Ask; where JSON was asked for and none came, once more, saying what was wrong."""
        answers.append(await self._ask(asked))
        if not asked.json_mode:
            return answers[-1]
        try:
            return _in_json(answers)
        except ValueError as fault:
            answers.append(await self._ask(_corrected(asked, fault)))
        try:
            return _in_json(answers)
        except ValueError as error:
            raise AssistantFailed(reason=f"it wrote no JSON: {error}") from error

    async def _ask(self, asked: Asked) -> LlmResult:
        """Ask, and once more if the gateway fails or cannot be reached."""
        with suppress(httpx2.TransportError):
            response = await self._once(asked)
            if response.status < 500:
                return _understood(response)
        await asyncio.sleep(_PAUSE)
        try:
            return _understood(await self._once(asked))
        except httpx2.TransportError as error:
            raise _unavailable("the gateway cannot be reached") from error

    async def _once(self, asked: Asked) -> _Response:
        began = time.monotonic()
        async with self._client.stream("POST", self._url, content=asked.body) as response:
            raw = await _read(response.aiter_raw()) if response.is_success else b""
        return _Response(
            status=response.status_code,
            retry_after=_seconds(response.headers.get("Retry-After")),
            raw=raw,
            took_ms=round((time.monotonic() - began) * 1000),
        )

    @property
    def _client(self) -> httpx2.AsyncClient:
        if self._made is None:
            headers = {
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # what is read is no larger than what was sent
                "Content-Type": "application/json",
            }
            if self._key:
                headers["X-Service-Key"] = self._key
            self._made = httpx2.AsyncClient(
                headers=headers,
                follow_redirects=False,
                limits=httpx2.Limits(max_connections=10, max_keepalive_connections=5),
                timeout=httpx2.Timeout(None, connect=_CONNECTING),
            )
        return self._made


async def _read(parts: AsyncIterator[bytes]) -> bytes:
    raw = bytearray()
    async for part in parts:
        raw += part
        if len(raw) > MAX_ANSWER:
            raise AssistantFailed(reason=f"its answer is larger than {MAX_ANSWER} bytes")
    return bytes(raw)


def _understood(response: _Response) -> LlmResult:
    """Read an answer, or say in words of our own why there is none: its own may tell the key."""
    status = response.status
    if 200 <= status < 300:
        return result_of(response.raw, response.took_ms)
    if status == 429 or status >= 500:
        raise _unavailable(f"the gateway answered {status}", response.retry_after)
    if status < 400:
        raise AssistantFailed(reason="the gateway is elsewhere: set LLM_GATEWAY_URL to where it is")
    hint = ": look at LLM_GATEWAY_KEY" if status in (401, 403) else ""
    raise AssistantFailed(reason=f"the gateway answered {status}{hint}")


def _in_json(answers: list[LlmResult]) -> LlmResult:
    """Return the last answer with the value in it; raises ``ValueError`` if there is none."""
    content = unfenced(answers[-1]["content"])
    return {**summed(answers), "content": content, "json": json_of(content)}


def _corrected(asked: Asked, fault: ValueError) -> Asked:
    again = f"Your last answer to this was not valid JSON: {fault}. Answer with JSON only."
    return replace(asked, prompt=f"{asked.prompt}\n\n{again}")


def _unavailable(reason: str, retry_after: int = _ASK_AGAIN_IN) -> AssistantUnavailable:
    return AssistantUnavailable(reason=reason, retry_after=retry_after)


def _having_spent[F: AssistantUnavailable | AssistantFailed](
    failure: F, answers: list[LlmResult]
) -> F:
    if answers:
        failure.spent = usage_of(summed(answers))
    return failure


def _seconds(text: str | None) -> int:
    """Read how long we are asked to wait, within reason."""
    if not text or not text.isdecimal() or not text.isascii() or len(text) > 9:
        return _ASK_AGAIN_IN
    return min(max(int(text), 1), _LONGEST_PAUSE)
