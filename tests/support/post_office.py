"""A real mail server: it takes what it is told to take, and keeps it for a test to read."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

ACCEPTED = "250 OK"
NEEDS_LOGIN = "530 5.7.0 Authentication required"


class PostOffice(Controller):
    """Listens on a port of its own, on a thread of its own.

    What it answers to MAIL, RCPT and DATA can be changed at any time; ``None`` is to take the
    command and never to answer.
    """

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(
            self,
            hostname="127.0.0.1",
            port=0,
            server_hostname="post.office",
            ssl_context=tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._admits,
            auth_require_tls=False,
        )
        self._login = login
        self._scheme = "smtps" if tls else "smtp"
        self.answers: dict[str, str | None] = {}
        self.mails: list[EmailMessage] = []
        """What was accepted, oldest first."""
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        """From whom, and to whom, as the envelope says."""
        self.under_tls: list[bool] = []
        self.shown: list[str] = []
        """The passwords that were tried."""

    def url(self, user: str = "", password: str = "", *, host: str = "127.0.0.1") -> str:
        login = f"{user}:{password}@" if user else ""
        return f"{self._scheme}://{login}{host}:{self.port}"

    @property
    def ids(self) -> list[str]:
        """The Message-ID of every mail, in alphabetical order."""
        return sorted(mail["Message-ID"] for mail in self.mails)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def _admits(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        user, password = (each.decode() for each in given)
        self.shown.append(password)
        return AuthResult(success=(user, password) == self._login, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._login and not session.authenticated:
            return NEEDS_LOGIN
        envelope.mail_from = address
        return await self._answer("MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._answer("RCPT")
        if answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self._answer("DATA")
        if answer == ACCEPTED:
            self.raw.append(envelope.original_content)
            self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            self.under_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return answer

    async def _answer(self, command: str) -> str:
        answer = self.answers.get(command, ACCEPTED)
        if answer is None:
            await asyncio.Event().wait()
        return str(answer)


@contextmanager
def post_office(**conditions: Any) -> Iterator[PostOffice]:
    """Open a post office for as long as it is needed."""
    office = PostOffice(**conditions)
    office.start()
    try:
        yield office
    finally:
        office.stop()
