import html

import pytest
from support.billing import BACK, CHECKOUT, PORTAL, PortalPage, back, current, subscribe, sweep

TRIALING = ["pay", "switch", "fail", "cancel", "end"]
ACTIVE = ["switch", "fail", "cancel", "end"]


@pytest.fixture
def page(shopper) -> PortalPage:
    subscribe(shopper)
    return PortalPage.opened(shopper)


def test_the_page_says_how_it_stands_and_that_no_money_moves(shopper, page) -> None:
    shown = page.look()

    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")
    for text in (shopper.email, "Pro", "29.00 USD a month", "trialing", "It goes on by itself"):
        assert text in shown.text
    assert "No money moves" in shown.text
    assert f'href="{BACK}"' in shown.text
    assert page.buttons() == TRIALING


@pytest.mark.parametrize(
    ("pressed", "buttons", "says"),
    [
        (["pay"], ACTIVE, "It goes on by itself"),
        (["cancel"], ["pay", "switch", "fail", "keep", "end"], "It ends on"),
        (["cancel", "keep"], TRIALING, "It goes on by itself"),
        (["fail"], ["pay", "switch", "cancel", "end"], "A payment failed"),
        (["fail", "pay"], ACTIVE, "It goes on by itself"),
        (["pay", "fail", "pay"], ACTIVE, "It goes on by itself"),
        (["end"], [], "It has ended"),
    ],
)
def test_each_button_does_what_it_says(page, pressed, buttons, says) -> None:
    for button in pressed:
        sent = page.press(button)
        assert (sent.status_code, sent.headers["location"]) == (303, page.path)

    assert page.buttons() == buttons
    assert says in page.look().text


def test_what_is_not_paid_rests_until_it_is(page, later, shopper) -> None:
    page.press("fail")
    later(days=32)
    shopper = back(shopper)
    sweep(shopper)

    page = PortalPage.opened(shopper)

    assert "It is not paid" in page.look().text
    assert page.buttons() == ["pay", "end"]


def test_the_plan_that_one_has_is_not_offered(page) -> None:
    page.press("switch", price="mock_price_enterprise")

    shown = page.look().text

    assert "Enterprise" in shown
    assert "Switch to Pro, 29.00 USD a month" in shown
    assert 'value="mock_price_enterprise"' not in shown


@pytest.mark.parametrize("price", ["", "mock_price_free", "mock_price_pro", "price_of_mine", "ä"])
def test_nobody_switches_to_what_is_not_sold(page, shopper, price) -> None:
    before = current(shopper)

    sent = page.press("switch", price=price)

    assert sent.status_code == 303
    assert current(shopper) == before


@pytest.mark.parametrize("button", ["keep", "refund"])
def test_a_button_that_is_not_there_does_nothing(page, shopper, button) -> None:
    before = current(shopper)

    page.press(button)

    assert current(shopper) == before


def test_the_same_form_sent_twice_counts_once(page, shopper, carried_out) -> None:
    form = {"token": page.token(), "button": "cancel"}

    first, second = page.send(form), page.send(form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len([job for job in carried_out() if job.startswith("stand-in:")]) == 2  # one is older
    assert current(shopper)["cancel_at_period_end"] is True


def test_buttons_pressed_in_the_same_second_are_heard_in_order(page, shopper, carried_out) -> None:
    token = page.token()

    for button in ("cancel", "keep", "fail", "pay", "cancel", "keep"):
        page.send({"token": token, "button": button})

    carried_out()
    subscription = current(shopper)
    assert (subscription["status"], subscription["cancel_at_period_end"]) == ("active", False)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"button": "end"},
        {"token": "", "button": "end"},
        {"token": "0" * 64, "button": "end"},
        {"token": "x", "button": "refund"},
        {f"n{number}": "x" for number in range(99)},
    ],
)
def test_a_form_that_is_not_the_pages_own_does_nothing(page, shopper, form, carried_out) -> None:
    carried_out()

    refused = page.send(form)

    assert refused.status_code == 404
    assert carried_out() == []
    assert current(shopper)["status"] == "trialing"


def test_one_portals_token_does_not_work_on_another(client, page) -> None:
    other = client.as_shopper()
    subscribe(other)
    theirs = PortalPage.opened(other)

    sent = theirs.send({"token": page.token(), "button": "end"})

    assert sent.status_code == 404
    assert current(other)["status"] == "trialing"


def test_after_an_hour_the_page_is_closed(page, later) -> None:
    token = page.token()
    later(minutes=61)

    late = page.send({"token": token, "button": "end"})

    assert (late.status_code, page.look().status_code) == (404, 404)
    assert "This page is closed" in page.look().text


@pytest.mark.parametrize("name", ["mock_bps_x", "%00", "a%20b", "..%2f", "%F0%9F%A5%82", "x" * 300])
def test_an_unknown_portal_is_not_found(client, name) -> None:
    answer = client.get(f"/stand-in/portal/{name}")

    assert answer.status_code == 404
    assert "This page is closed" in answer.text


def test_other_things_in_the_books_are_no_portals_and_no_payments(client, shopper) -> None:
    session = shopper.post(CHECKOUT, {"plan": "pro"}).json["session_id"]
    subscription = current(shopper)["stripe_subscription_id"]

    for name in (session, subscription):
        for page in ("portal", "checkout"):
            assert client.get(f"/stand-in/{page}/{name}").status_code == 404


def test_a_form_of_any_bytes_is_answered(client, page) -> None:
    for body in (b"\xff\xfe", b"\0", b"token=%00&button=end", b"&" * 5000):
        assert client.send("POST", page.path, body=body).status_code == 404


def test_the_page_loads_nothing_and_is_kept_by_nobody(page) -> None:
    shown = page.look()

    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("form-action 'self'; frame-ancestors 'none'")
    assert shown.headers["cache-control"] == "no-store"
    assert "<script" not in shown.text


def test_an_address_cannot_write_the_page(shopper) -> None:
    subscribe(shopper)
    evil = "https://shop.example/?a=\"><script>alert(1)</script>'"

    opened = shopper.post(PORTAL, {"return_url": evil}).json["portal_url"]
    shown = shopper.get(opened.partition(".org")[2]).text

    assert "<script" not in shown
    assert html.escape("<script>") in shown


def test_the_page_is_only_there_to_be_read_and_sent(client, page) -> None:
    assert client.send("DELETE", page.path).status_code == 405
    assert client.send("HEAD", page.path).status_code == 200
