import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from support.letters import LETTER, SENDER, a_message, body_of
from support.post_office import PostOffice, post_office

from domain.notice.errors import MailRefused, MailUnavailable
from infrastructure.mail.addresses import relay_of
from infrastructure.mail.smtp import SmtpMailer

PASSWORD = "p@ss:w/rd é"
ENCODED = "p%40ss%3Aw%2Frd%20%C3%A9"
ELSEWHERE = "127.1"  # this machine, under a name by which only the network knows it
NO_MAILBOX = {
    "RCPT": [
        "550 No such user here",
        "550 5.1.1 No such mailbox",
        "552 5.2.2 The mailbox is full",
        "553 Not a mailbox of ours",
        "554 5.2.1 The mailbox is closed",
    ],
    "DATA": ["550 5.1.1 No such mailbox", "554 5.2.2 The mailbox is full"],
}
WORTH_A_RETRY = {
    "MAIL": ["421 4.3.2 Shutting down", "451 4.7.1 Try later", "550 5.1.8 Who are you?"],
    "RCPT": [
        "421 4.7.0 Too many connections",
        "450 4.2.0 Greylisted",
        "452 4.2.2 The mailbox is full today",
        "530 5.7.0 Authentication required",
        "554 5.7.1 Relay access denied",
        "550 5.1.7 Your address is no good",
    ],
    "DATA": ["451 4.3.0 Disk full", "554 Transaction failed", "550 5.7.26 Unsigned mail"],
}


def each(answers: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(command, answer) for command in answers for answer in answers[command]]


def mailer_to(url: str, patience: float = 10.0) -> SmtpMailer:
    return SmtpMailer(relay_of(url), SENDER, patience=patience)


@pytest.fixture
def mailer(office) -> SmtpMailer:
    return mailer_to(office.url())


@pytest.fixture
def guarded() -> Iterator[PostOffice]:
    """A post office that serves none but ada."""
    with post_office(login=("ada", PASSWORD)) as office:
        yield office


def test_a_message_arrives_in_both_forms(run, office, mailer) -> None:
    run(mailer.send(a_message()))

    (mail,) = office.mails
    assert body_of(mail, "plain") == LETTER.text
    assert body_of(mail, "html") == LETTER.html
    assert mail.get_content_type() == "multipart/alternative"
    assert office.envelopes == [("shop@example.com", ["ada@example.com"])]


def test_a_message_says_from_whom_to_whom_and_what_it_is(run, office, mailer) -> None:
    run(mailer.send(a_message()))

    (mail,) = office.mails
    assert mail["From"].addresses[0].display_name == SENDER.name
    assert mail["From"].addresses[0].addr_spec == SENDER.address
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "Très bien"
    assert mail["Message-ID"] == "<order-confirmed.1@example.com>"
    assert mail["Date"] == "Thu, 01 Oct 2026 09:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_what_is_sent_needs_nothing_of_the_server_but_ascii(run, office, mailer) -> None:
    run(mailer.send(a_message()))

    assert office.raw[0].isascii()
    assert max(map(len, office.raw[0].split(b"\r\n"))) <= 998


def test_messages_at_the_same_moment_all_arrive(run, office, mailer) -> None:
    async def everybody() -> None:
        await asyncio.gather(*(mailer.send(a_message(number)) for number in range(10)))

    run(everybody())

    assert office.ids == [f"<order-confirmed.{number}@example.com>" for number in range(10)]


def test_a_server_that_wants_a_login_gets_it(run, guarded) -> None:
    run(mailer_to(guarded.url("ada", ENCODED)).send(a_message()))

    assert len(guarded.mails) == 1


@pytest.mark.parametrize("login", [(), ("ada", "wrong"), ("eve", ENCODED)])
def test_a_wrong_login_is_for_somebody_to_correct_and_then_try_again(run, guarded, login) -> None:
    with pytest.raises(MailUnavailable) as refused:
        run(mailer_to(guarded.url(*login)).send(a_message()))

    assert str(refused.value).startswith("53")
    assert "wrong" not in str(refused.value)
    assert guarded.mails == []


@pytest.mark.parametrize(("command", "answer"), each(NO_MAILBOX))
def test_a_mailbox_that_is_not_there_is_given_up(run, office, mailer, command, answer) -> None:
    office.answers[command] = answer

    with pytest.raises(MailRefused) as refused:
        run(mailer.send(a_message()))

    assert str(refused.value) == answer
    assert office.mails == []


@pytest.mark.parametrize(("command", "answer"), each(WORTH_A_RETRY))
def test_any_other_refusal_is_worth_a_retry(run, office, mailer, command, answer) -> None:
    office.answers[command] = answer

    with pytest.raises(MailUnavailable) as refused:
        run(mailer.send(a_message()))
    office.answers.clear()
    run(mailer.send(a_message()))

    assert str(refused.value) == answer
    assert len(office.mails) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_is_not_waited_for_long(run, office, command) -> None:
    office.answers[command] = None
    started = time.monotonic()

    with pytest.raises(MailUnavailable):
        run(mailer_to(office.url(), patience=0.3).send(a_message()))

    assert time.monotonic() - started < 60


def test_a_server_that_never_greets_is_not_waited_for_long(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mailer = mailer_to(f"smtp://127.0.0.1:{mute.getsockname()[1]}", patience=0.3)

        with pytest.raises(MailUnavailable, match="too long"):
            run(mailer.send(a_message()))


def test_a_server_that_speaks_something_else_is_trouble_of_the_same_kind(run) -> None:
    async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def send() -> None:
        server = await asyncio.start_server(gibberish, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await mailer_to(f"smtp://127.0.0.1:{port}").send(a_message())

    with pytest.raises(MailUnavailable):
        run(send())


def test_a_server_that_is_not_there_is_trouble_of_the_same_kind(run) -> None:
    with post_office() as office:
        mailer = mailer_to(office.url())

    with pytest.raises(MailUnavailable):
        run(mailer.send(a_message()))


@pytest.mark.parametrize("when", ["tls", "starttls"])
def test_mail_goes_under_tls_wherever_the_server_has_it(run, home_made, when) -> None:
    with post_office(**{when: home_made}, login=("ada", PASSWORD)) as office:
        run(mailer_to(office.url("ada", ENCODED)).send(a_message()))

    assert office.under_tls == [True]


def test_a_server_elsewhere_must_prove_who_it_is(run, home_made) -> None:
    with (
        post_office(starttls=home_made) as office,
        pytest.raises(MailUnavailable, match="certificate"),
    ):
        run(mailer_to(office.url(host=ELSEWHERE)).send(a_message()))

    assert office.mails == []


def test_a_password_is_not_shown_in_the_clear_to_a_server_elsewhere(run, guarded) -> None:
    with pytest.raises(MailUnavailable, match="STARTTLS"):
        run(mailer_to(guarded.url("ada", ENCODED, host=ELSEWHERE)).send(a_message()))

    assert guarded.shown == []


def test_a_server_elsewhere_without_tls_still_takes_mail(run, office) -> None:
    run(mailer_to(office.url(host=ELSEWHERE)).send(a_message()))

    assert office.under_tls == [False]


def test_a_transaction_is_not_held_open_while_mail_is_sent(run, client, office) -> None:
    async def unit(tx: object) -> None:
        await mailer_to(office.url()).send(a_message())

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run(client.shop.database.write(unit))
