import asyncio
import gzip
import subprocess
import sys
from collections.abc import Callable

import pytest
from support.certificates import certified
from support.loopback import Answer, Asked, Loopback

from infrastructure.http import AddressRefused, Outbound, OutboundError
from infrastructure.reachable import Allowed

HERE = Allowed.of(["127.0.0.1"])


@pytest.fixture
def serve(run):
    """Answer in some way on loopback; tell the URL."""
    opened: list[Loopback] = []

    def serve(handler: Callable[[Asked], object], **options: object) -> str:
        async def answer(asked: Asked) -> Answer | None:
            answered = handler(asked)
            return await answered if asyncio.iscoroutine(answered) else answered

        opened.append(Loopback(answer, **options))
        run(opened[-1].open())
        return opened[-1].url

    yield serve
    for each in opened:
        run(each.close())


@pytest.fixture
def outbound(run):
    """Make clients that may call these."""
    made: list[Outbound] = []

    def make(allowed: Allowed = HERE, **options: object) -> Outbound:
        made.append(Outbound(allowed, **options))
        return made[-1]

    yield make
    for each in made:
        run(each.close())


@pytest.fixture
def ask(run, outbound):
    return lambda url, verb="GET", **options: run(outbound().ask(verb, url, **options))


def test_an_answer_comes_with_its_status_headers_and_body(serve, ask) -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Answer:
        seen.append(asked)
        return Answer(418, b"tea", {"X-Pot": "brown"})

    url = serve(answer) + "/pot?size=2"
    got = ask(url, "POST", headers={"X-Cup": "1"}, content=b"milk")

    assert (got.status, got.body, got.is_whole, got.url) == (418, b"tea", True, url)
    assert got.headers["X-Pot"] == "brown"
    (asked,) = seen
    assert (asked.method, asked.path, asked.query, asked.body) == (
        "POST",
        "/pot",
        "size=2",
        b"milk",
    )
    assert asked.headers["user-agent"].startswith("Peregrine/0")
    assert asked.headers["x-cup"] == "1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0"])
def test_a_private_address_is_not_even_connected_to(run, serve, outbound, host) -> None:
    asked: list[Asked] = []
    url = serve(lambda each: asked.append(each) or Answer())

    with pytest.raises(AddressRefused, match="may not be called"):
        run(outbound(Allowed()).ask("GET", url.replace("127.0.0.1", host)))

    assert asked == []


def test_all_addresses_of_a_name_have_to_be_allowed(run, outbound) -> None:
    only_one = Allowed.of(["::1"])

    with pytest.raises(AddressRefused, match="localhost is at"):
        run(outbound(only_one).ask("GET", "http://localhost:9"))


def test_a_name_can_be_allowed(run, serve, outbound) -> None:
    url = serve(lambda asked: Answer(200, asked.headers["host"].encode()))

    got = run(outbound(Allowed.of(["localhost"])).ask("GET", url.replace("127.0.0.1", "localhost")))

    assert got.body.startswith(b"localhost:")


def test_redirects_are_answers_unless_they_are_to_be_followed(serve, ask) -> None:
    there = serve(lambda _: Answer(200, b"there"))
    here = serve(lambda _: Answer(302, headers={"Location": there}))

    stayed, followed = ask(here), ask(here, follow_redirects=True)

    assert (stayed.status, stayed.headers["Location"]) == (302, there)
    assert (followed.status, followed.body, followed.url) == (200, b"there", there)


def test_a_redirect_to_a_private_address_is_refused_like_any_other(serve, ask) -> None:
    metadata = "http://169.254.169.254/latest/meta-data/"
    here = serve(lambda _: Answer(302, headers={"Location": metadata}))

    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
        ask(here, follow_redirects=True)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x", "http://[::1", "//"])
def test_a_redirect_to_what_cannot_be_called_is_an_error_of_ours(serve, ask, target) -> None:
    here = serve(lambda _: Answer(302, headers={"Location": target}))

    with pytest.raises(OutboundError):
        ask(here, follow_redirects=True)


def test_redirects_in_a_circle_end(serve, ask) -> None:
    here = serve(lambda _: Answer(302, headers={"Location": "/"}))

    with pytest.raises(OutboundError):
        ask(here, follow_redirects=True)


def test_no_more_is_read_than_asked_for(serve, ask) -> None:
    url = serve(lambda _: Answer(200, b"x" * 3_000_000))

    got = ask(url, largest=1000)

    assert (len(got.body), got.is_whole) == (1000, False)


def test_a_packed_answer_is_unpacked_and_a_bomb_is_not(serve, ask) -> None:
    def answer(asked: Asked) -> Answer:
        text = b"hello" if asked.path == "/small" else bytes(100_000_000)
        return Answer(200, gzip.compress(text, 1), {"Content-Encoding": "gzip"})

    url = serve(answer)

    small, bomb = ask(f"{url}/small"), ask(f"{url}/bomb", largest=1_000_000)

    assert (small.body, small.is_whole) == (b"hello", True)
    assert (len(bomb.body), bomb.is_whole) == (1_000_000, False)


@pytest.mark.parametrize("packing", ["br", "gzip"])
def test_an_answer_that_cannot_be_unpacked_is_an_error_of_ours(serve, ask, packing) -> None:
    url = serve(lambda _: Answer(200, b"nonsense", {"Content-Encoding": packing}))

    with pytest.raises(OutboundError):
        ask(url)


def test_who_is_slow_is_not_waited_for(serve, ask) -> None:
    async def slowly(asked: Asked) -> Answer:
        await asyncio.sleep(30)
        return Answer()

    url = serve(slowly)

    with pytest.raises(OutboundError, match=r"no answer in 0\.2 s"):
        ask(url, seconds=0.2)


def test_a_connection_that_breaks_is_an_error_of_ours(serve, ask) -> None:
    with pytest.raises(OutboundError):
        ask(serve(lambda _: None))


@pytest.mark.parametrize(
    "url", ["http://nobody.invalid", "http://" + "a" * 70 + ".test", "nonsense"]
)
def test_what_is_nowhere_is_an_error_of_ours(ask, url) -> None:
    with pytest.raises(OutboundError):
        ask(url)


def test_proxies_of_the_environment_are_not_asked(tmp_path) -> None:
    code = (
        "import asyncio\n"
        "from infrastructure.http import Outbound, AddressRefused\n"
        "from infrastructure.reachable import Allowed\n"
        "try:\n"
        "    asyncio.run(Outbound(Allowed()).ask('GET', 'http://127.0.0.1:9'))\n"
        "except AddressRefused:\n"
        "    print('refused')\n"
    )
    proxies = {"HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=proxies, capture_output=True, check=True
    )

    assert done.stdout == b"refused\n"


def test_a_certificate_is_checked_against_the_name_that_was_asked_for(
    run, serve, outbound, tmp_path
) -> None:
    server, trusting = certified(tmp_path)  # it is for 127.0.0.1
    url = serve(lambda _: Answer(200, b"private"), tls=server)
    by_name = url.replace("127.0.0.1", "localhost")
    everybody = Allowed.of(["127.0.0.0/8", "::1"])

    got = run(outbound(everybody, trust=trusting).ask("GET", url))
    with pytest.raises(OutboundError, match="mismatch"):
        run(outbound(everybody, trust=trusting).ask("GET", by_name))
    with pytest.raises(OutboundError, match="certificate"):
        run(outbound(everybody).ask("GET", url))

    assert got.body == b"private"


def test_nobody_is_called_inside_a_transaction(run, client, outbound) -> None:
    async def unit(tx: object) -> None:
        await outbound().ask("GET", "http://127.0.0.1:9")

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run(client.shop.database.write(unit))
