"""A shop that has tried its plans out with the stand-in, and goes over to Stripe."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr
from support.billing import current, plan_of, subscribe
from support.client import Client

from app.container import assemble
from app.factory import create_app


@pytest.fixture
def reopened(run, settings, clock) -> Callable[..., None]:
    """Open the same shop with other settings, and close it again."""

    def reopen(**others: object) -> None:
        shop = assemble(settings.model_copy(update=others), clock=clock)
        with Client.of(run, create_app(shop), shop):
            pass

    return reopen


@pytest.fixture
def over_to_stripe(reopened) -> Callable[[], None]:
    return lambda: reopened(stripe_secret_key=SecretStr("sk_test_succession"))


def customer_of(client: Client) -> str | None:
    return client.get("/api/v1/auth/me").json["stripe_customer_id"]


def test_what_nobody_pays_for_ends(shopper, later, over_to_stripe) -> None:
    subscribe(shopper, "enterprise")
    later(minutes=1)

    over_to_stripe()

    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")
    assert customer_of(shopper) is None


def test_it_happens_once(shopper, later, over_to_stripe) -> None:
    subscribe(shopper)
    later(minutes=1)
    over_to_stripe()
    before = current(shopper)

    over_to_stripe()

    assert current(shopper) == before


def test_who_has_no_subscription_keeps_the_plan_they_were_given(
    admin, client, over_to_stripe
) -> None:
    tenant = {"email": "t@platform.example", "external_platform_id": "7", "plan": "pro"}
    key = admin.post("/api/v1/auth/provision", tenant).json["api_key"]

    over_to_stripe()

    assert client.get("/api/v1/auth/me", X_API_Key=key).json["plan"] == "pro"


def test_without_stripe_nothing_ends(shopper, later, reopened) -> None:
    subscription = subscribe(shopper)
    later(minutes=1)

    reopened()

    assert current(shopper) == subscription
