from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from infrastructure.databases.session import SqlSession
from infrastructure.databases.tables import stand_in_charges

_ADD = {
    "sqlite": sqlite.insert(stand_in_charges).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(stand_in_charges).on_conflict_do_nothing(),
}
_GET = select(stand_in_charges).where(stand_in_charges.c.key == bindparam("wanted"))


class StandInCharge(NamedTuple):
    """What the stand-in gateway remembers of a charge. Card numbers are not part of it."""

    key: str
    reference: str
    amount: int
    currency: str
    paid: bool
    decline_code: str | None


class SqlStandInChargeRepository:
    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def get(self, key: str) -> StandInCharge | None:
        for row in await self._session.rows(_GET, {"wanted": key}):
            return StandInCharge(*row)
        return None

    async def add(self, charge: StandInCharge) -> StandInCharge:
        """Remember a charge, and return it, or the one somebody made a moment before."""
        if await self._session.run(_ADD[self._session.dialect], charge._asdict()):
            return charge
        return await self.get(charge.key) or charge
