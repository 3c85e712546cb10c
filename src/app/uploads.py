"""Bodies that are too large for memory: a temporary file holds one as long as its request lasts."""

import hashlib
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from app.errors import BodyTooLarge, UploadBrokenOff

if TYPE_CHECKING:
    from app.http import Request

MAX_UPLOAD = 64 * 1024 * 1024
_IN_MEMORY = 1024 * 1024


class Upload:
    """A body that is received once somebody asks for it, and never beyond what we accept."""

    def __init__(self, req: "Request") -> None:
        self._req = req
        self._file: IO[bytes] | None = None
        self._digest = b""

    @property
    def encoding(self) -> str:
        """How it was compressed; empty, if it was not."""
        named = (self._req.get_header("Content-Encoding") or "").strip().lower()
        return "" if named == "identity" else named

    async def file(self) -> IO[bytes]:
        """Receive all of it, and return it from its beginning."""
        if self._file is None:
            self._file = await self._received()
        self._file.seek(0)
        return self._file

    async def digest(self) -> bytes:
        """Receive all of it, and tell it from all others."""
        await self.file()
        return self._digest

    def discard(self) -> None:
        if self._file:
            self._file.close()

    async def _received(self) -> IO[bytes]:
        if (self._req.content_length or 0) > MAX_UPLOAD:
            raise BodyTooLarge(maximum_bytes=MAX_UPLOAD)
        file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        try:
            await self._copy_to(file)
        except BaseException:
            file.close()
            raise
        return file

    async def _copy_to(self, file: IO[bytes]) -> None:
        received, sha = 0, hashlib.sha256()
        async for chunk in self._req.stream:
            received += len(chunk)
            if received > MAX_UPLOAD:
                raise BodyTooLarge(maximum_bytes=MAX_UPLOAD)
            file.write(chunk)
            sha.update(chunk)
        if self._req.broken_off or received < (self._req.content_length or 0):
            raise UploadBrokenOff(received_bytes=received)
        self._digest = sha.digest()
