import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support.certificates import certified
from support.woo_store import WooStore, problem

from domain.woocommerce.errors import OutcomeUnknown, WooCommerceSkuTaken, WooCommerceSyncFailed
from infrastructure.databases.db import in_transaction
from infrastructure.woocommerce.client import MAX_ANSWER, Patience

BODY = {"name": "Mug"}


@pytest.mark.parametrize("sku", ["MUG", "a b", "a+b", "50%", "50%41", "ä/ö?#&=", "x,y", "~'\"()"])
def test_any_parameter_is_signed_as_the_store_checks_it(run, woo, ask, sku) -> None:
    answer = run(ask.get("/products", sku=sku))

    assert answer.status == 200
    assert woo.asked[-1].params == {"sku": sku}


@pytest.mark.parametrize("verb", ["get", "put", "post"])
def test_a_wrong_secret_is_refused(run, asking, verb) -> None:
    client = asking(secret="cs_wrong")
    ask = client.get if verb == "get" else lambda path: getattr(client, verb)(path, BODY)

    with pytest.raises(WooCommerceSyncFailed, match="signature does not match") as refused:
        run(ask("/products"))

    assert refused.value.details["status"] == 401


def test_over_https_the_key_is_sent_and_nothing_is_signed(run, asking, tmp_path) -> None:
    server, trust = certified(tmp_path)

    with WooStore(server) as store:
        answer = run(asking(store.url, trust=trust).get("/products"))
        refused = asking(store.url, secret="cs_wrong", trust=trust)
        with pytest.raises(WooCommerceSyncFailed, match="secret is invalid"):
            run(refused.get("/products"))

    assert answer.status == 200
    assert store.nonces == set()


def test_a_certificate_nobody_vouches_for_is_not_trusted(run, asking, tmp_path) -> None:
    server, _ = certified(tmp_path)

    with WooStore(server) as store, pytest.raises(WooCommerceSyncFailed, match="certificate"):
        run(asking(store.url).get("/products"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_asked_again_where_that_is_safe(run, woo, ask, status) -> None:
    thing = woo.shelves.create(BODY)
    woo.fails("GET", status, times=2)
    woo.fails("PUT", status, times=2)

    assert run(ask.get("/products")).status == 200
    assert run(ask.put(f"/products/{thing['id']}", BODY)).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_makes_something_is_asked_once(run, woo, ask, status) -> None:
    woo.fails("POST", status)

    with pytest.raises(WooCommerceSyncFailed) as failed:
        run(ask.post("/products", BODY))

    assert isinstance(failed.value, OutcomeUnknown) is (status >= 500)
    assert woo.asked == []


def test_nobody_is_asked_for_ever(run, woo, ask) -> None:
    woo.fails("GET", 503, problem(503, "down", "Back soon."), times=99)

    with pytest.raises(WooCommerceSyncFailed, match="Back soon"):
        run(ask.get("/products"))

    assert 99 - woo.faults[0].times == 3


def test_a_refusal_is_not_asked_about_again(run, woo, ask) -> None:
    woo.fails("GET", 400, problem(400, "no", "No."), times=99)

    with pytest.raises(WooCommerceSyncFailed):
        run(ask.get("/products"))

    assert woo.faults[0].times == 98


def test_the_store_may_ask_for_a_pause_but_not_for_ever(run, woo, asking) -> None:
    woo.fails("GET", 429, headers={"Retry-After": "0.2"})
    client = asking(patience=Patience(seconds=1, attempts=2, pause=0.001))

    began = datetime.now(UTC)
    run(client.get("/products"))

    assert datetime.now(UTC) - began >= timedelta(seconds=0.2)


@pytest.mark.parametrize(("verb", "unknown"), [("get", False), ("put", True), ("post", True)])
def test_slowness_is_borne_for_a_while(run, woo, asking, verb, unknown) -> None:
    woo.fails("", hangs=True)
    client = asking(patience=Patience(seconds=0.3))
    path = "/products" if verb != "put" else "/products/1"

    with pytest.raises(WooCommerceSyncFailed, match=r"no answer in 0\.3 s") as failed:
        run(client.get(path) if verb == "get" else getattr(client, verb)(path, BODY))

    assert isinstance(failed.value, OutcomeUnknown) is unknown


def test_a_request_that_never_arrived_did_nothing(run, asking) -> None:
    client = asking("http://127.0.0.1:1")

    with pytest.raises(WooCommerceSyncFailed) as failed:
        run(client.post("/products", BODY))

    assert not isinstance(failed.value, OutcomeUnknown)


@pytest.mark.parametrize("excess", [0, 1])
def test_no_more_is_read_than_there_is_room_for(run, woo, asking, excess) -> None:
    woo.fails("GET", 200, b" " * (MAX_ANSWER + excess))
    client = asking(patience=Patience(seconds=10))

    if excess:
        with pytest.raises(WooCommerceSyncFailed, match="larger than"):
            run(client.get("/products"))
    else:
        assert len(run(client.get("/products")).raw) == MAX_ANSWER


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_told_and_not_followed(run, woo, ask, status) -> None:
    with WooStore() as elsewhere:
        woo.fails("GET", status, headers={"Location": f"{elsewhere.url}/products"})

        with pytest.raises(WooCommerceSyncFailed, match="set WOOCOMMERCE_URL"):
            run(ask.get("/products"))

    assert elsewhere.asked == []


def test_a_taken_sku_is_a_conflict_of_its_own(run, woo, ask) -> None:
    run(ask.post("/products", BODY | {"sku": "MUG"}))

    with pytest.raises(WooCommerceSkuTaken) as taken:
        run(ask.post("/products", BODY | {"sku": "MUG"}))

    assert taken.value.details["woocommerce_product_id"] == 10


def test_the_store_is_never_waited_for_inside_a_transaction(run, ask) -> None:
    async def inside() -> None:
        in_transaction.set(True)
        await ask.get("/products")

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run(inside())


def test_many_may_ask_at_once(run, woo, ask) -> None:
    async def everybody() -> None:
        await asyncio.gather(*(ask.get("/products") for _ in range(30)))

    run(everybody())

    assert len(woo.asked) == 30
