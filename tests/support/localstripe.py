"""localstripe: a Stripe for tests by somebody else, as a process of its own on loopback."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

SECRET = "whsec_of_localstripe"
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
