"""Rate limits by the ``limits`` library: in memory, or in Redis when several processes share."""

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from domain.limits import Category, Window


class Limiter:
    """Counts requests in fixed windows, one count for each category and key."""

    def __init__(self, rates: dict[Category, str], redis_url: str | None = None) -> None:
        self._rates: dict[Category, RateLimitItem] = {
            category: parse(rate) for category, rate in rates.items()
        }
        storage = storage_from_string(f"async+{redis_url}") if redis_url else MemoryStorage()
        self._windows = FixedWindowRateLimiter(storage)

    async def hit(self, category: Category, key: str) -> Window:
        """Count one request against ``key`` and tell how its window stands now."""
        rate = self._rates[category]
        allowed = await self._windows.hit(rate, category, key)
        stats = await self._windows.get_window_stats(rate, category, key)
        return Window(allowed, rate.amount, stats.remaining, stats.reset_time)
