from typing import Any

from app.http import Request, Response
from app.operation import CHANGING
from domain.identity.api_keys import ApiKeyService
from domain.identity.caller import Access, Caller, Scope, admitted
from domain.identity.errors import AuthenticationRequired
from domain.identity.sessions import SessionService


class Authentication:
    """Finds out who is asking, and lets in only those whom the operation admits."""

    def __init__(self, sessions: SessionService, api_keys: ApiKeyService) -> None:
        self._sessions = sessions
        self._api_keys = api_keys

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        operation = req.operation
        if operation is None or operation.access is Access.ANYONE:
            return
        req.known_caller = await self._caller(req)
        admitted(req.known_caller, operation.access)

    async def _caller(self, req: Request) -> Caller | None:
        if req.auth:
            scheme, _, token = req.auth.partition(" ")
            if scheme.lower() != "bearer":
                raise AuthenticationRequired
            return await self._sessions.caller_of(token.strip())
        key = req.get_header("X-API-Key")
        if not key:
            return None
        caller = await self._api_keys.caller_of(key)
        caller.require_scope(Scope.WRITE if req.method in CHANGING else Scope.READ)
        return caller
