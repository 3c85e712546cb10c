import html
import re

import pytest
from support.checkout_page import CANCEL, CheckoutPage
from support.shopping import statuses


@pytest.fixture
def book(admin):
    return admin.product(title="Prince Caspian", price_cents=899, stock=5)


@pytest.fixture
def page(shopper, book) -> CheckoutPage:
    return CheckoutPage.opened(shopper, book, 2)


def test_the_page_says_what_is_paid_for_and_that_no_money_moves(shopper, page) -> None:
    shown = page.look()

    order = shopper.get("/orders/me").json["items"][0]
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")
    for text in (order["order_number"], shopper.email, "Prince Caspian", "17.98 USD"):
        assert text in shown.text
    assert "No money moves" in shown.text
    assert page.buttons() == ["pay", "decline", "cancel"]


def test_pay_leads_to_the_shop_and_the_order_is_paid(shopper, book, page, carried_out) -> None:
    paid = page.press("pay")

    assert paid.status_code == 303
    assert paid.headers["location"] == f"https://shop.example/thanks?session={page.session_id}"
    carried_out()
    assert statuses(shopper) == ["PAID"]
    assert shopper.stock_of(book) == 3
    assert shopper.get("/cart").json["items"] == []


def test_a_declined_card_leaves_the_page_open_for_another(shopper, page, carried_out) -> None:
    declined = page.press("decline")

    assert declined.status_code == 303
    assert declined.headers["location"] == page.path
    assert "Your card was declined. You can try again." in html.unescape(page.look().text)
    carried_out()
    assert (statuses(shopper), page.status) == (["PENDING"], "open")
    page.press("pay")
    carried_out()
    assert (statuses(shopper), page.status) == (["PAID"], "complete")


def test_cancel_leads_back_and_the_session_stays_open(shopper, page, carried_out) -> None:
    canceled = page.press("cancel")

    assert (canceled.status_code, canceled.headers["location"]) == (303, CANCEL)
    assert carried_out() == []
    assert (statuses(shopper), page.status) == (["PENDING"], "open")


def test_without_a_way_back_there_is_no_such_button(shopper, book) -> None:
    page = CheckoutPage.opened(shopper, book, cancel_url=None)

    assert page.buttons() == ["pay", "decline"]
    assert page.press("cancel").headers["location"] == page.path


def test_a_paid_page_leads_back_to_the_shop(page) -> None:
    paid = page.press("pay")

    shown = page.look().text

    assert "This order is paid" in shown
    assert f'href="{html.escape(paid.headers["location"])}"' in shown
    assert page.buttons() == []


def test_an_expired_page_says_so_and_takes_nothing(page, later, carried_out) -> None:
    token = page.token()
    later(minutes=32)

    late = page.send({"token": token, "button": "pay"})

    assert late.headers["location"] == page.path
    assert "The time to pay is over" in page.look().text
    assert page.buttons() == []
    carried_out()
    assert (statuses(page.shopper), page.status) == (["CANCELED"], "expired")


def test_the_same_form_sent_twice_pays_once(page, carried_out) -> None:
    token = page.token()

    sent = [page.send({"token": token, "button": "pay"}) for _ in range(2)]

    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len([job for job in carried_out() if job.startswith("stand-in:")]) == 2


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"button": "pay"},
        {"token": "", "button": "pay"},
        {"token": "0" * 64, "button": "pay"},
        {"token": "ä\ud800".encode(errors="replace").decode(), "button": "pay"},
        {"token": "x", "button": "refund"},
        {f"n{number}": "x" for number in range(99)},
    ],
)
def test_a_form_that_is_not_the_pages_own_does_nothing(page, form, carried_out) -> None:
    refused = page.send(form)

    assert refused.status_code == 404
    assert "There is no such payment" in refused.text
    assert carried_out() == []


def test_one_sessions_token_does_not_work_on_another(client, book) -> None:
    mine = CheckoutPage.opened(client.as_shopper(), book)
    other = CheckoutPage.opened(client.as_shopper(), book)
    token = mine.token()

    assert other.send({"token": token, "button": "pay"}).status_code == 404
    assert other.status == "open"


def test_a_form_of_any_bytes_is_answered(client, page) -> None:
    for body in (b"\xff\xfe", b"\0", b"token=%00&button=pay", b"&" * 5000):
        answer = client.send("POST", f"/stand-in/checkout/{page.session_id}", body=body)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["cs_test_unknown", "pi_test_x", "%00", "a%20b", "..%2f", "%F0%9F%A5%82", "x" * 300]
)
def test_an_unknown_page_is_not_found(client, path) -> None:
    answer = client.get(f"/stand-in/checkout/{path}")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is no such payment" in answer.text


def test_what_is_sold_cannot_write_the_page(admin, shopper) -> None:
    evil = "<script>alert(1)</script>\"'>{{ 7 * 7 }}<img src=x onerror=alert(1)>"
    page = CheckoutPage.opened(
        shopper,
        admin.product(title=evil),
        success_url="https://shop.example/?a=%22&b=<script>{CHECKOUT_SESSION_ID}",
        cancel_url="https://shop.example/'\"><script>",
    )

    shown = page.look().text
    page.press("pay")

    assert html.escape(evil).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in shown
    for text in (shown, page.look().text):
        assert "<script" not in text
        assert "<img" not in text


def test_the_page_may_load_nothing_and_lead_only_where_it_must(page) -> None:
    shown = page.look()

    policy = dict(
        each.strip().split(" ", 1) for each in shown.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["style-src"].startswith("'sha256-")
    assert policy["form-action"] == "'self' https://shop.example"
    assert policy["frame-ancestors"] == "'none'"
    assert not {"script-src", "connect-src", "font-src"} & set(policy)
    assert shown.headers["cache-control"] == "no-store"
    assert re.findall(r'(?:src|href)="([^"]+)"', shown.text) == ["data:,"]


def test_the_page_is_only_there_to_be_read_and_sent(client, page) -> None:
    assert client.send("DELETE", page.path).status_code == 405
    assert client.send("HEAD", page.path).status_code == 200
