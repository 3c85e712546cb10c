from collections.abc import Iterable
from typing import Any

from app.http import Request, Response
from app.operation import Operation, Route


class Operations:
    """Finds the operation a request asks for, so that the middleware after it can know."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._table: dict[tuple[str, str], Operation] = {
            (route.path, verb): operation
            for route in routes
            for verb, operation in route.operations()
        }

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        req.operation = self._table.get((req.uri_template or "", req.method))
