"""The adapter, against the store: pages, shapes that vary, and batches."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from common.clock import utc_now
from common.money import Money
from domain.woocommerce.errors import OutcomeUnknown, WooCommerceSkuTaken, WooCommerceSyncFailed
from domain.woocommerce.store import (
    Customer,
    Kind,
    OrderDraft,
    OrderLine,
    Place,
    StoreStock,
    VariationDraft,
)
from infrastructure.woocommerce.store import WooStore


@pytest.fixture
def store(ask) -> WooStore:
    return WooStore(ask)


def variation(number: int, **more) -> VariationDraft:
    draft = {
        "variant_id": f"v{number}",
        "id": None,
        "sku": f"S{number}",
        "price": Money(1000, "USD"),
        "stock": number,
        "picture": None,
        "metadata": {},
        "choices": {"Option": str(number)},
    }
    return VariationDraft(**draft | more)


def order(order_id: str = "ours", **more) -> OrderDraft:
    draft = {
        "order_id": order_id,
        "order_number": "PG-1",
        "currency": "USD",
        "customer": Customer("ada@example.com"),
        "address": {},
        "lines": (OrderLine("Mug", 1, Money(999, "USD"), None, "MUG"),),
        "shipping": Money(0, "USD"),
        "fees": {},
        "transaction_id": None,
    }
    return OrderDraft(**draft | more)


def test_a_list_of_several_pages_is_read_to_its_end(run, woo, store) -> None:
    parent = woo.shelves.create({"type": "variable"})
    for number in range(250):
        woo.shelves.create({"sku": f"S{number}"}, parent["id"])

    found = run(store.variations(parent["id"]))

    assert len({each.id for each in found}) == 250
    assert [each.params["page"] for each in woo.requests("GET")] == ["1", "2", "3"]


def test_a_list_without_an_end_is_given_up(run, woo, store) -> None:
    woo.fails("GET", 200, b"[]", headers={"X-WP-TotalPages": "1000000"}, times=999)

    with pytest.raises(WooCommerceSyncFailed, match="more than 50 pages"):
        run(store.variations(1))


def test_variations_come_back_in_the_order_given(run, woo, store) -> None:
    parent = woo.shelves.create({"type": "variable"})
    known = woo.shelves.create({"sku": "S7"}, parent["id"])
    drafts = [variation(number, id=known["id"] if number == 7 else None) for number in range(60)]

    saved = run(store.save_variations(parent["id"], drafts))

    assert [each.sku for each in saved] == [f"S{number}" for number in range(60)]
    assert saved[7].id == known["id"]


def test_one_failure_in_a_batch_fails_it(run, woo, store) -> None:
    parent = woo.shelves.create({"type": "variable"})
    woo.shelves.create({"sku": "S1"})

    with pytest.raises(WooCommerceSkuTaken):
        run(store.save_variations(parent["id"], [variation(0), variation(1)]))


def test_a_batch_answered_by_halves_is_not_believed(run, woo, store) -> None:
    parent = woo.shelves.create({"type": "variable"})
    woo.fails("POST", 200, b'{"create": []}')

    with pytest.raises(OutcomeUnknown):
        run(store.save_variations(parent["id"], [variation(0)]))


def test_a_sku_is_matched_exactly(run, woo, store) -> None:
    for sku in ("A", "A,B", "B"):
        woo.shelves.create({"sku": sku})

    assert [each.sku for each in run(store.products_of_sku("A,B"))] == ["A,B"]


def test_a_variation_knows_its_product_and_whose_it_is(run, woo, store) -> None:
    parent = woo.shelves.create({"type": "variable"})
    meta = [{"key": "peregrine_variant_id", "value": "v1"}]
    there = woo.shelves.create({"sku": "S", "meta_data": meta}, parent["id"])

    (found,) = run(store.products_of_sku("S"))
    (listed,) = run(store.variations(parent["id"]))

    assert (found.id, found.kind, found.parent_id) == (there["id"], Kind.VARIATION, parent["id"])
    assert listed.owner == "v1"


@pytest.mark.parametrize(
    ("quantity", "manages", "read"),
    [
        (5, True, 5),
        ("5", True, 5),
        (2.7, True, 2),
        (-1, True, -1),
        (-0.5, True, -1),
        (1e300, True, 10**12),
        (None, True, None),
        (5, False, None),
        (5, "parent", None),
    ],
)
def test_stock_is_read_in_whole_pieces_where_it_is_counted(
    run, woo, store, quantity, manages, read
) -> None:
    thing = woo.shelves.create({})
    changed = {"stock_quantity": quantity, "manage_stock": manages}
    thing.update(changed | {"date_modified_gmt": "2026-11-21T22:31:05"})

    stock = run(store.stock(Place(thing["id"], None)))

    assert stock == StoreStock(read, datetime(2026, 11, 21, 22, 31, 5, tzinfo=UTC))


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_moment_that_cannot_be_read_is_none(run, woo, store, date) -> None:
    thing = woo.shelves.create({"manage_stock": True, "stock_quantity": 1})
    thing["date_modified_gmt"] = date

    assert run(store.stock(Place(thing["id"], None))) == StoreStock(1, None)


def test_what_is_not_there_is_none_but_a_wrong_address_is_a_failure(run, woo, store) -> None:
    assert run(store.product(404)) is None
    assert run(store.stock(Place(404, None))) is None
    assert run(store.stock(Place(404, 405))) is None
    woo.fails("GET", 404, b'{"code": "rest_no_route", "message": "No route was found."}')

    with pytest.raises(WooCommerceSyncFailed, match="No route"):
        run(store.product(404))


def test_what_is_there_is_told_of_products_and_variations(run, woo, store) -> None:
    simple = woo.shelves.create({})
    parent = woo.shelves.create({"type": "variable"})
    child = woo.shelves.create({}, parent["id"])
    trashed = woo.shelves.create({})
    woo.shelves.delete(trashed["id"], force=False)
    there = {Place(simple["id"], None), Place(parent["id"], child["id"])}
    gone = {Place(trashed["id"], None), Place(parent["id"], 999), Place(999, None)}

    assert run(store.known([*there, *gone])) == there


@pytest.mark.parametrize("email", ["ada@example.com", None])
def test_our_order_is_found_among_others(run, woo, store, email) -> None:
    placed = [run(store.place_order(order(f"order {number}"))) for number in range(130)]

    found = run(store.find_order("order 3", utc_now() - timedelta(days=1), email))

    assert found == placed[3]
    assert run(store.find_order("order 999", utc_now() - timedelta(days=1), email)) is None
    assert run(store.find_order("order 3", utc_now() + timedelta(days=1), email)) is None


@pytest.mark.parametrize(
    ("currency", "amount", "written"), [("USD", 1, "0.01"), ("JPY", 44, "44"), ("KWD", 5, "0.005")]
)
def test_sums_of_an_order_are_written_exactly(run, woo, store, currency, amount, written) -> None:
    sum_ = Money(amount, currency)
    line = OrderLine("Mug", 1, sum_, None, "MUG")

    run(
        store.place_order(
            order(currency=currency, lines=(line,), shipping=sum_, fees={"Tax": sum_})
        )
    )

    (there,) = woo.till.orders.values()
    for part in ("line_items", "shipping_lines", "fee_lines"):
        assert [each["total"] for each in there[part]] == [written]


@pytest.mark.parametrize(
    "lie",
    [
        {"id": 2**63},
        {"total": "1e999999"},
        {"total": "NaN"},
        {"total": 9.99},
        {"status": "a\0b"},
        {"currency": "x" * 101},
        {"number": "\0"},
    ],
)
def test_an_order_that_cannot_be_kept_may_have_been_placed(run, woo, store, lie) -> None:
    placed = {"id": 7, "status": "processing", "total": "9.99", "currency": "USD"}
    woo.fails("POST", 201, json.dumps(placed | lie).encode())

    with pytest.raises(OutcomeUnknown):
        run(store.place_order(order()))


@pytest.mark.parametrize("taken", ["2", 2, "²", "-1", "9" * 5000, None, [], "two"])
def test_what_an_order_took_from_stock_is_a_count_or_nothing(run, woo, store, taken) -> None:
    line = {"product_id": 5, "meta_data": [{"key": "_reduced_stock", "value": taken}]}
    placed = {"id": 7, "status": "processing", "total": "1", "currency": "USD"}
    woo.fails("POST", 201, json.dumps(placed | {"line_items": [line]}).encode())

    shown = run(store.place_order(order()))

    assert shown.reduced == ({Place(5, None): 2} if taken in ("2", 2) else {})


@pytest.mark.parametrize("pages", ["inf", "nan", "-1", "1e9", "²", ""])
def test_a_number_of_pages_that_is_none_is_one(run, woo, store, pages) -> None:
    woo.fails("GET", 200, b"[]", headers={"X-WP-TotalPages": pages.encode().decode("latin-1")})

    assert run(store.variations(1)) == []


def test_nothing_that_is_unknown_is_sent(run, woo, store) -> None:
    run(store.place_order(order(customer=Customer(""))))

    (body,) = (each.body for each in woo.requests("POST /orders"))
    assert body["billing"] == {}
    assert not {"transaction_id", "shipping_lines"} & set(body)
