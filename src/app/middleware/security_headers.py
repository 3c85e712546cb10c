from app.http import Request, Response

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HTTPS_ONLY = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Tells browsers to take an answer for what it is, and not to keep what is somebody's."""

    async def process_response(
        self, req: Request, resp: Response, resource: object, succeeded: bool
    ) -> None:
        resp.set_headers(_ALWAYS)
        if not resp.get_header("Content-Security-Policy"):
            resp.set_header("Content-Security-Policy", _POLICY)
            resp.set_header("X-Frame-Options", "DENY")  # a page's own policy says who may frame it
        if not resp.get_header("Cache-Control"):
            resp.set_header("Cache-Control", "no-store")
        if req.scheme == "https":
            resp.set_header("Strict-Transport-Security", _HTTPS_ONLY)
