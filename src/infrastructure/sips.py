"""Connections that are read in sips.

What a server sends in one go may be ten thousand chunks, or as many interim answers, and each
takes its time. Whoever reads all there is keeps everybody else waiting.
"""

import asyncio
import ssl
from typing import Any

import httpcore2

_SIP = 8 * 1024


class SippedStream(httpcore2.AsyncNetworkStream):
    """A connection that gives others their turn, and then hands over little at once."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore2's own signature)
    ) -> bytes:
        await asyncio.sleep(0)
        return await self._stream.read(min(max_bytes, _SIP), timeout)

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        return SippedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
