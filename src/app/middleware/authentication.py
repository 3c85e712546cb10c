from typing import Any

from app.http import Request, Response
from app.operation import CHANGING, Operation
from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import PlanTable
from domain.identity.api_keys import ApiKeyService
from domain.identity.caller import Access, Caller, Scope, admitted
from domain.identity.errors import AuthenticationRequired
from domain.identity.sessions import SessionService


class Authentication:
    """Finds out who is asking, and lets in only those whom the operation admits.

    First who it is, then their role, then what their key was made for, and at last what their
    plan includes: none of it depends on what is asked for, so no answer tells of other people.
    """

    def __init__(self, sessions: SessionService, api_keys: ApiKeyService, plans: PlanTable) -> None:
        self._sessions = sessions
        self._api_keys = api_keys
        self._plans = plans

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        operation = req.operation
        if operation is None or operation.access is Access.ANYONE:
            return
        req.known_caller = caller = await self._caller(req)
        admitted(caller, operation.access)
        if caller and caller.by_key:
            caller.require_scope(_scope(operation, req.method))
            self._require_api_access(caller, operation)

    async def _caller(self, req: Request) -> Caller | None:
        if req.auth:
            scheme, _, token = req.auth.partition(" ")
            if scheme.lower() != "bearer":
                raise AuthenticationRequired
            return await self._sessions.caller_of(token.strip())
        key = req.get_header("X-API-Key")
        return await self._api_keys.caller_of(key) if key else None

    def _require_api_access(self, caller: Caller, operation: Operation) -> None:
        if operation.every_plan or caller.is_admin:
            return
        if not self._plans[caller.plan].api_access:
            raise PlanLimitExceeded(plan=caller.plan, what="API access")


def _scope(operation: Operation, method: str) -> Scope:
    return operation.scope or (Scope.WRITE if method in CHANGING else Scope.READ)
