from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from infrastructure.databases.session import SqlSession
from infrastructure.databases.tables import stand_in_charges

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

    async def add(self, charge: StandInCharge) -> None:
        await self._session.run(insert(stand_in_charges), charge._asdict())
