"""Checkouts of plans at the same moment, and checkouts whose process dies."""

from dataclasses import replace

import pytest
from support.bank import PowerCut
from support.billing import CHECKOUT, CURRENT, OVERVIEW, current, plan_of
from support.client import Client
from support.crowd import Ask, all_at_once
from support.stand_in import books

from app.container import Container
from app.factory import create_app
from app.http import App
from app.plans import plans_of
from domain.billing.gateway import OpenedPurchase, Purchase, SubscriptionGateway
from domain.billing.service import BillingService
from domain.billing.sync import SubscriptionSync
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in.subscriptions import StandInSubscriptions

PRO = {"plan": "pro"}


class Mortal(StandInSubscriptions):
    """Can be told to die once it has done what it was asked for."""

    dies_after = ""
    faster: str | None = None
    """Somebody who makes another customer of the same user meanwhile."""

    async def customer(self, key: str, email: str) -> str:
        made = await super().customer(key, email)
        if self.faster:
            await self._be_faster(self.faster, await super().customer("faster", email))
        self._perhaps_die("customer")
        return made

    async def subscribe(self, purchase: Purchase) -> OpenedPurchase:
        opened = await super().subscribe(purchase)
        self._perhaps_die("subscribe")
        return opened

    async def _be_faster(self, user_id: str, customer: str) -> None:
        async def unit(tx: SqlTransaction) -> None:
            user = await tx.users.get(user_id, lock=True)
            assert user
            user.stripe_customer_id = customer

        await self._database.write(unit)

    def _perhaps_die(self, after: str) -> None:
        if self.dies_after == after:
            raise PowerCut


@pytest.fixture
def mortal(shop, clock) -> Mortal:
    return Mortal(shop.database, plans_of(shop.settings), clock)


@pytest.fixture
def client(run, shop: Container, mortal: Mortal, clock):
    with Client.of(run, *_on(shop, mortal, clock)) as client:
        yield client


def _on(shop: Container, provider: SubscriptionGateway, clock) -> tuple[App, Container]:
    """Put a shop on another provider of subscriptions."""
    database, plans = shop.database, plans_of(shop.settings)
    sync = SubscriptionSync(database, plans, clock)
    billing = BillingService(database, provider, plans, sync, shop.usage, clock)
    changed = replace(shop, billing=billing)
    return create_app(changed), changed


def die(mortal: Mortal, client: Client, after: str, **headers: str) -> None:
    """Check out a plan, and have the process die in it."""
    mortal.dies_after = after
    with pytest.raises(PowerCut):
        client.post(CHECKOUT, PRO, **headers)
    mortal.dies_after = ""


@pytest.mark.parametrize("plans", [["pro", "pro"], ["pro", "enterprise"] * 3], ids=["two", "six"])
def test_of_checkouts_at_once_one_subscribes(run, shop, shopper, plans) -> None:
    results = all_at_once(*(Ask(shopper, "POST", CHECKOUT, {"plan": plan}) for plan in plans))

    refused = [each.json["error"] for each in results if each.status_code != 201]
    subscription = current(shopper)
    known = books(run, shop.database, "subscription")
    assert refused == ["already_subscribed"] * (len(plans) - 1)
    assert [each["id"] for each in known] == [subscription["stripe_subscription_id"]]
    assert len(books(run, shop.database, "customer")) == 1
    assert plan_of(shopper) == subscription["plan"]


def test_one_key_at_once_is_one_checkout(run, shop, shopper) -> None:
    key = {"Idempotency-Key": "k1"}

    results = all_at_once(*[Ask(shopper, "POST", CHECKOUT, PRO, key)] * 3)

    assert {each.status_code for each in results} <= {201, 409}
    assert len(books(run, shop.database, "subscription")) == 1


def test_a_subscription_the_shop_did_not_live_to_hear_of_is_told_again(
    shopper, mortal, carried_out
) -> None:
    die(mortal, shopper, "subscribe")
    before = current(shopper)
    again = shopper.post(CHECKOUT, PRO)

    carried_out()

    assert before is None
    assert again.json["error"] == "already_subscribed"
    assert (current(shopper)["status"], plan_of(shopper)) == ("trialing", "pro")


@pytest.mark.parametrize("after", ["customer", "subscribe"])
def test_the_same_request_finishes_what_it_began(
    run, shop, shopper, mortal, later, after, carried_out
) -> None:
    die(mortal, shopper, after, Idempotency_Key="k1")
    later(seconds=11)

    again = shopper.post(CHECKOUT, PRO, Idempotency_Key="k1")
    carried_out()

    assert again.status_code == 201
    assert (current(shopper)["status"], plan_of(shopper)) == ("trialing", "pro")
    assert len(books(run, shop.database, "subscription")) == 1
    assert len(books(run, shop.database, "customer")) == 1


def test_the_same_request_has_its_answer_even_after_the_provider_has_told_of_it(
    run, shop, shopper, mortal, later, carried_out
) -> None:
    die(mortal, shopper, "subscribe", Idempotency_Key="k1")
    carried_out()
    later(seconds=11)

    again = shopper.post(CHECKOUT, PRO, Idempotency_Key="k1")
    other = shopper.post(CHECKOUT, PRO, Idempotency_Key="k2")

    assert again.status_code == 201
    assert other.json["error"] == "already_subscribed"
    assert len(books(run, shop.database, "subscription")) == 1


def test_of_two_customers_the_one_who_was_kept_first_subscribes(run, shop, shopper, mortal) -> None:
    mortal.faster = shopper.user_id

    shopper.post(CHECKOUT, PRO)

    kept = shopper.get(f"/users/{shopper.user_id}").json["stripe_customer_id"]
    (subscription,) = books(run, shop.database, "subscription")
    assert len(books(run, shop.database, "customer")) == 2
    assert subscription["customer"] == kept
    assert current(shopper)["status"] == "trialing"


def test_who_looks_while_a_plan_is_checked_out_sees_it_or_not(shopper) -> None:
    looks = [Ask(shopper, "GET", path) for path in (CURRENT, OVERVIEW)] * 2

    results = all_at_once(Ask(shopper, "POST", CHECKOUT, PRO), *looks)

    assert [each.status_code for each in results] == [201, 200, 200, 200, 200]


def test_an_account_is_not_deleted_from_under_its_subscription(client) -> None:
    shopper = client.as_shopper()

    bought, deleted = all_at_once(
        Ask(shopper, "POST", CHECKOUT, PRO), Ask(shopper, "DELETE", f"/users/{shopper.user_id}")
    )

    if deleted.status_code == 204:
        assert bought.status_code in (201, 401)
    else:
        assert deleted.json["error"] == "user_has_subscription"
        assert current(shopper)["status"] == "trialing"
