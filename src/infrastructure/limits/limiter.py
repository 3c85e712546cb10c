"""Rate limits by the ``limits`` library: in memory, or in Redis when several processes share."""

import time
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter

from common.logging import log
from domain.limits import Category, Window

_PATIENCE = 1.0  # seconds: a Redis that does not answer must not hold up the shop


class Limiter:
    """Counts requests in fixed windows, one count for each category and key.

    While Redis is away nothing is limited: a shop that sells unguarded beats one that is shut.
    """

    def __init__(self, rates: dict[Category, str], redis_url: str | None = None) -> None:
        self._rates: dict[Category, RateLimitItem] = {
            category: parse(rate) for category, rate in rates.items()
        }
        self._pool: Any = None
        self._storage: Storage = MemoryStorage()
        if redis_url:
            self._pool = pool = _pool(redis_url)
            self._storage = RedisStorage(redis_url, implementation="redispy", connection_pool=pool)
        self._windows = FixedWindowRateLimiter(self._storage)

    async def open(self) -> None:
        """Nothing to open: connections are made as they are needed."""

    async def close(self) -> None:
        if self._pool:
            await self._pool.disconnect()

    async def hit(self, category: Category, key: str) -> Window:
        """Count one request against ``key`` and tell how its window stands now."""
        rate = self._rates[category]
        try:
            allowed = await self._windows.hit(rate, category, key)
            stats = await self._windows.get_window_stats(rate, category, key)
        except self._storage.base_exceptions as error:
            log.warning("Rate limits are off while Redis does not answer: {}", error)
            return Window(True, rate.amount, rate.amount, time.time() + rate.get_expiry())
        return Window(allowed, rate.amount, stats.remaining, stats.reset_time)


def _pool(redis_url: str) -> Any:
    from redis.asyncio import ConnectionPool

    return ConnectionPool.from_url(
        redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    )
