import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

type AtOnce = Callable[..., list[Any]]


@pytest.fixture
def at_once(client, run) -> AtOnce:
    """Do several things at the same moment; tell what each came to, be it an exception."""

    async def do(*work: Coroutine[Any, Any, Any]) -> list[Any]:
        await asyncio.gather(*(client.shop.database.is_reachable() for _ in work))
        return await asyncio.gather(*work, return_exceptions=True)  # all connections are warm

    return lambda *work: run(do(*work))
