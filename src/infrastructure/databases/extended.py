from collections.abc import Callable

from domain.database import Unit
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction


class ExtendedDatabase[Transaction]:
    """The shop's database, for a service whose units of work reach repositories of its own.

    ``extend`` makes of the shop's transaction the service's: both are kept together or not at all.
    """

    def __init__(
        self, database: SqlDatabase, extend: Callable[[SqlTransaction], Transaction]
    ) -> None:
        self._database = database
        self._extend = extend

    async def read[T](self, unit: Unit[Transaction, T]) -> T:
        return await self._database.read(lambda tx: unit(self._extend(tx)))

    async def write[T](self, unit: Unit[Transaction, T]) -> T:
        return await self._database.write(lambda tx: unit(self._extend(tx)))
