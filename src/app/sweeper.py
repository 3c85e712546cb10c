"""Clears up, every little while, what crashes and the passing of time leave behind."""

import asyncio
from contextlib import suppress

from common.logging import log
from domain.checkout.service import CheckoutService
from domain.idempotency.service import IdempotencyService
from domain.identity.sessions import SessionService

_PAUSE = 20.0  # seconds


class Sweeper:
    """Settles overdue orders and forgets what has expired. Safe beside others of its kind."""

    def __init__(
        self,
        checkout: CheckoutService,
        keyed_requests: IdempotencyService,
        sessions: SessionService,
    ) -> None:
        self._checkout = checkout
        self._keyed_requests = keyed_requests
        self._sessions = sessions
        self._running: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def sweep(self) -> None:
        """Clear up once."""
        settled = await self._checkout.sweep()
        forgotten = await self._keyed_requests.forget() + await self._sessions.forget_expired()
        if settled or forgotten:
            log.info("Swept: {} overdue orders, {} expired records", settled, forgotten)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # the next round may fare better
                log.opt(exception=error).error("The sweep failed")
            await asyncio.sleep(_PAUSE)
