from app.http import Request
from app.operation import operation
from app.resources.users import UserView
from domain.identity.users import UserService


class Accounts:
    """One's own account."""

    def __init__(self, users: UserService) -> None:
        self._users = users

    @operation(every_plan=True)
    async def on_get_me(self, req: Request) -> UserView:
        """Show one's own account."""
        return UserView.of(await self._users.me(req.caller))
