from typing import Literal, Protocol

from app.http import Request
from app.operation import operation
from app.schema import Moment, View
from common.clock import utc_now
from common.errors import Unavailable
from domain.identity.caller import Access


class NotReady(Unavailable):
    code = "not_ready"
    message = "{reason}"


class Readiness(Protocol):
    async def is_reachable(self) -> bool: ...


class HealthView(View, frozen=True, kw_only=True):
    status: Literal["ok"] = "ok"


class ServiceHealthView(View, frozen=True, kw_only=True):
    service: str
    status: Literal["ok"] = "ok"
    timestamp: Moment


class Health:
    """Whether the process lives, and whether it can work."""

    def __init__(self, database: Readiness, workflows: Readiness, service: str) -> None:
        self._database = database
        self._workflows = workflows
        self._service = service

    @operation(access=Access.ANYONE, limit=None)
    async def on_get(self, req: Request) -> ServiceHealthView:
        """Tell which service this is, and that it answers."""
        return ServiceHealthView(service=self._service, timestamp=utc_now())

    @operation(access=Access.ANYONE, limit=None)
    async def on_get_live(self, req: Request) -> HealthView:
        """Tell that the process answers."""
        return HealthView()

    @operation(access=Access.ANYONE, limit=None, raises=[NotReady])
    async def on_get_ready(self, req: Request) -> HealthView:
        """Tell that the database can be reached, and that jobs can be enqueued."""
        if not await self._database.is_reachable():
            raise NotReady(reason="The database does not answer.")
        if not await self._workflows.is_reachable():
            raise NotReady(reason="What follows after an answer cannot be enqueued.")
        return HealthView()
