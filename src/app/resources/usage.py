from app.http import Request
from app.operation import operation
from app.resources.billing_views import UsageView
from domain.billing.usage import UsageService


class Usage:
    """How much of one's plan is used."""

    def __init__(self, usage: UsageService) -> None:
        self._usage = usage

    @operation(every_plan=True)
    async def on_get(self, req: Request) -> UsageView:
        """Show how much of one's plan is used, and how much it includes."""
        return UsageView.of(await self._usage.report(req.caller))
