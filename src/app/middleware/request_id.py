import re

from app.http import Request, Response
from common.ids import new_id
from common.logging import request_id

_HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[\w.-]{1,64}", re.ASCII)


class RequestId:
    """Names each request, so its log lines and its response can be matched up.

    A name given by the caller, or by a proxy in front of us, is kept when it is harmless.
    """

    async def process_request(self, req: Request, resp: Response) -> None:
        given = req.get_header(_HEADER, default="")
        req.request_id = given if _ACCEPTABLE.fullmatch(given) else new_id()
        request_id.set(req.request_id)
        resp.set_header(_HEADER, req.request_id)
