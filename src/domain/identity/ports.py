"""What identity needs of the world."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from common.pagination import Page, PageRequest
from domain.identity.caller import Caller
from domain.identity.models import ApiKey, PasswordReset, RefreshToken, User
from domain.workflow import WorkflowQueue


class Claims(NamedTuple):
    """What an access token says."""

    user_id: str
    version: int


class Standing(NamedTuple):
    """How a user stands with us at this moment."""

    caller: Caller
    is_active: bool
    token_version: int


class UserRepository(Protocol):
    """Where users are kept."""

    def add(self, user: User) -> None: ...

    async def get(self, user_id: str, *, lock: bool = False) -> User | None: ...

    async def standing(self, user_id: str) -> Standing | None: ...

    async def by_login(self, name: str, *, lock: bool = False) -> User | None:
        """Find a user by e-mail address or username."""

    async def by_customer(self, customer: str, *, lock: bool = False) -> User | None:
        """Find a user by what the payment provider calls them."""

    async def by_platform_id(self, external_platform_id: str) -> User | None:
        """Find whom a platform has opened an account for, and keep other writers from it."""

    async def email_taken(self, email: str) -> bool: ...

    async def username_taken(self, username: str) -> bool: ...

    async def page(self, request: PageRequest) -> Page[User]: ...

    async def hold_admins(self) -> Sequence[str]:
        """Name the active administrators; nobody stops being one until we are done."""

    async def has_orders(self, user_id: str) -> bool: ...

    async def has_live_subscription(self, user_id: str) -> bool: ...

    async def delete(self, user: User) -> None: ...


class RefreshTokenRepository(Protocol):
    """Where refresh tokens are kept, by their hash."""

    def add(self, token: RefreshToken) -> None: ...

    async def by_hash(self, token_hash: str) -> RefreshToken | None:
        """Find a token, and keep other writers from it and its user until we are done."""

    async def revoke_family(self, family_id: str) -> None: ...

    async def revoke_all_of(self, user_id: str) -> None: ...

    async def forget_expired(self, before: datetime) -> int: ...


class PasswordResetRepository(Protocol):
    """Where links that set another password are kept, by the hash of their token."""

    def add(self, reset: PasswordReset) -> None: ...

    async def by_hash(self, token_hash: str, *, lock: bool = False) -> PasswordReset | None:
        """Find one; with ``lock``, keep other writers from it and its user until we are done."""

    async def end_all_of(self, user_id: str) -> None: ...

    async def forget_expired(self, before: datetime) -> int: ...


class KeyStanding(NamedTuple):
    """How an API key and its owner stand with us at this moment."""

    key_id: str
    caller: Caller
    owner_is_active: bool
    is_active: bool
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKeyRepository(Protocol):
    """Where API keys are kept, by their hash."""

    def add(self, key: ApiKey) -> None: ...

    async def get(self, key_id: str, *, lock: bool = False) -> ApiKey | None: ...

    async def standing(self, key_hash: str) -> KeyStanding | None: ...

    async def of_user(self, user_id: str) -> list[ApiKey]: ...

    async def delete(self, key: ApiKey) -> None: ...

    async def note_use(self, key_id: str, now: datetime, unnoted_since: datetime) -> bool:
        """Note a use; tell whether nobody else has noted one since."""


class IdentityTransaction(Protocol):
    """What an identity unit of work reaches."""

    @property
    def api_keys(self) -> ApiKeyRepository: ...

    @property
    def users(self) -> UserRepository: ...

    @property
    def refresh_tokens(self) -> RefreshTokenRepository: ...

    @property
    def password_resets(self) -> PasswordResetRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...


class Verdict(NamedTuple):
    """Whether a password fits its hash, and whether the hash is due for a stronger one."""

    fits: bool
    outdated: bool = False


class PasswordHasher(Protocol):
    """Hashes passwords slowly, without holding up anything else."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, hashed: str | None) -> Verdict:
        """Compare; without a hash, take as long as ever and say no."""


class LoginAttempts(Protocol):
    """Counts how often somebody tries to get into an account, from wherever they come."""

    async def count(self, account: str) -> None:
        """Count one more; raises ``RateLimitExceeded`` once they are too many."""


class ResetMail(Protocol):
    """Mails the link that sets another password."""

    async def password_reset(self, user_id: str, link: str, expires_at: datetime) -> object: ...


class AccessTokens(Protocol):
    """Issues access tokens and reads them back."""

    def issue(self, user: User, lifetime: timedelta) -> str: ...

    def read(self, token: str) -> Claims:
        """Return what a token of ours says; raises ``AuthenticationRequired`` for any other."""
