import asyncio
import re
from contextlib import suppress

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from domain.notice.errors import MailRefused, MailUnavailable
from domain.notice.ports import Message
from infrastructure.databases.db import in_transaction
from infrastructure.mail.addresses import Relay, Sender
from infrastructure.mail.mime import mime_of, one_line

_PATIENCE = 60.0  # seconds
_PATIENCE_AT_PARTING = 2.0

# What the digits after a permanent refusal say (RFC 3463).
_MAILBOX = re.compile(r"5\.(1\.[0-69]|2\.\d)\b")
_SHOP = re.compile(r"5\.(1\.[78]|7\.\d+)\b")


class SmtpMailer:
    """Hands each message to a mail server, over a connection of its own."""

    def __init__(self, relay: Relay, sender: Sender, *, patience: float = _PATIENCE) -> None:
        """Join the server and the sender; ``patience`` is for all of a message, in seconds.

        It is long. A server that we give up on while it thinks may well deliver the message, and
        the next attempt is a second copy.
        """
        self._relay = relay
        self._sender = sender
        self._patience = patience

    async def send(self, message: Message) -> None:
        if in_transaction.get():
            raise RuntimeError("a mail server must not be waited for inside a transaction")
        mail = mime_of(message, self._sender)
        server = self._server()
        try:
            async with asyncio.timeout(self._patience):
                await server.connect()
                await server.sendmail(self._sender.address, message.recipient, mail)
            with suppress(SMTPException, OSError):  # the message is theirs now
                await server.quit(timeout=_PATIENCE_AT_PARTING)
        except (SMTPException, OSError) as error:
            raise _in_our_words(error) from error
        finally:
            server.close()

    def _server(self) -> SMTP:
        """Prepare a connection, under TLS from the start or as soon as the server offers it."""
        relay = self._relay
        return SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user,
            password=relay.password,
            local_hostname=self._sender.host,
            use_tls=relay.tls_from_the_start,
            start_tls=True if relay.insists_on_tls else None,
            validate_certs=not relay.is_local,
            timeout=self._patience,
        )


def _in_our_words(error: SMTPException | OSError) -> MailRefused | MailUnavailable:
    """Tell a mailbox that is not there from all that may be better next time.

    Next time includes the day on which somebody has corrected the shop's login or address: mail
    servers refuse those permanently too, often as late as they refuse mailboxes.
    """
    reply = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) else error
    if isinstance(reply, SMTPResponseException):
        said = one_line(f"{reply.code} {reply.message}")
        permanent = reply.code >= 500
        at_the_name = isinstance(reply, SMTPRecipientRefused) and not _SHOP.match(reply.message)
        at_the_end = isinstance(reply, SMTPDataError) and _MAILBOX.match(reply.message)
        if permanent and (at_the_name or at_the_end):
            return MailRefused(said)
        return MailUnavailable(said)
    return MailUnavailable(one_line(str(reply)) or "the mail server takes too long.")
