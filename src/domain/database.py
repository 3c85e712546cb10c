"""The domain's view of persistence: units of work, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

type Unit[Transaction, T] = Callable[[Transaction], Awaitable[T]]


class Database[Transaction](Protocol):
    """Runs units of work. ``Transaction`` names the repositories a service reaches in one.

    A unit is an ``async def unit(tx)`` that awaits nothing but its transaction: SQLite lets one
    writer in at a time, and a slow supplier must never hold that door.
    """

    async def read[T](self, unit: Unit[Transaction, T]) -> T:
        """Look without changing anything, at one moment's state of the shop."""

    async def write[T](self, unit: Unit[Transaction, T]) -> T:
        """Change things: all of it is kept when the unit returns, none when it raises."""


class Level(NamedTuple):
    """How much of something there is at this moment, such as of connections in use."""

    name: str
    meaning: str
    value: int
