"""Another password for somebody who has forgotten theirs, by a link that is mailed to them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from common.clock import Clock
from domain.database import Database
from domain.identity.errors import InvalidResetToken
from domain.identity.models import PasswordReset, User
from domain.identity.ports import IdentityTransaction, PasswordHasher, ResetMail
from domain.identity.sessions import end_sessions
from domain.workflow import Job

PASSWORD_RESET = "password_reset"  # noqa: S105

_LIFETIME = timedelta(minutes=30)


class PasswordResetService:
    """Mails links that set another password, once, and redeems them."""

    def __init__(
        self,
        database: Database[IdentityTransaction],
        passwords: PasswordHasher,
        mail: ResetMail,
        page: str,
        clock: Clock,
    ) -> None:
        """Join what it takes; ``page`` is the address that links lead to, with their token."""
        self._database = database
        self._passwords = passwords
        self._mail = mail
        self._page = page
        self._clock = clock

    async def ask(self, email: str) -> None:
        """Have a link mailed to an account, at most once a minute.

        Whether there is such an account is found out after the answer: asking is the same work
        for every address.
        """
        occasion = _hash(f"{email} {self._clock():%Y-%m-%dT%H:%M}")[:32]
        job = Job(PASSWORD_RESET, f"{PASSWORD_RESET}:{occasion}", (email,))
        await self._database.write(lambda tx: tx.workflows.enqueue(job))

    async def mail_link(self, email: str) -> None:
        """Mail a link to whoever has an active account with this address.

        The token is made here and told to nobody else. Done twice, this opens two links; using
        one of them closes both.
        """
        token = secrets.token_urlsafe(32)
        expires_at = self._clock() + _LIFETIME

        async def unit(tx: IdentityTransaction) -> str | None:
            user = await tx.users.by_login(email, lock=True)
            if user is None or not user.is_active:
                return None
            tx.password_resets.add(
                PasswordReset(
                    user_id=user.id,
                    token_hash=_hash(token),
                    expires_at=expires_at,
                    created_at=self._clock(),
                )
            )
            return user.id

        user_id = await self._database.write(unit)
        if user_id:
            await self._mail.password_reset(user_id, self._link(token), expires_at)

    async def holder(self, token: str) -> User | None:
        """Tell whose link it is, as long as it can be used."""
        now = self._clock()
        return await self._database.read(lambda tx: _holder(tx, _hash(token), now))

    async def redeem(self, token: str, password: str) -> None:
        """Set another password: all sessions and all other links of the user end.

        Raises ``InvalidResetToken`` for a link that is unknown, expired or used.
        """
        if await self.holder(token) is None:
            raise InvalidResetToken  # and let nobody have us hash for nothing
        password_hash = await self._passwords.hash(password)

        async def unit(tx: IdentityTransaction) -> None:
            now = self._clock()
            user = await _holder(tx, _hash(token), now, lock=True)
            if user is None:
                raise InvalidResetToken
            user.set_password_hash(password_hash, now)
            await end_sessions(tx, user)

        await self._database.write(unit)

    async def forget_expired(self) -> int:
        """Forget links nobody can use any more; tell how many."""
        return await self._database.write(
            lambda tx: tx.password_resets.forget_expired(self._clock())
        )

    def _link(self, token: str) -> str:
        joint = "&" if "?" in self._page else "?"
        return f"{self._page}{joint}token={token}"


async def _holder(
    tx: IdentityTransaction, token_hash: str, now: datetime, *, lock: bool = False
) -> User | None:
    """Find whose link it is; with ``lock``, keep others from using it until we are done."""
    reset = await tx.password_resets.by_hash(token_hash, lock=lock)
    if reset is None or not reset.usable(now):
        return None
    user = await tx.users.get(reset.user_id, lock=lock)
    return user if user and user.is_active else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
