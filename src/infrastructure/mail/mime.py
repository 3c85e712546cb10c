"""Messages in the form in which they travel (RFC 5322)."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from domain.notice.errors import MailRefused
from domain.notice.ports import Message
from infrastructure.mail.addresses import Sender


class _Policy(EmailPolicy):
    def fold_binary(self, name: str, value: str) -> bytes:
        """Keep the id on the line of its name: what is folded, some take for another id."""
        if name == "Message-ID":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")  # every server takes seven bits
_AS_IT_IS = _POLICY.clone(max_line_length=998)  # so that a long link stays one that can be copied
_ADDRESS = re.compile(r"[!#-'*+./0-9=?A-Z^-~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def mime_of(message: Message, sender: Sender) -> bytes:
    """Write a message out; raises ``MailRefused`` for what is no address."""
    if not _ADDRESS.fullmatch(message.recipient):
        raise MailRefused("it has no address that mail can be sent to.")
    mail = EmailMessage(policy=_AS_IT_IS)
    mail["Message-ID"] = message.id
    mail["Date"] = message.written_at
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = message.recipient
    mail["Subject"] = one_line(message.letter.subject)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office notes do not answer it
    mail.set_content(message.letter.text)
    mail.add_alternative(message.letter.html, subtype="html")
    return mail.as_bytes(policy=_POLICY)


def one_line(text: str) -> str:
    """Leave out what breaks lines, turns the direction of what follows, or is no character."""
    return _UNSEEN.sub("", " ".join(text.split()))
