"""Payments that wait for the shopper, and what Stripe is told of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.bills import KEY, a_bill, terms
from support.stripe_contract import faults_of

from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Line, Opened, PaymentKind, SessionMode

SESSION, INTENT = PaymentKind.SESSION, PaymentKind.INTENT
EMBEDDED = terms(SessionMode.EMBEDDED)
IDS = {"order_id": a_bill().order_id, "order_number": a_bill().order_number, "payment_id": KEY}


def test_an_intent_has_the_methods_that_were_asked_for(run, api, stripe) -> None:
    opened = run(stripe.open(a_bill(INTENT, methods=("card", "klarna"))))

    assert opened == Opened("pi_1", client_secret="pi_1_secret_1")
    assert api.form(0) == {
        "amount": "3499",
        "currency": "usd",
        "allowed_payment_method_types": {"0": "card", "1": "klarna"},
        "metadata": {"source": "3d_experience", **IDS},
    }


def test_a_hosted_session_has_a_page_and_a_way_back(run, api, stripe) -> None:
    bill = a_bill(SESSION)

    opened = run(stripe.open(bill))

    assert opened.reference == "cs_test_1"
    assert opened.url == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert opened.client_secret is None
    assert opened.expires_at == bill.session.expires_at.replace(microsecond=0)
    assert api.form(0) == {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "success_url": "https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/cart",
        "customer_email": "ada@shop.example",
        "client_reference_id": bill.order_id,
        "expires_at": str(int(bill.session.expires_at.timestamp())),
        "adaptive_pricing": {"enabled": "false"},
        "metadata": {"source": "3d_experience", **IDS},
        "payment_intent_data": {"metadata": {"source": "3d_experience", **IDS}},
        "line_items": {
            "0": line("Dune", 999, 3),
            "1": line("Shipping", 502, 1),
        },
    }


def line(title, amount, quantity, currency="usd"):
    product = {"name": title}
    price = {"currency": currency, "unit_amount": str(amount), "product_data": product}
    return {"price_data": price, "quantity": str(quantity)}


def test_an_embedded_session_has_a_secret_and_no_page(run, api, stripe) -> None:
    opened = run(stripe.open(a_bill(SESSION, session=EMBEDDED)))

    assert (opened.client_secret, opened.url) == ("cs_test_1_secret_1", None)
    assert api.form(0)["ui_mode"] == "embedded_page"
    assert api.form(0)["return_url"] == EMBEDDED.success_url
    assert not {"success_url", "cancel_url"} & set(api.form(0))


@pytest.mark.parametrize(
    "bill", [a_bill(INTENT), a_bill(SESSION), a_bill(SESSION, session=EMBEDDED)]
)
def test_opening_again_returns_the_same_payment(run, api, stripe, bill) -> None:
    first = run(stripe.open(bill))

    again = run(stripe.open(bill))

    assert again == first
    assert len(api.ledger.things) == 1


BILLS = {
    "without an address": a_bill(SESSION, email=None),
    "without a way back": a_bill(SESSION, session=replace(terms(), cancel_url=None)),
    "without lines": a_bill(SESSION, lines=()),
    "a long title": a_bill(SESSION, lines=(Line("Dune " * 200, 3499, 1),)),
    "in every script": a_bill(SESSION, lines=(Line("Дюна 沙丘 كثيب 🏜️ & = [0] %", 3499, 1),)),
    "many lines": a_bill(SESSION, lines=(Line("Dune", 50, 1),) * 100, amount=Money(5000, "EUR")),
    "too many": a_bill(SESSION, lines=(Line("Dune", 50, 1),) * 101, amount=Money(5050, "EUR")),
    "something for free": a_bill(SESSION, lines=(Line("Dune", 3499, 1), Line("Map", 0, 1))),
    "yen": a_bill(SESSION, lines=(Line("Dune", 500, 1),), amount=Money(500, "JPY")),
    "dinar": a_bill(SESSION, lines=(Line("Dune", 5120, 1),), amount=Money(5120, "KWD")),
    "much metadata": a_bill(SESSION, metadata={f"{n}é" * 10: "é" * 500 for n in range(40)}),
    "long open": a_bill(SESSION, session=terms(hours=23, minutes=59)),
    "other methods": a_bill(INTENT, methods=("card", "sepa_debit", "paypal")),
}


@pytest.mark.parametrize("bill", BILLS.values(), ids=BILLS)
def test_every_bill_keeps_to_the_contract(run, api, stripe, bill) -> None:
    assert run(stripe.open(bill)).reference
    assert api.faults == []


def test_a_session_may_be_over_in_half_an_hour(run, api, stripe) -> None:
    assert run(stripe.open(a_bill(SESSION, session=terms(minutes=31)))).reference
    assert api.faults == []


def names(api):
    return [
        each["price_data"]["product_data"]["name"] for each in api.form(0)["line_items"].values()
    ]


def test_a_title_too_long_for_stripe_is_cut(run, api, stripe) -> None:
    run(stripe.open(BILLS["a long title"]))

    assert names(api) == [f"{('Dune ' * 200)[:249]}…"]


UNLISTABLE = {
    "no lines": (),
    "too many lines": (Line("Dune", 35, 1),) * 101,
    "lines that add up to something else": (Line("Dune", 999, 3),),
    "a line that takes something off": (Line("Dune", 3999, 1), Line("Voucher", -500, 1)),
}


@pytest.mark.parametrize("lines", UNLISTABLE.values(), ids=UNLISTABLE)
def test_what_cannot_be_listed_is_one_line_of_the_whole_amount(run, api, stripe, lines) -> None:
    run(stripe.open(a_bill(SESSION, lines=lines)))

    assert api.form(0)["line_items"] == {"0": line("Order PG-7K3MQ-9XD2A", 3499, 1)}


def test_prices_too_fine_for_stripe_are_not_listed(run, api, stripe) -> None:
    lines = (Line("Nail", 5, 2),)

    run(stripe.open(a_bill(SESSION, lines=lines, amount=Money(10, "KWD"))))

    assert api.form(0)["line_items"] == {"0": line("Order PG-7K3MQ-9XD2A", 10, 1, "kwd")}


@pytest.mark.parametrize("kind", [SESSION, INTENT, PaymentKind.CHARGE])
def test_an_amount_too_fine_for_stripe_is_refused(run, api, stripe, kind) -> None:
    with pytest.raises(PaymentRefused, match=r"5\.125 KWD is finer than it can charge"):
        run(stripe.open(a_bill(kind, amount=Money(5125, "KWD"), lines=())))

    assert api.calls == []


@pytest.mark.parametrize("lasting", [{"minutes": 29}, {"hours": 25}, {"minutes": -1}])
def test_a_session_too_short_or_long_for_stripe_is_refused(run, stripe, lasting) -> None:
    with pytest.raises(PaymentRefused, match="30 minutes to 24 hours"):
        run(stripe.open(a_bill(SESSION, session=terms(**lasting))))


def test_the_moment_a_session_ends_is_in_utc(run, stripe) -> None:
    opened = run(stripe.open(a_bill(SESSION)))

    assert opened.expires_at.tzinfo is UTC
    assert opened.expires_at > datetime.now(UTC)


def test_pages_get_the_publishable_key(stripe) -> None:
    assert stripe.publishable_key == "pk_test_1"


OUT_OF_CONTRACT = {
    "amount=1&currency=usd&payment_method_types[0]=card": "payment_method_types: unknown",
    "amount=1.5&currency=usd": ".amount: '1.5' is no int",
    "currency=usd": ".amount: missing",
    "amount=1&currency=usd&confirm=maybe": ".confirm: 'maybe' is no bool",
    "amount=1&currency=usd&metadata=x": ".metadata: not a map",
    "amount=1&currency=usd&metadata[a][b]=x": ".metadata.a: {'b': 'x'} is no str",
    "amount=1&currency=usd&capture_method=later": "'later' is none of",
    "amount=1&currency=usd&allowed_payment_method_types=card": "not a list",
    "amount=1&currency=usd&idempotency_key=k": ".idempotency_key: unknown",
    "amount=1&currency=usd&automatic_payment_methods[allow_redirects]=never": "enabled: missing",
}


@pytest.mark.parametrize(("form", "fault"), OUT_OF_CONTRACT.items(), ids=OUT_OF_CONTRACT)
def test_the_contract_tells_what_stripe_would_not_take(form, fault) -> None:
    faults = faults_of("POST", "/v1/payment_intents", form)

    assert len(faults) == 1
    assert fault in faults[0]
