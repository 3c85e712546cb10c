import asyncio
from time import perf_counter
from typing import Any

from app.http import Request, Response
from app.logging_conf import AccessLine, write_access_lines

_GATHER = 0.02  # seconds: one write for all that is answered meanwhile


class AccessLog:
    """Writes one line for each request.

    Lines are gathered for a moment and written together: a line on its own costs as much as
    reading a product.
    """

    def __init__(self) -> None:
        self._lines: list[AccessLine] = []

    async def process_request(self, req: Request, resp: Response) -> None:
        req.arrived = perf_counter()

    async def process_response(
        self, req: Request, resp: Response, resource: object, succeeded: bool
    ) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(_GATHER, self.flush)
        caller = req.known_caller
        self._lines.append(
            AccessLine(
                request_id=req.request_id,
                method=req.method,
                path=req.scope.get("raw_path", b"").decode("latin-1") or req.path,
                status=resp.status_code,
                duration_ms=round((perf_counter() - req.arrived) * 1000, 2),
                address=req.address,
                user_id=caller.user_id if caller else None,
            )
        )

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        self.flush()

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            write_access_lines(lines)
