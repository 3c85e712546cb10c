import pytest
from support.checkout_page import CheckoutPage
from support.shopping import statuses

RETURN = "http://localhost:3000/thanks?session={CHECKOUT_SESSION_ID}"


@pytest.fixture
def page(admin, shopper) -> CheckoutPage:
    book = admin.product(title="Prince Caspian", price_cents=899)
    return CheckoutPage.opened(shopper, book, mode="embedded", success_url=RETURN, cancel_url=None)


def test_the_page_can_be_framed_by_the_shop_it_returns_to(page) -> None:
    shown = page.look()

    assert shown.status_code == 200
    policy = shown.headers["content-security-policy"]
    assert "frame-ancestors 'self' http://localhost:3000" in policy
    assert "form-action 'self' http://localhost:3000" in policy
    assert "8.99 USD" in shown.text
    assert page.buttons() == ["pay", "decline"]


def test_paying_leaves_the_frame_and_a_declined_card_stays_in_it(page, carried_out) -> None:
    shown = page.look().text
    declined = page.press("decline")
    paid = page.press("pay")

    assert 'value="pay" formtarget="_top"' in shown
    assert 'value="decline">' in shown
    assert declined.headers["location"] == page.path
    assert paid.headers["location"] == RETURN.format(CHECKOUT_SESSION_ID=page.session_id)
    carried_out()
    assert statuses(page.shopper) == ["PAID"]
    assert 'target="_top"' in page.look().text


def test_only_the_secret_shows_the_page(client, page) -> None:
    unknown = (
        "/stand-in/embedded",
        "/stand-in/embedded?client_secret=",
        f"/stand-in/embedded?client_secret={page.session_id}",
        f"/stand-in/embedded?client_secret={page.session_id}_secret_",
        f"/stand-in/embedded?client_secret={page.session_id}_secret_x",
        f"/stand-in/checkout/{page.session_id}",
        f"{page.path}x",
        "/stand-in/embedded?client_secret=%00_secret_",
        "/stand-in/embedded?client_secret=%F0%9F%A5%82",
    )

    answers = {path: client.get(path) for path in unknown}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert all(
        "frame-ancestors 'none'" in each.headers["content-security-policy"]
        for each in answers.values()
    )


def test_a_hosted_page_cannot_be_framed(admin, shopper, client) -> None:
    page = CheckoutPage.opened(shopper, admin.product())

    assert (
        client.get(f"/stand-in/embedded?client_secret={page.session_id}_secret_").status_code == 404
    )
