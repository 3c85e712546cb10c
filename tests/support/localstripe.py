"""localstripe: a Stripe for tests by somebody else, as a process of its own on loopback."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from domain.payment.events import Event
from infrastructure.payments.events import StripeEvents
from support.loopback import Answer, Asked, Loopback

SECRET = "whsec_of_localstripe"
LONGEST_WAIT = 30  # seconds
_PROGRAM = """
import socket
from aiohttp import web
from localstripe import resources, server

RENAMED = {"allowed_payment_method_types": "payment_method_types"}  # it knows the API of before
read = server.get_post_data

async def read_as_before(request, remove_auth=True):
    data = await read(request, remove_auth)
    return {RENAMED.get(name, name): value for name, value in data.items()} if data else data

server.get_post_data = read_as_before
resources.Store.dump_to_disk = lambda store: None  # it has one place for it, whoever runs it
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
web.run_app(server.app, sock=door, print=None)
"""


@contextmanager
def localstripe() -> Iterator[str]:
    """Run one; the address is where its API is."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def send_events_to(url: str, api: str) -> None:
    """Have events posted to ``url``, signed with ``SECRET``."""
    told = httpx2.post(
        f"{api}/_config/webhooks/tests", json={"url": url, "secret": SECRET}, trust_env=False
    )
    assert told.status_code == 200, told.text


class Inbox:
    """A webhook endpoint that keeps what it is sent."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[Asked] = asyncio.Queue()
        self.loopback = Loopback(self._take)

    async def _take(self, asked: Asked) -> Answer:
        await self._came.put(asked)
        return Answer(200)

    async def about(self, reference: str) -> tuple[Event, Asked]:
        """Wait for an event about an object; raises if the signature of any is bad."""
        async with asyncio.timeout(LONGEST_WAIT):
            while True:
                asked = await self._came.get()
                event = StripeEvents(SECRET).read(asked.body, asked.headers["stripe-signature"])
                if event.payload["data"]["object"]["id"] == reference:
                    return event, asked
