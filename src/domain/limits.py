"""How often something may be asked."""

import math
import time
from enum import StrEnum
from typing import NamedTuple, Protocol

from common.errors import TooMany


class RateLimitExceeded(TooMany):
    code = "rate_limit_exceeded"
    message = "Too many requests. Please retry after {retry_after} seconds."
    prominent = ("retry_after",)


class Category(StrEnum):
    """Endpoints that share a limit."""

    CART = "cart"
    CHECKOUT = "checkout"
    LOGIN = "login"
    SYNC = "sync"
    WEBHOOK = "webhook"
    ASSISTANT = "assistant"
    DEFAULT = "default"


DEFAULT_RATES = {
    Category.CART: "100/minute",
    Category.CHECKOUT: "10/minute",
    Category.LOGIN: "10/minute",
    Category.SYNC: "50/minute",
    Category.WEBHOOK: "1000/minute",
    Category.ASSISTANT: "20/minute",
    Category.DEFAULT: "300/minute",
}


class Window(NamedTuple):
    """How a caller stands with a limit."""

    allowed: bool
    limit: int
    remaining: int
    resets_at: float
    """Unix time, in seconds."""

    @property
    def retry_after(self) -> int:
        """In how many seconds one may ask again."""
        return max(1, math.ceil(self.resets_at - time.time()))


class RateLimiter(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def hit(self, category: Category, key: str) -> Window: ...
