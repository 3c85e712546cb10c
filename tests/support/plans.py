"""Accounts that pay for more."""

from domain.identity.plan import PlanTier
from infrastructure.databases.transaction import SqlTransaction
from support.client import Client


def subscribed(client: Client, plan: PlanTier = PlanTier.PRO) -> Client:
    """Put an account on a plan, as if it had paid for that; API keys are good from ``pro`` on."""

    async def unit(tx: SqlTransaction) -> None:
        user = await tx.users.get(client.user_id, lock=True)
        assert user is not None
        user.plan = plan

    client._run(client.shop.database.write(unit))
    return client
