"""The one who is asking, as every service sees them."""

from dataclasses import dataclass
from enum import StrEnum

from domain.identity.errors import (
    AuthenticationRequired,
    PermissionDenied,
    ScopeMissing,
    UserNotFound,
)
from domain.identity.plan import PlanTier


class Role(StrEnum):
    USER = "USER"
    ADMIN = "ADMIN"


class Access(StrEnum):
    """Who may use an endpoint."""

    ANYONE = "anyone"
    """Credentials are not even looked at."""
    GUEST = "guest"
    """Somebody we know, or somebody who brings no credentials at all."""
    USER = "user"
    LOGIN = "login"
    """A user who has logged in: a key of theirs will not do."""
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API key may be used for."""

    READ = "read"
    WRITE = "write"
    PROVISION = "provision"
    """Opening accounts for the users of another platform; administrators give it to their keys."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown who they are, by a token or by an API key with scopes."""

    user_id: str
    role: Role = Role.USER
    scopes: frozenset[str] | None = None
    plan: PlanTier = PlanTier.FREE

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def by_key(self) -> bool:
        """Whether they came with an API key, and have not logged in."""
        return self.scopes is not None

    def require_scope(self, scope: Scope) -> None:
        """Raise if this is an API key that was not made for such use."""
        if self.scopes is not None and scope not in self.scopes:
            raise ScopeMissing(scope=scope)

    def require_login(self) -> None:
        """Raise if this is an API key: keys do not make keys."""
        if self.scopes is not None:
            raise PermissionDenied(required="somebody who has logged in")

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
    if caller is None and access is not Access.GUEST:
        raise AuthenticationRequired
    if caller and access is Access.ADMIN:
        caller.require_admin()
    if caller and access is Access.LOGIN:
        caller.require_login()
    return caller
