"""Asking the store: signed, bounded in time and size, and asked again where that is safe."""

import asyncio
import html
import re
import secrets
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx2
import msgspec

from domain.woocommerce.errors import OutcomeUnknown, WooCommerceSkuTaken, WooCommerceSyncFailed
from infrastructure.databases.db import in_transaction
from infrastructure.woocommerce.address import Credentials
from infrastructure.woocommerce.oauth import encoded, signed

MAX_ANSWER = 8 * 1024 * 1024
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_LONGEST_PAUSE = 5.0
_LONGEST_REASON = 500
_API = "/wp-json/wc/v3"
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for an answer, and how often we ask. Pauses double each time."""

    seconds: float = 20.0
    attempts: int = 3
    pause: float = 0.25


class Answer(NamedTuple):
    status: int
    raw: bytes
    pages: int
    """How many pages the list has that this is one of."""


class _Refusal(msgspec.Struct):
    """How the store says no."""

    code: str = ""
    message: str = ""
    data: Any = None


class _Unanswered(Exception):
    """No answer came. Whether the request arrived is another question."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class WooClient:
    """Speaks to one store. What fails is said in the store's own words."""

    def __init__(
        self,
        credentials: Credentials,
        patience: Patience = Patience(),
        trust: ssl.SSLContext | bool = True,
    ) -> None:
        self.url = credentials.url
        self._credentials = credentials
        self._patience = patience
        self._trust = trust
        self._made: httpx2.AsyncClient | None = None

    async def close(self) -> None:
        if self._made:
            await self._made.aclose()
            self._made = None

    async def get(self, path: str, **params: str | int) -> Answer:
        return await self._ask("GET", path, params, None, repeatable=True)

    async def put(self, path: str, body: Mapping[str, Any], *, repeatable: bool = True) -> Answer:
        return await self._ask("PUT", path, {}, body, repeatable=repeatable)

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return await self._ask("POST", path, {}, body, repeatable=False)

    async def _ask(
        self,
        verb: str,
        path: str,
        params: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
        *,
        repeatable: bool,
    ) -> Answer:
        if in_transaction.get():
            raise RuntimeError("a store must not be waited for inside a transaction")
        attempts = self._patience.attempts if repeatable else 1
        for attempt in range(attempts):
            is_last = attempt + 1 == attempts
            pause = self._patience.pause * 2**attempt
            try:
                answer, asked_to_wait = await self._once(verb, path, params, body)
            except _Unanswered as silence:
                if is_last or silence.sent:
                    raise _silent(silence, changing=verb != "GET") from silence
            else:
                if answer.status < 300:
                    return answer
                if is_last or answer.status not in _TRY_AGAIN:
                    raise _refused(answer, changing=verb != "GET")
                pause = max(pause, min(asked_to_wait, _LONGEST_PAUSE))
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _once(
        self,
        verb: str,
        path: str,
        params: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
    ) -> tuple[Answer, float]:
        url = f"{self.url}{_API}{path}"
        content = None if body is None else msgspec.json.encode(body)
        try:
            async with (
                asyncio.timeout(self._patience.seconds),
                self._client.stream(
                    verb, self._addressed(verb, url, params), content=content
                ) as response,
            ):
                raw = await _read(response)
        except TimeoutError as error:
            raise _Unanswered(f"no answer in {self._patience.seconds:g} s", sent=True) from error
        except httpx2.HTTPError as error:
            sent = not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise _Unanswered(str(error) or type(error).__name__, sent=sent) from error
        if response.is_redirect:
            raw = _encode_redirect(response.headers.get("Location", ""))
        pages = int(_number(response.headers.get("X-WP-TotalPages"), 1))
        return Answer(response.status_code, raw, pages), _number(
            response.headers.get("Retry-After"), 0
        )

    def _addressed(self, verb: str, url: str, params: Mapping[str, str | int]) -> str:
        """Write the address; over plain HTTP it carries the signature."""
        texts = {name: str(value) for name, value in params.items()}
        if not self._is_secure:
            texts = signed(
                verb,
                url,
                texts,
                self._credentials.key,
                self._credentials.secret,
                nonce=secrets.token_hex(16),
                timestamp=int(time.time()),
            )
        query = urlencode(texts, quote_via=lambda text, *_: encoded(text))
        return f"{url}?{query}" if query else url

    @property
    def _is_secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def _client(self) -> httpx2.AsyncClient:
        """The connections, made when first needed."""
        if self._made is None:
            key = (self._credentials.key, self._credentials.secret)
            self._made = httpx2.AsyncClient(
                auth=httpx2.BasicAuth(*key) if self._is_secure else None,
                headers={"Accept": "application/json", "Content-Type": "application/json"},
                follow_redirects=False,
                limits=httpx2.Limits(max_connections=10, max_keepalive_connections=5),
                timeout=self._patience.seconds,
                verify=self._trust,
            )
        return self._made


async def _read(response: httpx2.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise _Unanswered(f"the answer is larger than {MAX_ANSWER} bytes", sent=True)
        parts.append(part)
    return b"".join(parts)


def _encode_redirect(location: str) -> bytes:
    """Say in the store's way that it is elsewhere: our key is for this address only."""
    return msgspec.json.encode(
        {"message": f"it redirects to {location}: set WOOCOMMERCE_URL to where it is"}
    )


def _silent(silence: _Unanswered, *, changing: bool) -> WooCommerceSyncFailed:
    kind = OutcomeUnknown if changing and silence.sent else WooCommerceSyncFailed
    return kind(reason=str(silence))


def _refused(answer: Answer, *, changing: bool) -> WooCommerceSyncFailed | WooCommerceSkuTaken:
    refusal = _Refusal()
    with suppress(msgspec.DecodeError):
        refusal = msgspec.json.decode(answer.raw, type=_Refusal)
    return refused(answer.status, refusal.code, refusal.message, refusal.data, changing=changing)


def refused(
    status: int, code: str, message: str, data: Any, *, changing: bool
) -> WooCommerceSyncFailed | WooCommerceSkuTaken:
    """Say in our words why the store refused."""
    if code == "product_invalid_sku":
        particulars = data if isinstance(data, dict) else {}
        return WooCommerceSkuTaken(
            sku=particulars.get("unique_sku"),
            woocommerce_product_id=particulars.get("resource_id"),
        )
    plain = html.unescape(re.sub(r"<[^>]*>", " ", message)).replace("\0", "")
    reason = " ".join(plain.split())[:_LONGEST_REASON]
    kind = OutcomeUnknown if changing and status >= 500 else WooCommerceSyncFailed
    return kind(reason=reason or f"it answered {status}", status=status, store_code=code or None)


def _number(text: str | None, otherwise: float) -> float:
    return float(text) if text and _NUMBER.fullmatch(text) else otherwise
