"""Messages to send, and ways to read those that arrived."""

from datetime import UTC, datetime
from email.message import EmailMessage

from domain.notice.ports import Letter, Message, NoticeKind
from infrastructure.mail.addresses import Sender

SENDER = Sender('Café "Peregrine", books & more', "shop@example.com")
LETTER = Letter("Très bien", "Plain ☕\n", "<p>Rich ☕</p>\n")
WRITTEN = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)


def a_message(number: int = 1, *, to: str = "ada@example.com", letter: Letter = LETTER) -> Message:
    return Message(
        id=f"<order-confirmed.{number}@example.com>",
        kind=NoticeKind.ORDER_CONFIRMED,
        recipient=to,
        letter=letter,
        written_at=WRITTEN,
    )


def body_of(mail: EmailMessage, form: str) -> str:
    """Read a mail as ``plain`` text or as ``html``."""
    part = mail.get_body((form,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
