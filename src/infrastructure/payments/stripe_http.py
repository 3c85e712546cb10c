"""The SDK's calls over our own HTTP library. It loads the SDK, so it is loaded late itself."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

import httpx2
from stripe import APIConnectionError, HTTPClient

_TIMEOUT = httpx2.Timeout(15.0, connect=5.0)


class StripeHttp(HTTPClient):
    """Sends what the SDK has written; retries and errors are the SDK's."""

    name: ClassVar[str] = "httpx2"

    def __init__(self) -> None:
        super().__init__()
        self._http = httpx2.AsyncClient(timeout=_TIMEOUT)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Ask once; raises ``APIConnectionError`` when there is no answer."""
        try:
            answer = await self._http.request(
                method, url, headers=dict(headers), content=post_data or None
            )
        except httpx2.HTTPError as error:
            said = f"Stripe cannot be reached: {type(error).__name__} {error}"
            lost = APIConnectionError(said, should_retry=True)  # type: ignore[no-untyped-call]
            raise lost from error
        return answer.content, answer.status_code, answer.headers

    def sleep_async(self, secs: float) -> Awaitable[None]:
        return asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self._http.aclose()
