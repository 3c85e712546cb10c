"""Telling other systems what happened, in the transaction in which it did."""

from abc import abstractmethod
from typing import Any


class Announcing:
    """An entity that says what happens to it; whoever wants to know is told once it is kept.

    What is said is written out together with the entity: neither is ever kept without the other.
    """

    def announce(self, type_: str) -> None:
        """Say that an event of this type, such as ``order.paid``, has happened."""
        self.__dict__.setdefault("_announced", []).append(type_)

    def announced(self) -> list[str]:
        """Take the types of the events that have not been passed on yet."""
        said: list[str] = self.__dict__.pop("_announced", [])
        return said

    @abstractmethod
    def told(self) -> dict[str, Any]:
        """Show the entity as it is now, to whoever is told."""
