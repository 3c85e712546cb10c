import pytest
from support.billing import CHECKOUT, current, plan_of, subscribe
from support.keys import raw

SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def test_a_plan_is_there_as_soon_as_it_is_checked_out(shopper, clock) -> None:
    now = clock()

    opened = shopper.post(CHECKOUT, {"plan": "pro", "success_url": SUCCESS})

    session_id = opened.json["session_id"]
    subscription = current(shopper)
    assert opened.status_code == 201
    assert session_id.startswith("mock_cs_")
    assert opened.json["checkout_url"] == SUCCESS.format(CHECKOUT_SESSION_ID=session_id)
    assert plan_of(shopper) == "pro"
    assert subscription["status"] == "trialing"
    assert subscription["user_id"] == shopper.user_id
    assert subscription["stripe_subscription_id"].startswith("mock_sub_")
    assert subscription["stripe_price_id"] == "mock_price_pro"
    assert subscription["trial_start"] == subscription["current_period_start"]
    assert subscription["trial_end"] == subscription["current_period_end"]
    assert subscription["trial_start"][:16] == now.isoformat()[:16]


def test_the_customer_is_made_once_and_kept(shopper) -> None:
    subscribe(shopper)
    first = shopper.get(f"/users/{shopper.user_id}").json["stripe_customer_id"]

    shopper.post(CHECKOUT, {"plan": "enterprise"})

    assert first.startswith("mock_cus_")
    assert shopper.get(f"/users/{shopper.user_id}").json["stripe_customer_id"] == first


def test_api_keys_are_good_for_more_at_once(client, shopper) -> None:
    key = raw(shopper, "read")
    before = client.get("/orders/me", X_API_Key=key)

    subscribe(shopper)

    assert refusal(before) == (403, "plan_limit_exceeded")
    assert client.get("/orders/me", X_API_Key=key).status_code == 200


def test_a_key_to_write_with_may_subscribe(client, shopper) -> None:
    subscribe(shopper)
    reading, writing = raw(shopper, "read"), raw(shopper, "write")

    refused = client.post(CHECKOUT, {"plan": "pro"}, X_API_Key=reading)
    let_in = client.post(CHECKOUT, {"plan": "pro"}, X_API_Key=writing)

    assert refusal(refused) == (403, "insufficient_scope")
    assert refusal(let_in) == (400, "already_subscribed")


def test_what_costs_nothing_is_not_checked_out(shopper) -> None:
    assert refusal(shopper.post(CHECKOUT, {"plan": "free"})) == (400, "plan_is_free")
    assert current(shopper) is None


@pytest.mark.parametrize("plan", ["pro", "enterprise"])
def test_nobody_subscribes_twice(shopper, plan) -> None:
    first = subscribe(shopper)

    again = shopper.post(CHECKOUT, {"plan": plan})

    assert refusal(again) == (400, "already_subscribed")
    assert current(shopper) == first


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"plan": "gold"},
        {"plan": None},
        {"plan": 1},
        {"plan": "pro", "success_url": "javascript:alert(1)"},
        {"plan": "pro", "success_url": "/thanks"},
        {"plan": "pro", "cancel_url": "https://shop.example/a b"},
        {"plan": "pro", "cancel_url": None},
        {"plan": "pro", "price_id": "price_of_mine"},
        {"plan": "pro", "trial_days": 365},
    ],
)
def test_a_wish_that_makes_no_sense_is_not_granted(shopper, wish) -> None:
    assert refusal(shopper.post(CHECKOUT, wish)) == (422, "validation_error")
    assert current(shopper) is None


def test_guests_have_to_log_in(client) -> None:
    assert refusal(client.post(CHECKOUT, {"plan": "pro"})) == (401, "authentication_required")


def test_without_an_address_one_comes_back_to_a_page_of_the_shops(client, shopper) -> None:
    opened = shopper.post(CHECKOUT, {"plan": "pro"})

    assert opened.json["checkout_url"] == "http://falconframework.org/billing/return"
    page = client.get("/billing/return")
    assert page.status_code == 200
    assert "You can close this page" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha")


def test_a_request_that_is_repeated_subscribes_once(shopper) -> None:
    wish = {"plan": "pro", "success_url": SUCCESS}

    opened, again = (shopper.post(CHECKOUT, wish, Idempotency_Key="k1") for _ in range(2))

    assert (opened.status_code, again.status_code) == (201, 201)
    assert again.json == opened.json
    assert again.headers["idempotency-replayed"] == "true"


def test_two_people_may_use_the_same_key(client) -> None:
    ada, eve = client.as_shopper(), client.as_shopper()

    sessions = {
        each.post(CHECKOUT, {"plan": "pro"}, Idempotency_Key="k1").json["session_id"]
        for each in (ada, eve)
    }

    assert len(sessions) == 2
    assert current(ada)["id"] != current(eve)["id"]
