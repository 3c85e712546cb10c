from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from support.letters import SENDER, a_message, body_of

from domain.notice.errors import MailRefused
from domain.notice.ports import Letter, Message
from infrastructure.mail.addresses import Sender
from infrastructure.mail.mime import mime_of, one_line

HEADERS = [
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
ADDRESSES = [
    "ada@example.com",
    "Ada.Lovelace+shop@mail.example.co.uk",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    "two..dots@example.com",
    f"{'x' * 64}@{'y' * 63}.{'z' * 63}.example",
]
NO_ADDRESSES = [
    "",
    "ada",
    "ada@",
    "ada@example.com\nBcc: eve@example.com",
    "ada@example.com, eve@example.com",
    "ada@example.com> SIZE=1",
    "Ada <ada@example.com>",
    "ada lovelace@example.com",
    '"ada"@example.com',
    "ada@example.com\0",
    "ädä@example.com",
]
NASTY = {
    "Hello\r\nBcc: eve@example.com": "Hello Bcc: eve@example.com",
    "Hello\r\n\r\n<h1>Not the body</h1>": "Hello <h1>Not the body</h1>",
    "one\u2028two\x00three\x0bfour": "one twothree four",
    '"quoted" <tagged> & = ; , :': '"quoted" <tagged> & = ; , :',
    "=?utf-8?q?encoded_twice?=": "encoded twice",
    "ألف ليلة وليلة": "ألف ليلة وليلة",
    "safe \u202egpj.exe": "safe gpj.exe",
    "日本語 " * 60: ("日本語 " * 60).strip(),
    "x" * 2000: "x" * 2000,
}


def read(message: Message, sender: Sender = SENDER) -> EmailMessage:
    return message_from_bytes(mime_of(message, sender), policy=policy.default)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_can_be_registered_can_be_written_to(address) -> None:
    assert read(a_message(to=address))["To"] == address


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_given_up(address) -> None:
    with pytest.raises(MailRefused):
        mime_of(a_message(to=address), SENDER)


@pytest.mark.parametrize(("text", "shown"), NASTY.items(), ids=range(len(NASTY)))
def test_nothing_in_a_subject_becomes_another_header(text, shown) -> None:
    mail = read(a_message(letter=Letter(text, "Plain\n", "<p>Rich</p>\n")))

    assert mail["Subject"] == shown
    assert mail.keys() == HEADERS


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_in_a_letter_leaves_its_body(text) -> None:
    written = f"{text}\n.\n--boundary--\nFrom: eve\n"

    mail = read(a_message(letter=Letter("Subject", written, f"<p>{written}</p>\n")))

    assert mail.keys() == HEADERS
    assert body_of(mail, "plain").splitlines() == written.splitlines()
    assert len(list(mail.iter_parts())) == 2


@pytest.mark.parametrize("name", ["", "Peregrine", "Café", 'The "old", shop', "店"])
def test_a_shop_may_have_any_name(name) -> None:
    mail = read(a_message(), Sender(name, "shop@example.com"))

    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "shop@example.com")


@pytest.mark.parametrize("digits", [1, 30, 40, 150])
def test_a_message_id_is_written_on_one_line(digits) -> None:
    message = a_message(10**digits)

    assert f"Message-ID: {message.id}\r\n".encode() in mime_of(message, SENDER)


def test_a_long_link_can_be_copied_out_of_the_file() -> None:
    link = f"https://shop.example/reset?token={'x' * 200}&a=b"

    written = mime_of(a_message(letter=Letter("Subject", f"Here:\n{link}\n", "<p></p>\n")), SENDER)

    assert f"\r\n{link}\r\n".encode() in written


def test_headers_are_folded() -> None:
    written = mime_of(a_message(letter=Letter("é" * 200, "Plain\n", "<p></p>\n")), SENDER)

    headers, _, _ = written.partition(b"\r\n\r\n")
    assert max(map(len, headers.split(b"\r\n"))) <= 78


def test_one_line_leaves_out_what_is_no_text() -> None:
    assert one_line("a\0b\udcffc\x1b[31md\u2067e") == "abc[31mde"


def test_one_line_keeps_what_people_write() -> None:
    assert one_line("  L'été,\t3 > 2\n☕ 👩‍👩‍👧 ") == "L'été, 3 > 2 ☕ 👩‍👩‍👧"
