from typing import Self

from app.http import Request
from app.operation import operation
from app.resources.users import Email, Password, UserView
from app.schema import Input, Line, View
from domain.identity.caller import Access, Scope
from domain.identity.errors import AlreadyProvisioned, EmailTaken, TooManyApiKeys
from domain.identity.plan import PlanTier
from domain.identity.provisioning import Provisioned, ProvisioningService, Tenant


class Provision(Input):
    """Without a ``password`` nobody knows it until the user asks for a link to set one."""

    email: Email
    password: Password | None = None
    plan: PlanTier = PlanTier.FREE
    external_platform_id: Line
    external_store_id: Line | None = None


class ProvisionedView(View, frozen=True, kw_only=True):
    """An account, and the key by which the platform acts for it: keep it somewhere safe."""

    user: UserView
    api_key: str
    key_prefix: str

    @classmethod
    def of(cls, provisioned: Provisioned) -> Self:
        return cls(
            user=UserView.of(provisioned.user),
            api_key=provisioned.raw,
            key_prefix=provisioned.key.key_prefix,
        )


class Provisioning:
    """Accounts for the users of another platform."""

    def __init__(self, provisioning: ProvisioningService) -> None:
        self._provisioning = provisioning

    @operation(
        access=Access.ADMIN,
        status=201,
        scope=Scope.PROVISION,
        every_plan=True,
        resumable=True,
        secret=True,
        raises=[AlreadyProvisioned, EmailTaken, TooManyApiKeys],
    )
    async def on_post(self, req: Request, body: Provision) -> ProvisionedView:
        """Open an account for a platform's user, with an API key for the platform.

        Asking again for the same `external_platform_id` gives the same account and key, and
        changes neither; a key that was revoked is replaced. The plan is given, not paid for.
        """
        tenant = Tenant(**dict(body))
        return ProvisionedView.of(await self._provisioning.provision(tenant))
