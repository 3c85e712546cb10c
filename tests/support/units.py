"""What tests of the database ask of it, beside what repositories offer."""

import asyncio
from collections.abc import Awaitable

from sqlalchemy import text

from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction


async def names(database: SqlDatabase) -> set[str]:
    """Tell whose accounts there are, by what stands before the @."""

    async def unit(tx: SqlTransaction) -> set[str]:
        rows = await tx._session.rows(text("SELECT email FROM users"))
        return {row.email.partition("@")[0] for row in rows}

    return await database.read(unit)


async def gathered(*work: Awaitable[object]) -> list[object]:
    """Do everything at once; what is raised counts as a result."""
    return await asyncio.gather(*work, return_exceptions=True)
