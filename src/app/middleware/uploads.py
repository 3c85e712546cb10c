from app.http import Request, Response


class Uploads:
    """Lets go of what a request brought along, however it ended."""

    async def process_response(
        self, req: Request, resp: Response, resource: object, succeeded: bool
    ) -> None:
        req.upload.discard()
