from datetime import datetime, timedelta

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity
from domain.identity.caller import Caller, Role
from domain.identity.plan import PlanTier


class User(Entity, kw_only=True):
    """An account. Deactivating it is how it is closed; its orders stay."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('USER', 'ADMIN')", name="role"),
        CheckConstraint("plan IN ('free', 'pro', 'enterprise')", name="plan"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str | None] = mapped_column(unique=True, default=None)
    password_hash: Mapped[str] = mapped_column(repr=False)
    role: Mapped[str] = mapped_column(default=Role.USER)
    is_active: Mapped[bool] = mapped_column(default=True)
    plan: Mapped[str] = mapped_column(default=PlanTier.FREE)
    stripe_customer_id: Mapped[str | None] = mapped_column(unique=True, default=None)
    """Who this is at the payment provider, Stripe or the stand-in."""
    external_platform_id: Mapped[str | None] = mapped_column(unique=True, default=None)
    """Who this is on the platform that opened the account."""
    external_store_id: Mapped[str | None] = mapped_column(default=None)
    token_version: Mapped[int] = mapped_column(default=1)
    """Access tokens name the version they were issued under: raising it revokes them all."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def change(
        self, now: datetime, *, role: Role | None = None, is_active: bool | None = None
    ) -> None:
        """Change what is given. Going inactive ends every session for good."""
        if role is not None:
            self.role = role
        if is_active is not None:
            if self.is_active and not is_active:
                self.token_version += 1
            self.is_active = is_active
        self.updated_at = now

    def set_password_hash(self, password_hash: str, now: datetime) -> None:
        """Change the password, and end every session that the old one began."""
        self.password_hash = password_hash
        self.token_version += 1
        self.updated_at = now

    @property
    def rules(self) -> bool:
        """Whether this user can administer the shop."""
        return self.is_active and self.role == Role.ADMIN

    @property
    def caller(self) -> Caller:
        return Caller(self.id, Role(self.role), plan=PlanTier(self.plan))


class RefreshToken(Entity, kw_only=True):
    """One link in a chain of refresh tokens.

    Each use replaces the token by the next of its family. A token used twice has been copied,
    and nobody can tell which copy is the thief's: the whole family is revoked.
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index(None, "family_id"), Index(None, "user_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    family_id: Mapped[str] = mapped_column(ID, default_factory=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    revoked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def usable(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires_at

    def next(self, token_hash: str, now: datetime, lifetime: timedelta) -> "RefreshToken":
        """Retire this token and return its successor."""
        self.revoked = True
        return RefreshToken(
            user_id=self.user_id,
            family_id=self.family_id,
            token_hash=token_hash,
            expires_at=now + lifetime,
            created_at=now,
        )


class ApiKey(Entity, kw_only=True):
    """A key by which programs act for a user. Kept are its hash, and its start to know it by."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    key_prefix: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    is_active: Mapped[bool] = mapped_column(default=True)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def usable(self, now: datetime) -> bool:
        return self.is_active and (self.expires_at is None or now < self.expires_at)


class PasswordReset(Entity, kw_only=True):
    """A link that sets another password, once and for a while. Kept is the hash of its token."""

    __tablename__ = "password_resets"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def usable(self, now: datetime) -> bool:
        return now < self.expires_at
