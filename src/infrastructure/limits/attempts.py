from domain.limits import Category, RateLimiter, RateLimitExceeded


class CountedAttempts:
    """Counts attempts to get into an account, by the rate of logins; without a limiter, none."""

    def __init__(self, limiter: RateLimiter | None) -> None:
        self._limiter = limiter

    async def count(self, account: str) -> None:
        if self._limiter is None:
            return
        window = await self._limiter.hit(Category.LOGIN, f"account:{account}")
        if not window.allowed:
            raise RateLimitExceeded(retry_after=window.retry_after)
