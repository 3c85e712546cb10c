import falcon
from falcon import asgi


class Cors(falcon.CORSMiddleware):
    """Lets the pages of some origins read our answers, and tells caches that it depends on them."""

    async def process_response_async(
        self, req: asgi.Request, resp: asgi.Response, resource: object, req_succeeded: bool
    ) -> None:
        self.process_response(req, resp, resource, req_succeeded)
        if self.allow_origins != "*":
            resp.append_header("Vary", "Origin")
