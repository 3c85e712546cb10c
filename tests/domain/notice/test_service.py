import asyncio
from datetime import timedelta

import pytest
from support.bank import PowerCut
from support.letters import body_of

from common.ids import new_id
from domain.notice.errors import MailUnavailable
from domain.notice.ports import Mailer, Message
from domain.notice.service import Outcome
from domain.order.models import OrderStatus
from domain.payment.gateway import RefundStatus
from infrastructure.mail.addresses import Sender
from infrastructure.mail.folder import FolderMailer

SETTLED = [OrderStatus.PAID, OrderStatus.FULFILLED, OrderStatus.REFUNDED]
UNSETTLED = [OrderStatus.PENDING, OrderStatus.FAILED, OrderStatus.CANCELED]
LINK = "https://shop.example/reset?token=a-secret-that-nobody-guesses"


class CutOff:
    """A mailer in whose process the power fails as soon as the mail is out."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, message: Message) -> None:
        await self._mailer.send(message)
        raise PowerCut


def test_who_paid_is_thanked(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user("ada@example.com"))

    outcome = run(notices.order_confirmed(order.id))

    (mail,) = office.mails
    assert outcome is Outcome.SENT
    assert mail["To"] == "ada@example.com"
    assert mail["From"] == "Peregrine <shop@books.example>"
    assert mail["Message-ID"] == f"<order-confirmed.{order.id}@books.example>"
    assert order.order_number in mail["Subject"]
    assert "1 x Emma: 9.99 EUR" in body_of(mail, "plain")


def test_who_could_not_pay_is_told_why(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user(), OrderStatus.FAILED)

    run(notices.payment_failed(order.id, "expired_card", "evt_1"))

    (mail,) = office.mails
    assert mail["Message-ID"] == "<payment-failed.evt_1@books.example>"
    assert "The card has expired." in body_of(mail, "plain")


def test_who_gets_money_back_is_told_how_much(run, ledger, office, notices) -> None:
    refund = ledger.refund(ledger.order(ledger.user()))

    run(notices.order_refunded(refund.id))

    (mail,) = office.mails
    assert mail["Message-ID"] == f"<order-refunded.{refund.id}@books.example>"
    assert "a part of what you paid" in body_of(mail, "plain")
    assert "4.00 EUR" in body_of(mail, "plain")


def test_who_forgot_the_password_gets_a_link(run, ledger, office, notices, clock) -> None:
    user = ledger.user("ada@example.com")

    run(notices.password_reset(user.id, LINK, clock() + timedelta(minutes=30)))

    (mail,) = office.mails
    assert mail["To"] == "ada@example.com"
    assert LINK in body_of(mail, "plain")
    assert "a-secret" not in str(mail.items())


def test_each_notice_is_sent_once(run, ledger, office, notices, clock) -> None:
    user = ledger.user()
    failed, paid = ledger.order(user, OrderStatus.FAILED), ledger.order(user)
    refund, expiry = ledger.refund(paid), clock() + timedelta(minutes=30)

    def every_notice() -> list[Outcome]:
        return [
            run(notices.order_confirmed(paid.id)),
            run(notices.payment_failed(failed.id, "card_declined")),
            run(notices.order_refunded(refund.id)),
            run(notices.password_reset(user.id, LINK, expiry)),
        ]

    assert every_notice() == [Outcome.SENT] * 4
    assert every_notice() == [Outcome.SENT_BEFORE] * 4
    assert len(office.mails) == 4


def test_other_occasions_are_other_notices(run, ledger, office, notices, clock) -> None:
    user = ledger.user()
    order, expiry = ledger.order(user, OrderStatus.FAILED), clock() + timedelta(minutes=30)

    for occasion in ("evt_1", "evt_2", "evt_1"):
        run(notices.payment_failed(order.id, "card_declined", occasion))
    for link in (LINK, LINK + "2", LINK):
        run(notices.password_reset(user.id, link, expiry))

    assert len(office.mails) == len(set(office.ids)) == 4


def test_an_occasion_may_have_any_name(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user(), OrderStatus.FAILED)

    run(notices.payment_failed(order.id, "card_declined", "stripe:<evt>\r\nBcc: eve@example.com"))

    assert office.ids == ["<payment-failed.stripe-evt-Bcc-eve-example-com@books.example>"]


def test_a_crash_before_it_is_written_down_repeats_the_very_same_message(
    run, ledger, office, mailer, notices, notices_by
) -> None:
    order = ledger.order(ledger.user())
    with pytest.raises(PowerCut):
        run(notices_by(CutOff(mailer)).order_confirmed(order.id))

    outcomes = [run(notices.order_confirmed(order.id)) for _ in range(2)]

    assert outcomes == [Outcome.SENT, Outcome.SENT_BEFORE]
    assert office.ids == [f"<order-confirmed.{order.id}@books.example>"] * 2


def test_a_crash_before_it_is_written_down_leaves_one_file(
    run, ledger, notices_by, tmp_path
) -> None:
    folder = FolderMailer(tmp_path / "mail", Sender("", "shop@books.example"))
    order = ledger.order(ledger.user())
    with pytest.raises(PowerCut):
        run(notices_by(CutOff(folder)).order_confirmed(order.id))

    outcomes = [run(notices_by(folder).order_confirmed(order.id)) for _ in range(2)]

    assert outcomes == [Outcome.SENT, Outcome.SENT_BEFORE]
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_those_who_tell_at_the_same_moment_tell_the_same(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user())

    async def everybody() -> list[Outcome]:
        return await asyncio.gather(*(notices.order_confirmed(order.id) for _ in range(5)))

    outcomes = run(everybody())

    assert set(outcomes) <= {Outcome.SENT, Outcome.SENT_BEFORE}
    assert set(office.ids) == {f"<order-confirmed.{order.id}@books.example>"}
    assert run(notices.order_confirmed(order.id)) is Outcome.SENT_BEFORE


def test_what_could_not_be_sent_is_sent_later(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user())
    office.answers["RCPT"] = "451 4.3.0 Try later"
    with pytest.raises(MailUnavailable):
        run(notices.order_confirmed(order.id))

    office.answers.clear()

    assert run(notices.order_confirmed(order.id)) is Outcome.SENT
    assert len(office.mails) == 1


def test_a_mailbox_that_is_not_there_is_nothing_to_wait_for(run, ledger, office, notices) -> None:
    order = ledger.order(ledger.user())
    office.answers["RCPT"] = "550 5.1.1 No such mailbox"
    assert run(notices.order_confirmed(order.id)) is Outcome.REFUSED

    office.answers.clear()

    assert run(notices.order_confirmed(order.id)) is Outcome.SENT


@pytest.mark.parametrize("status", UNSETTLED)
def test_an_order_that_is_not_paid_is_not_confirmed(run, ledger, office, notices, status) -> None:
    order = ledger.order(ledger.user(), status)

    assert run(notices.order_confirmed(order.id)) is Outcome.NOT_DUE
    assert office.mails == []


@pytest.mark.parametrize("status", SETTLED)
def test_an_order_that_is_paid_by_now_is_confirmed_and_has_not_failed(
    run, ledger, office, notices, status
) -> None:
    order = ledger.order(ledger.user(), status)

    assert run(notices.payment_failed(order.id, "card_declined")) is Outcome.NOT_DUE
    assert run(notices.order_confirmed(order.id)) is Outcome.SENT
    assert office.ids == [f"<order-confirmed.{order.id}@books.example>"]


@pytest.mark.parametrize("status", [RefundStatus.PENDING, RefundStatus.FAILED])
def test_money_that_is_not_on_its_way_is_not_announced(
    run, ledger, office, notices, status
) -> None:
    refund = ledger.refund(ledger.order(ledger.user()), status)

    assert run(notices.order_refunded(refund.id)) is Outcome.NOT_DUE
    assert office.mails == []


def test_a_link_that_would_not_work_is_not_sent(run, ledger, office, notices, clock) -> None:
    left, here = ledger.user("eve@example.com", is_active=False), ledger.user("ada@example.com")

    closed = run(notices.password_reset(left.id, LINK, clock() + timedelta(minutes=30)))
    expired = run(notices.password_reset(here.id, LINK, clock()))

    assert (closed, expired) == (Outcome.NOT_DUE, Outcome.NOT_DUE)
    assert office.mails == []


def test_nobody_is_told_of_what_is_not_there(run, office, notices, clock) -> None:
    outcomes = [
        run(notices.order_confirmed(new_id())),
        run(notices.payment_failed(new_id(), "card_declined")),
        run(notices.order_refunded(new_id())),
        run(notices.password_reset(new_id(), LINK, clock() + timedelta(minutes=30))),
    ]

    assert outcomes == [Outcome.NOT_DUE] * 4
    assert office.mails == []
