import re
from typing import Any, Protocol

from app.http import Request, Response
from app.operation import CHANGING
from domain.idempotency.errors import InvalidIdempotencyKey
from domain.idempotency.service import Answer, Claim, IdempotencyService, current_claim

_ACCEPTABLE = re.compile(r"[\x21-\x7e]{1,255}")
_PAYMENT_REQUIRED = 402


class Sealer(Protocol):
    """Keeps secrets secret at rest."""

    def seal(self, plain: bytes) -> bytes: ...

    def unseal(self, sealed: bytes) -> bytes: ...

    def fingerprint(self, *parts: bytes) -> str: ...


class Idempotency:
    """Answers a request that comes twice under one Idempotency-Key as it did the first time.

    Kept are answers that something was done for: successes, and failed payments. After any
    other the same key may be used again.
    """

    def __init__(self, requests: IdempotencyService, sealer: Sealer) -> None:
        self._requests = requests
        self._sealer = sealer

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        key = req.get_header("Idempotency-Key")
        operation = req.operation
        if key is None or operation is None or req.method not in CHANGING:
            return
        if not _ACCEPTABLE.fullmatch(key):
            raise InvalidIdempotencyKey
        caller = req.known_caller
        sent = await (req.upload.digest() if operation.upload else req.body())
        answer = await self._requests.claim(
            caller.user_id if caller else f"address:{req.address}",
            key,
            self._sealer.fingerprint(req.method.encode(), req.relative_uri.encode(), sent),
            resumable=operation.resumable,
        )
        if isinstance(answer, Claim):
            req.claim = answer
            current_claim.set(answer)
            return
        resp.status = answer.status
        resp.content_type = answer.content_type
        body = answer.body
        resp.data = self._sealer.unseal(body) if body and operation.secret else body
        resp.set_header("Idempotency-Replayed", "true")
        resp.complete = True

    async def process_response(
        self, req: Request, resp: Response, resource: object, succeeded: bool
    ) -> None:
        claim, operation = req.claim, req.operation
        if claim is None or operation is None:
            return
        current_claim.set(None)
        status = resp.status_code
        if status < 300 or status == _PAYMENT_REQUIRED:
            body = resp.data
            kept = self._sealer.seal(body) if body and operation.secret else body
            await self._requests.keep(claim, Answer(status, resp.content_type, kept))
        elif status < 500:
            await self._requests.release(claim)
        else:
            await self._requests.release_unused(claim)
