"""What is the same for everything that is synced: who may, and what a store can do to us."""

import pytest
from support.shopping import buy
from support.woo_store import problem

from app.settings import Settings

UNKNOWN = "3f2c8a52-0d5b-4b8c-9f57-7b1b4ad0c111"
DOORS = [
    ("POST", "/woocommerce/products/sync", {"product_id": UNKNOWN}),
    ("POST", "/woocommerce/inventory/sync", {"product_id": UNKNOWN}),
    ("POST", "/woocommerce/orders", {"order_id": UNKNOWN}),
    ("POST", "/woocommerce/products/sync-all", None),
    ("GET", "/woocommerce/syncs", None),
    ("GET", f"/woocommerce/syncs/{UNKNOWN}", None),
]
CRITICAL = problem(500, "internal_server_error", "<p>There has been a critical error.</p>")


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


def sync(admin, product):
    return admin.post("/api/v1/woocommerce/products/sync", {"product_id": product["id"]})


@pytest.mark.parametrize("prefix", ["/api/v1", "/api"])
def test_only_administrators_sync(client, shopper, prefix) -> None:
    for verb, path, body in DOORS:
        assert client.send(verb, prefix + path, json=body).status_code == 401
        assert shopper.send(verb, prefix + path, json=body).status_code == 403


def test_the_stores_own_words_are_passed_on(admin, woo) -> None:
    woo.fails("POST /products", 400, problem(400, "rest_no", "Names are <b>too&nbsp;long</b>."))

    refused = sync(admin, admin.product())

    assert (refused.status_code, refused.json["error"]) == (502, "woocommerce_sync_failed")
    assert refused.json["details"] == {
        "reason": "Names are too long .",
        "status": 400,
        "store_code": "rest_no",
    }
    assert "too long" in refused.json["message"]


def test_after_a_refusal_one_may_ask_again_at_once(admin, woo) -> None:
    rose = admin.product()
    woo.fails("POST /products", 400, problem(400, "rest_no", "No."))
    sync(admin, rose)

    assert sync(admin, rose).status_code == 200


def test_a_key_that_was_revoked_is_told(admin, woo) -> None:
    woo.secret = "another"

    refused = sync(admin, admin.product())

    assert refused.status_code == 502
    assert "signature does not match" in refused.json["message"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, CRITICAL),
        (503, b"<html>Briefly unavailable for scheduled maintenance.</html>"),
        (200, b"<br />\n<b>Warning</b>: something{}"),
        (200, b'{"id": "many"}'),
        (200, b"[]"),
        (200, b'{"id": 99999999999999999999999999}'),
        (200, b'{"id": 7, "stock_quantity": "a lot"}'),
        (0, b""),
    ],
)
def test_whatever_a_store_answers_is_no_failure_of_ours(admin, woo, status, body) -> None:
    woo.fails("POST /products", status, body)

    refused = sync(admin, admin.product())

    assert (refused.status_code, refused.json["error"]) == (502, "woocommerce_sync_failed")


def test_a_store_that_stumbles_is_asked_again(admin, woo) -> None:
    rose = admin.product()
    woo.fails("GET /products", 503, b"", headers={"Retry-After": "0"})
    woo.fails("GET /data", 429, b"")

    assert sync(admin, rose).status_code == 200


def test_a_store_that_redirects_is_not_followed(admin, woo) -> None:
    woo.fails("GET /", 301, b"", headers={"Location": "http://169.254.169.254/"})

    refused = sync(admin, admin.product())

    assert refused.status_code == 502
    assert "set WOOCOMMERCE_URL" in refused.json["message"]


def test_a_store_that_is_away_is_told(run, admin, woo) -> None:
    woo.__exit__()

    refused = sync(admin, admin.product())

    assert (refused.status_code, refused.json["error"]) == (502, "woocommerce_sync_failed")


def test_a_store_that_does_not_tell_its_currency_is_believed(admin, woo) -> None:
    woo.fails("GET /data", 404, problem(404, "rest_no_route", "No route was found."))

    assert sync(admin, admin.product()).status_code == 200


def test_a_repeat_under_one_key_asks_the_store_nothing(admin, woo) -> None:
    body = {"product_id": admin.product()["id"]}
    path = "/api/v1/woocommerce/products/sync"
    first = admin.post(path, body, Idempotency_Key="one")
    asked = len(woo.asked)

    again = admin.post(path, body, Idempotency_Key="one")

    assert again.json == first.json
    assert len(woo.asked) == asked


class TestWithinItsRate:
    @pytest.fixture
    def settings(self, settings) -> Settings:
        return settings.model_copy(update={"rate_limits": "sync=2/minute"})

    def test_syncing_too_often_is_refused(self, admin) -> None:
        answers = [sync(admin, admin.product()) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["x-ratelimit-limit"] == "2"


class TestWithoutAStore:
    @pytest.fixture
    def settings(self, database_uri, settings) -> Settings:
        return settings.model_copy(update={"woocommerce_url": ""})

    def test_syncing_says_so(self, admin) -> None:
        for verb, path, body in DOORS[:4]:
            refused = admin.send(verb, f"/api/v1{path}", json=body)
            assert refused.status_code == 503
            assert refused.json["error"] == "woocommerce_not_configured"

    def test_earlier_runs_can_still_be_looked_at(self, admin) -> None:
        assert admin.get("/api/v1/woocommerce/syncs").json["total"] == 0

    def test_paid_orders_are_none_of_its_business(self, run, admin, shop, shopper) -> None:
        order = buy(shopper, admin.product())

        assert run(shop.woocommerce.orders.place(order["id"])) is None
