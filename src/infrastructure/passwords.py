"""Password hashes: argon2id, and bcrypt from shops that moved here.

Parameters are OWASP's second recommendation for argon2id (19 MiB, 2 passes, 1 lane). One thread
does all hashing, so that a rush of logins costs one core and never the event loop.
"""

import asyncio
import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import bcrypt
from argon2 import PasswordHasher as Argon2
from argon2.exceptions import VerificationError

from domain.identity.ports import Verdict

_ARGON2 = Argon2(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_BCRYPT = ("$2a$", "$2b$", "$2y$")
_MMAP_THRESHOLD = -3
_BCRYPT_READS = 72  # bytes; it never looked at more

_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$slQGzu/KJ/mvYY8ONIj5Hg$mQ98WdmSPDBNotEfu2zH2zIDrMa67nLBYZSHO0I65vU"
)  # of a random password that nobody kept: turning a stranger away costs the same


class Passwords:
    """Hashes and verifies in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")

    async def hash(self, password: str) -> str:
        return await self._run(lambda: _ARGON2.hash(password))

    async def verify(self, password: str, hashed: str | None) -> Verdict:
        return await self._run(lambda: _verify(password, hashed or _NOBODYS))

    async def open(self) -> None:
        _give_memory_back()

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)

    async def _run[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _give_memory_back() -> None:
    """Have glibc return each hash's 19 MiB to the system, as it does before it learns not to.

    Its threshold for that (M_MMAP_THRESHOLD, mallopt(3)) grows with what was freed before,
    unless it is set. Other C libraries have no such habit, and no such function.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_MMAP_THRESHOLD, 1024 * 1024)


def _verify(password: str, hashed: str) -> Verdict:
    try:
        if hashed.startswith(_BCRYPT):
            fits = bcrypt.checkpw(password.encode()[:_BCRYPT_READS], hashed.encode())
            return Verdict(fits, outdated=fits)
        _ARGON2.verify(hashed, password)
    except (VerificationError, ValueError):  # it does not fit, or is no hash at all
        return Verdict(fits=False)
    return Verdict(fits=True, outdated=_ARGON2.check_needs_rehash(hashed))
