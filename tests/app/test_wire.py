"""What only a real server can get wrong: bodies of unknown length, raw bytes, kept connections."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from support.server import Server, served

LOGIN = b"POST /login HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("wire"), RATE_LIMITS="off") as server:
        yield server


def exchange(server: Server, request: bytes) -> bytes:
    """Send bytes as they are, and read until the server hangs up."""
    where = urlsplit(server.url)
    answer = b""
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(request)
        while received := connection.recv(65_536):
            answer += received
    return answer


def beginning(server: Server, request: bytes) -> bytes:
    """Send bytes as they are, and read what comes first."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(65_536)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def get(target: bytes) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"


def test_a_body_of_unknown_length_is_read_as_far_as_is_accepted(server) -> None:
    with server.client() as client:
        answer = client.post(
            "/login",
            content=(b" " * 65_536 for _ in range(17)),
            headers={"Content-Type": "application/json"},
        )

    assert answer.status_code == 413
    assert answer.json()["error"] == "body_too_large"


def test_a_body_in_pieces_is_read_as_one(server) -> None:
    pieces = [b'{"username":"x"', b"", b',"password":', b'"x"}']
    with server.client() as client:
        answer = client.post(
            "/login", content=iter(pieces), headers={"Content-Type": "application/json"}
        )

    assert answer.json()["error"] == "invalid_credentials"


def test_a_body_that_is_announced_as_too_large_is_not_waited_for(server) -> None:
    answer = beginning(server, LOGIN + b"Content-Length: 1048577\r\n\r\n{")

    assert status(answer) == 413


@pytest.mark.parametrize("length", [b"-1", b"x", b"99999999999999999999", b"1, 2"])
def test_a_length_that_is_none_is_refused(server, length) -> None:
    assert status(exchange(server, LOGIN + b"Content-Length: " + length + b"\r\n\r\n")) == 400


@pytest.mark.parametrize(
    "target",
    [b"/products/\xff", b"/products/search?q=\xff", b"/products/search?q=" + b"x" * 100_000],
)
def test_raw_bytes_in_an_address_are_refused(server, target) -> None:
    assert status(exchange(server, get(target))) in (400, 414)


def test_a_caller_who_hangs_up_halfway_does_no_harm(server) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port)) as connection:
        connection.sendall(LOGIN + b'Content-Length: 100\r\n\r\n{"username":')

    assert status(exchange(server, get(b"/readyz"))) == 200
    assert "failed" not in server.log.read_text()


def test_head_has_the_headers_of_get_and_no_body(server) -> None:
    answer = exchange(server, get(b"/openapi.json").replace(b"GET", b"HEAD"))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) == 200
    assert b"\r\ncontent-length: " in head
    assert b"\r\ncontent-length: 0" not in head
    assert body == b""


def test_a_connection_is_good_for_more_after_a_refusal(server) -> None:
    malformed = LOGIN + b"Content-Length: 1\r\n\r\n{"

    answer = exchange(server, malformed + get(b"/healthz"))

    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.endswith(b'{"status":"ok"}')


def test_an_unread_body_is_not_taken_for_the_next_request(server) -> None:
    smuggled = get(b"/healthz")
    hidden = b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(smuggled), smuggled)

    answer = exchange(server, LOGIN.replace(b"/login", b"/nowhere") + hidden)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert status(answer) == 404


def test_a_request_to_become_a_websocket_is_not_followed(server) -> None:
    upgrade = (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    answer = beginning(server, get(b"/nowhere").replace(b"Connection: close\r\n\r\n", upgrade))

    assert status(answer) in (403, 404)
