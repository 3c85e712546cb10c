import shutil
import socket
import subprocess

import pytest

from domain.limits import Category
from infrastructure.limits.limiter import Limiter

RATES = {Category.CART: "2/minute", Category.DEFAULT: "5/minute"}


@pytest.fixture
def redis_url(tmp_path):
    """A Redis server of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = shutil.which("redis-server") or "redis-server"
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in server.stdout:
        if "Ready to accept connections" in line:
            break
    yield f"redis://127.0.0.1:{port}"
    server.terminate()
    server.communicate()


def test_a_window_counts_down_and_then_refuses(run) -> None:
    limiter = Limiter(RATES)

    windows = [run(limiter.hit(Category.CART, "user:ada")) for _ in range(3)]

    assert [(window.allowed, window.remaining) for window in windows] == [
        (True, 1),
        (True, 0),
        (False, 0),
    ]


def test_keys_and_categories_are_counted_apart(run) -> None:
    limiter = Limiter(RATES)
    for _ in range(3):
        run(limiter.hit(Category.CART, "user:ada"))

    assert run(limiter.hit(Category.CART, "user:eve")).allowed
    assert run(limiter.hit(Category.DEFAULT, "user:ada")).allowed


@pytest.mark.needs("redis-server")
def test_processes_that_share_a_redis_share_their_counts(run, redis_url) -> None:
    async def each_in_turn() -> list[bool]:
        limiters = [Limiter(RATES, redis_url), Limiter(RATES, redis_url)]
        hits = [await limiter.hit(Category.CART, "user:ada") for limiter in limiters * 2]
        for limiter in limiters:
            await limiter.close()
        return [hit.allowed for hit in hits]

    assert run(each_in_turn()) == [True, True, False, False]


def test_nothing_is_limited_while_redis_is_away(run) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        limiter = Limiter(RATES, f"redis://127.0.0.1:{nobody.getsockname()[1]}")

        windows = [run(limiter.hit(Category.CART, "user:ada")) for _ in range(5)]

    assert all(window.allowed for window in windows)
