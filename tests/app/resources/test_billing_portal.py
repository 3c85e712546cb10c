import pytest
from support.billing import BACK, PORTAL, PortalPage, subscribe


def test_the_portal_opens_on_a_page_nobody_can_guess(shopper) -> None:
    subscribe(shopper)

    opened, again = (shopper.post(PORTAL, {"return_url": BACK}) for _ in range(2))

    assert opened.status_code == 200
    assert opened.json["portal_url"].startswith(
        "http://falconframework.org/stand-in/portal/mock_bps_"
    )
    assert again.json != opened.json


def test_it_needs_no_body_at_all(shopper) -> None:
    subscribe(shopper)

    page = PortalPage(shopper, shopper.post(PORTAL).json["portal_url"].partition(".org")[2])

    assert "http://falconframework.org/billing/return" in page.look().text


def test_it_stays_open_to_who_has_canceled(shopper) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("end")

    assert "It has ended" in PortalPage.opened(shopper).look().text


def test_who_never_checked_out_has_nothing_to_manage(shopper) -> None:
    answer = shopper.post(PORTAL, {})

    assert (answer.status_code, answer.json["error"]) == (400, "no_customer")


@pytest.mark.parametrize(
    "body", [{"return_url": "javascript:alert(1)"}, {"return_url": None}, {"customer": "mock_cus"}]
)
def test_it_leads_back_to_nowhere_strange(shopper, body) -> None:
    answer = shopper.post(PORTAL, body)

    assert (answer.status_code, answer.json["error"]) == (422, "validation_error")


def test_a_shop_behind_a_name_of_its_own_leads_there(shopper) -> None:
    subscribe(shopper)

    answer = shopper.send("POST", PORTAL, host="books.example")

    assert answer.json["portal_url"].startswith("http://books.example/stand-in/portal/")


@pytest.mark.parametrize("host", ["[", "[::1", "a b", 'x"><script>', "shop.example:port", "::1"])
def test_a_host_that_is_none_is_refused_and_not_led_to(shopper, host) -> None:
    subscribe(shopper)

    refused = shopper.send("POST", PORTAL, host=host)

    assert (refused.status_code, refused.json["error"]) == (400, "malformed_host")


@pytest.mark.parametrize("host", ["shop.example", "localhost:8000", "10.0.0.1:80", "[::1]:8000"])
def test_without_a_public_address_the_portal_is_where_the_shop_was_found(shopper, host) -> None:
    subscribe(shopper)

    opened = shopper.send("POST", PORTAL, host=host).json["portal_url"]

    assert opened.startswith(f"http://{host.removesuffix(':80')}")
