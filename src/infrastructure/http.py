"""The one client for addresses that other people choose.

It resolves a name itself, refuses unless every address of it may be called, and connects to an
address that it has checked: a name that says something else a moment later is not asked again.
As that is done for each connection, a redirect is checked like anything else.
"""

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any, NamedTuple

import httpcore2
import httpx2
from h2.exceptions import H2Error

from common.logging import log
from infrastructure.databases.db import in_transaction
from infrastructure.reachable import Allowed
from infrastructure.sips import SippedStream

TIMEOUT = 15.0
LARGEST = 2 * 1024 * 1024
_GZIP = 31  # zlib's word for it
_OTHER_PACKINGS = frozenset({"br", "compress", "deflate", "x-compress", "zstd"})
_BREAKS_OFF = re.compile(r"disconnected|closed connection", re.IGNORECASE)
_PARTS = 50  # of an answer, until others have their turn
_MOST_PARTS = 50_000
_LOOKUPS = 8  # at a time: a slow name server keeps nobody but its own waiting
_UNREADABLE = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    zlib.error,
    H2Error,  # httpcore2 lets it through where a server breaks the rules of HTTP/2
    ValueError,  # and this one, where its status is no number
    OSError,  # and that of TLS, where what comes is none
)
_TRIED, _PATIENCE = 3, 4.0  # addresses of a host, and seconds to connect to each
_CONNECTIONS = 100


class OutboundError(Exception):
    """No answer came, for the reason that the message gives."""


class AddressRefused(OutboundError):
    """The host is found at an address that may not be called; which one, only our log says."""


class OutboundAnswer(NamedTuple):
    status: int
    headers: httpx2.Headers
    body: bytes
    """What was asked for of it, at most."""
    is_whole: bool
    url: str
    """Where it came from, after redirects."""


class Outbound:
    """Calls the public internet, within a time and up to a size."""

    def __init__(self, allowed: Allowed, *, trust: ssl.SSLContext | bool = True) -> None:
        self._allowed = allowed
        self._trust = trust
        self._made: httpx2.AsyncClient | None = None
        self._resolvers = ThreadPoolExecutor(_LOOKUPS, "resolver")

    async def open(self) -> None:
        """Nothing: connections are made when they are needed."""

    async def close(self) -> None:
        if self._made:
            await self._made.aclose()
            self._made = None
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def ask(
        self,
        verb: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds: float = TIMEOUT,
        largest: int = LARGEST,
        follow_redirects: bool = False,
    ) -> OutboundAnswer:
        """Ask, and read so many bytes of the answer; raises ``OutboundError``."""
        if in_transaction.get():
            raise RuntimeError("nobody must be waited for inside a transaction")
        async with (
            _in_our_words(seconds),
            asyncio.timeout(seconds),
            self._client.stream(
                verb, url, headers=headers, content=content, follow_redirects=follow_redirects
            ) as response,
        ):
            body, is_whole = await _read(response, largest)
        return OutboundAnswer(
            response.status_code, response.headers, body, is_whole, str(response.url)
        )

    @property
    def _client(self) -> httpx2.AsyncClient:
        if self._made is None:
            self._made = httpx2.AsyncClient(
                transport=_Transport(self._trust, _Backend(self._allowed, self._resolvers)),
                headers={
                    "User-Agent": f"Peregrine/{version('peregrine')}",
                    "Accept-Encoding": "gzip",
                },
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                max_redirects=5,
                timeout=None,  # ours is for the whole of it
                trust_env=False,
            )
        return self._made


class _Transport(httpx2.AsyncHTTPTransport):
    """httpx2's own, over connections that are made our way."""

    def __init__(
        self, trust: ssl.SSLContext | bool, backend: httpcore2.AsyncNetworkBackend
    ) -> None:
        context = httpx2.create_ssl_context(verify=trust, trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            http2=True,  # where it is offered
            max_connections=_CONNECTIONS,
            max_keepalive_connections=0,  # the next call finds out anew where the host is
            network_backend=backend,
        )


class _Backend(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to no names."""

    def __init__(self, allowed: Allowed, resolvers: ThreadPoolExecutor) -> None:
        self._allowed = allowed
        self._resolvers = resolvers
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore2's own signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception = OutboundError(f"{host} has no address")
        for address in (await self._checked(host, port))[:_TRIED]:
            try:
                return SippedStream(
                    await self._network.connect_tcp(
                        address, port, timeout or _PATIENCE, local_address, socket_options
                    )
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _checked(self, host: str, port: int) -> list[str]:
        """Find the addresses of a host; raises ``AddressRefused`` if one may not be called."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(
                self._resolvers, _look_up, host, port
            )
        except (OSError, UnicodeError) as error:
            raise OutboundError(f"{host} cannot be found") from error
        for address in found:
            if not self._allowed.lets(host, ip_address(address)):
                log.warning("Call of {} refused: it is at {}", host, address)
                raise AddressRefused(
                    f"{host} is at an address that may not be called: see OUTBOUND_ALLOW"
                )
        return found


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def _read(response: httpx2.Response, largest: int) -> tuple[bytes, bool]:
    """Read no more than asked for, packed or unpacked; tell whether that is all."""
    if largest == 0:  # what was answered is enough: nobody waits for a body
        return b"", False
    raw, is_whole, parts = bytearray(), True, 0
    async for part in response.aiter_raw():
        raw += part
        parts += 1
        if len(raw) > largest:
            is_whole = False
            break
        if parts == _MOST_PARTS:
            raise OutboundError("its answer comes in crumbs")
        if parts % _PARTS == 0:
            await asyncio.sleep(0)
    told = response.headers.get("Content-Encoding", "").lower()
    packings = {each.strip() for each in told.split(",")}  # what is none is not heeded
    if unknown := packings & _OTHER_PACKINGS:
        raise OutboundError(f"it answered in {min(unknown)}, which we did not ask for")
    if raw and packings & {"gzip", "x-gzip"}:
        return await asyncio.to_thread(_unpacked, raw, largest, is_whole)
    return bytes(raw[:largest]), is_whole


def _unpacked(raw: bytearray, largest: int, is_whole: bool) -> tuple[bytes, bool]:
    unpacking = zlib.decompressobj(_GZIP)
    body = unpacking.decompress(raw, largest + 1)
    if len(body) > largest:
        return body[:largest], False
    if is_whole and not unpacking.eof:
        raise OutboundError("its answer breaks off")
    return body, is_whole


@asynccontextmanager
async def _in_our_words(seconds: float) -> AsyncIterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise OutboundError(f"no answer in {seconds:g} s") from error
    except _UNREADABLE as error:
        raise OutboundError(_said(error)) from error


def _said(error: Exception) -> str:
    """Say it so that people can read it who know nothing of our libraries."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}".rstrip(".")
        if isinstance(cause, ssl.SSLError):
            return "it breaks the rules of TLS"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, zlib.error):
        return "its answer cannot be unpacked"
    if isinstance(error, httpx2.RemoteProtocolError) and _BREAKS_OFF.search(str(error)):
        return "it broke off before its answer was complete"
    if isinstance(error, httpx2.ProtocolError | H2Error):
        return "it breaks the rules of HTTP"
    return str(error).strip() or "the connection broke"
