import math
from ipaddress import ip_network
from typing import Any

from app.http import Request, Response
from domain.limits import RateLimiter, RateLimitExceeded, Window


class RateLimitByAddress:
    """Counts requests by where they come from, known caller or not; pages may have limits too."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        if limit := req.operation.limit if req.operation else getattr(resource, "limit", None):
            _apply(resp, await self._limiter.hit(limit, f"address:{_household(req.address)}"))


class RateLimitByUser:
    """Counts requests by who makes them, from wherever they come."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        operation, caller = req.operation, req.known_caller
        if caller and operation and operation.limit:
            _apply(resp, await self._limiter.hit(operation.limit, f"user:{caller.user_id}"))


def _household(address: str) -> str:
    """Take all the IPv6 addresses that one line has, 2^64 of them, for one."""
    if ":" not in address:
        return address
    try:
        return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        return address


def _apply(resp: Response, window: Window) -> None:
    """Say how the tightest window stands; refuse once one is used up."""
    told = resp.get_header("X-RateLimit-Remaining")
    if told is None or window.remaining <= int(told):
        resp.set_header("X-RateLimit-Limit", str(window.limit))
        resp.set_header("X-RateLimit-Remaining", str(window.remaining))
        resp.set_header("X-RateLimit-Reset", str(math.ceil(window.resets_at)))
    if not window.allowed:
        raise RateLimitExceeded(retry_after=window.retry_after)
