"""The one who is asking, as every service sees them."""

from dataclasses import dataclass
from enum import StrEnum

from domain.identity.errors import AuthenticationRequired, PermissionDenied, UserNotFound


class Role(StrEnum):
    USER = "USER"
    ADMIN = "ADMIN"


class Access(StrEnum):
    """Who may use an endpoint."""

    ANYONE = "anyone"
    """Credentials are not even looked at."""
    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown who they are."""

    user_id: str
    role: Role = Role.USER

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def require_admin(self) -> None:
        if not self.is_admin:
            raise PermissionDenied(required="administrators")

    def require_self_or_admin(self, user_id: str) -> None:
        """Raise as if the user did not exist: nobody learns who else has an account."""
        if not self.is_admin and user_id != self.user_id:
            raise UserNotFound(user_id=user_id)


def admitted(caller: Caller | None, access: Access) -> Caller | None:
    """Return the caller if ``access`` lets them in; raise otherwise."""
    if access is Access.ANYONE:
        return None
    if caller is None:
        raise AuthenticationRequired
    if access is Access.ADMIN:
        caller.require_admin()
    return caller
