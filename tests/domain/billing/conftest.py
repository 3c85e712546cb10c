from collections.abc import Callable
from typing import Any

import pytest
from support.subscriptions import PLANS

from domain.billing.models import Subscription
from domain.billing.sync import SubscriptionSync, Synced
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction


class Accounts:
    """Opens accounts past every service, tells them what the provider says, and looks at them."""

    def __init__(self, run: Callable[..., Any], database: SqlDatabase, clock: Any) -> None:
        self._run, self._database = run, database
        self.sync = SubscriptionSync(database, PLANS, clock)

    def open(self, name: str = "ada", **known: Any) -> str:
        """Open an account, and tell its id."""

        async def unit(tx: SqlTransaction) -> User:
            user = User(email=f"{name}@example.com", password_hash="-", **known)
            tx.users.add(user)
            return user

        return str(self._run(self._database.write(unit)).id)

    def hear(self, *facts: Any) -> list[Synced]:
        return [self._run(self.sync.apply(fact)) for fact in facts]

    def user(self, user_id: str) -> User:
        return self._read(lambda tx: tx.users.get(user_id))

    def plan(self, user_id: str) -> str:
        return str(self.user(user_id).plan)

    def subscriptions(self, user_id: str) -> list[Subscription]:
        return self._read(lambda tx: tx.subscriptions.of_user(user_id))

    def close(self, user_id: str) -> None:
        async def unit(tx: SqlTransaction) -> None:
            user = await tx.users.get(user_id, lock=True)
            assert user is not None
            await tx.users.delete(user)

        self._run(self._database.write(unit))

    def _read(self, unit: Callable[[SqlTransaction], Any]) -> Any:
        return self._run(self._database.read(unit))


@pytest.fixture
def accounts(client, run, clock) -> Accounts:
    return Accounts(run, client.shop.database, clock)
