from typing import Any

from app.http import Request, Response
from domain.identity.caller import Access, admitted
from domain.identity.errors import AuthenticationRequired
from domain.identity.sessions import SessionService


class Authentication:
    """Finds out who is asking, and lets in only those whom the operation admits."""

    def __init__(self, sessions: SessionService) -> None:
        self._sessions = sessions

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        operation = req.operation
        if operation is None or operation.access is Access.ANYONE:
            return
        if req.auth:
            scheme, _, token = req.auth.partition(" ")
            if scheme.lower() != "bearer":
                raise AuthenticationRequired
            req.known_caller = await self._sessions.caller_of(token.strip())
        admitted(req.known_caller, operation.access)
