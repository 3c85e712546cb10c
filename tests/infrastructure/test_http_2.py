import asyncio

import pytest
from support.certificates import certified
from support.http2 import Http2Server

from infrastructure.http import Outbound, OutboundError
from infrastructure.reachable import Allowed


def test_servers_that_speak_it_are_asked_in_http_2(run, tmp_path) -> None:
    own, trusting = certified(tmp_path)
    server = Http2Server(own, b"x" * 10_000)
    outbound = Outbound(Allowed.of(["127.0.0.1"]), trust=trusting)

    async def visit() -> list[bytes]:
        url = await server.open()
        asked = (outbound.ask("GET", f"{url}/{each}", headers={"X": each}) for each in "abc")
        answers = await asyncio.gather(*asked)
        await outbound.close()
        await server.close()
        return [each.body for each in answers]

    bodies = run(visit())

    assert bodies == [b"x" * 10_000] * 3
    assert sorted(asked[b":path"] for asked in server.asked) == [b"/a", b"/b", b"/c"]


def test_a_server_that_breaks_the_rules_of_http_2_gives_no_answer(run, tmp_path) -> None:
    own, trusting = certified(tmp_path)
    server = Http2Server(own, b"much more", content_length="5")
    outbound = Outbound(Allowed.of(["127.0.0.1"]), trust=trusting)

    async def visit() -> None:
        url = await server.open()
        try:
            await outbound.ask("GET", url)
        finally:
            await outbound.close()
            await server.close()

    with pytest.raises(OutboundError, match="breaks the rules of HTTP"):
        run(visit())
