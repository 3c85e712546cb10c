"""Where mail goes while there is no mail server: into a folder, for a person to read."""

import asyncio
import os
import secrets
from hashlib import sha256
from pathlib import Path

from common.logging import log
from domain.notice.errors import MailUnavailable
from domain.notice.ports import Message
from infrastructure.mail.addresses import Sender
from infrastructure.mail.mime import mime_of


class FolderMailer:
    """Writes each message to a file that mail programs open, and says where."""

    def __init__(self, folder: Path, sender: Sender) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, message: Message) -> None:
        mail = mime_of(message, self._sender)
        try:
            path = await asyncio.to_thread(self._deliver, message, mail)
        except OSError as error:
            raise MailUnavailable(f"{self._folder}: {error.strerror}.") from error
        log.info("SMTP_URL is not set: a mail ({}) is in {}", message.kind, path)

    def _deliver(self, message: Message, mail: bytes) -> Path:
        """Write the file whole or not at all, and only once for each Message-ID."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = sha256(message.id.encode()).hexdigest()[:16]
        if earlier := next(self._folder.glob(f"*-{digest}.eml"), None):
            return earlier
        path = self._folder / f"{message.written_at:%Y%m%dT%H%M%S.%fZ}-{message.kind}-{digest}.eml"
        draft = self._folder / f".{digest}.{secrets.token_hex(4)}"
        try:
            _write(draft, mail)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return path


def _write(path: Path, content: bytes) -> None:
    """Write a file that is on the disk, and readable to nobody else, when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
