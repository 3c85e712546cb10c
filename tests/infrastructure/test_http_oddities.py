"""Servers that do not answer as they should."""

import asyncio
import gzip
import os
import ssl
from collections.abc import Callable

import pytest
from support.certificates import certified

from infrastructure.http import Outbound, OutboundAnswer, OutboundError
from infrastructure.reachable import Allowed

FOUND = b"HTTP/1.1 200 OK\r\n"


class Turns:
    """Counts how often others have their turn, until there is an answer."""

    def __init__(self) -> None:
        self.count = 0

    async def keep_counting(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.count += 1


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def ask(run, turns) -> Callable[..., OutboundAnswer]:
    """Ask a server that says these bytes, whatever it is asked, and hangs up."""

    async def asked(
        said: bytes,
        tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
        noise: bytes = b"",
    ) -> OutboundAnswer:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            os.write(writer.get_extra_info("socket").fileno(), noise)  # past TLS, if there is any
            writer.write(said)
            writer.close()

        serving, trusting = tls or (None, True)
        scheme = "https" if tls else "http"
        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=serving)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        outbound = Outbound(Allowed.of(["127.0.0.1"]), trust=trusting)
        counting = asyncio.ensure_future(turns.keep_counting())
        try:
            return await outbound.ask("GET", f"{scheme}://{host}", seconds=90)
        finally:
            counting.cancel()
            await outbound.close()
            server.close()

    return lambda *args, **options: run(asked(*args, **options))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "broke off"),
        (FOUND + b"Content-Length: 9\r\n\r\nhalf", "broke off"),
        (FOUND + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf", "broke off"),
        (FOUND + b"Content-Length: many\r\n\r\n", "rules of HTTP"),
        (FOUND + b"nonsense\r\n\r\n", "rules of HTTP"),
        (b"220 mail.test ESMTP\r\n\r\n", "rules of HTTP"),
        (FOUND + b"Content-Encoding: gzip\r\n\r\nnonsense", "cannot be unpacked"),
        (FOUND + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"a" * 999)[:-9], "breaks off"),
        (FOUND + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000, "in crumbs"),
        (FOUND + b"Content-Encoding: gzip, br\r\n\r\nnonsense", "in br, which we did not ask for"),
    ],
    ids=[
        "nothing", "half", "half a chunk", "no length", "no header", "mail", "not packed",
        "half packed", "crumbs", "packed otherwise",
    ],
)  # fmt: skip
def test_what_is_no_sound_answer_is_said_in_our_words(ask, said, reason) -> None:
    with pytest.raises(OutboundError, match=reason) as caught:
        ask(said)

    assert "bytearray" not in str(caught.value)


@pytest.mark.parametrize("packing", [b"", b"identity", b"UTF-8", b"none"])
def test_a_packing_that_is_none_is_not_heeded(ask, packing) -> None:
    answer = ask(FOUND + b"Content-Encoding: " + packing + b"\r\n\r\nhello")

    assert (answer.body, answer.is_whole) == (b"hello", True)


def test_noise_after_a_sound_handshake_is_an_error_of_ours(ask, tmp_path) -> None:
    with pytest.raises(OutboundError, match="rules of TLS"):
        ask(FOUND, certified(tmp_path), noise=b"\x17\x03\x03\x00\x10" + bytes(16))


def test_an_answer_in_many_small_chunks_lets_others_have_their_turn(ask, turns) -> None:
    chunks = b"1\r\nx\r\n" * 10_000

    answer = ask(FOUND + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")

    assert answer.body == b"x" * 10_000
    assert turns.count >= 10_000 // 50


def test_so_do_answers_before_the_answer(ask, turns) -> None:
    answer = ask(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + FOUND + b"\r\nhello")

    assert answer.body == b"hello"
    assert turns.count >= 50
