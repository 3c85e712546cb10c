from app.http import Request, Response


class Head:
    """Answers HEAD like GET; the server below leaves the body out (RFC 9110, section 9.3.2)."""

    async def process_request(self, req: Request, resp: Response) -> None:
        if req.method == "HEAD":
            req.method = "GET"
