"""Places beside the shop where a process can be caught at a certain step, to be killed there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from threading import Event
from typing import Any, Protocol

from support.post_office import PostOffice
from support.traps import Traps, Write
from support.woo_store import Fault, WooStore


class Moment(StrEnum):
    BEFORE = "before"
    """It is asked, and has not done anything."""
    AFTER = "after"
    """It has done what it was asked to do, and has not said so."""


class Ambush(Protocol):
    def set(self) -> None: ...

    def is_sprung(self) -> bool: ...

    def remove(self) -> None: ...


class AtWrite:
    """In the middle of a transaction."""

    def __init__(self, traps: Traps, write: Write) -> None:
        self._traps, self._write = traps, write

    def set(self) -> None:
        self._traps.set(self._write)

    def is_sprung(self) -> bool:
        return self._traps.is_sprung()

    def remove(self) -> None:
        self._traps.remove()


class AtStore:
    """Where WooCommerce is told of an order."""

    def __init__(self, store: WooStore, moment: Moment) -> None:
        self._store = store
        self._fault = Fault("POST /orders", hangs=True, after=moment is Moment.AFTER)

    def set(self) -> None:
        self._orders = len(self._store.till.orders)
        self._store.faults.append(self._fault)

    def is_sprung(self) -> bool:
        done = len(self._store.till.orders) > self._orders
        return not self._fault.times and (done or not self._fault.after)

    def remove(self) -> None:
        self._store.faults.remove(self._fault)


class Office(PostOffice):
    """A mail server that can fall silent in the middle of a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: Moment | None = None
        self.caught = Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.silent is Moment.BEFORE:
            await self._fall_silent()
        answer = await super().handle_DATA(server, session, envelope)
        if self.silent is Moment.AFTER:
            await self._fall_silent()
        return answer

    async def _fall_silent(self) -> None:
        self.caught.set()
        await asyncio.Event().wait()


class AtOffice:
    """Where a mail is handed over."""

    def __init__(self, office: Office, moment: Moment) -> None:
        self._office, self._moment = office, moment

    def set(self) -> None:
        self._office.silent = self._moment

    def is_sprung(self) -> bool:
        return self._office.caught.is_set()

    def remove(self) -> None:
        self._office.silent = None
        self._office.caught.clear()


@contextmanager
def open_office() -> Iterator[Office]:
    office = Office()
    office.start()
    try:
        yield office
    finally:
        office.stop()
