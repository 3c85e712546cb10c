"""A process that runs workflows and serves nobody."""

import asyncio
import signal

from app.container import Container
from app.factory import connections, create_app
from common.logging import log


async def work(shop: Container) -> None:
    """Run workflows until the process is told to stop; what is under way then may finish."""
    create_app(shop)  # the stand-in delivers its events there
    opened = connections(shop, workflows=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    for connection in opened:
        await connection.open()
    log.info("The worker is ready")
    await stop.wait()
    for connection in reversed(opened):
        await connection.close()
