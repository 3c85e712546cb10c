from datetime import UTC, datetime, timedelta

import pytest

from domain.woocommerce.errors import WooCommerceBusy
from domain.woocommerce.models import (
    LEASE,
    MOST_FAILURES_IN_A_ROW,
    CatalogueSync,
    OrderLink,
    ProductLink,
    VariantLink,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FAILURE = {"product_id": "p", "error": "no", "message": "No."}


@pytest.mark.parametrize("link", [ProductLink(product_id="p"), OrderLink(order_id="o")])
def test_a_claim_keeps_others_out_until_it_is_given_up_or_runs_out(link) -> None:
    link.claim(NOON)
    with pytest.raises(WooCommerceBusy):
        link.claim(NOON + LEASE - timedelta(seconds=1))

    link.claim(NOON + LEASE)
    link.release(link.busy_until)
    link.claim(NOON + LEASE)


def test_a_claim_that_was_taken_over_can_neither_be_held_nor_given_up() -> None:
    link = OrderLink(order_id="o")
    link.claim(NOON)
    ours = link.busy_until
    link.claim(NOON + LEASE)
    theirs = link.busy_until

    with pytest.raises(WooCommerceBusy):
        link.renew(ours, NOON + LEASE)
    link.release(ours)

    assert link.busy_until == theirs
    link.renew(theirs, NOON + LEASE + LEASE)


def test_an_order_of_ours_takes_from_the_stock_that_was_agreed() -> None:
    link = VariantLink(variant_id="v", agreed_stock=10)

    link.reduced(3, NOON)

    assert (link.agreed_stock, link.told) == (7, 3)


@pytest.mark.parametrize(("minutes", "agreed"), [(-1, 10), (0, 7), (1, 7)])
def test_a_stock_set_after_the_order_accounts_for_it(minutes, agreed) -> None:
    link = VariantLink(variant_id="v", agreed_stock=10, pushed_at=NOON)

    link.reduced(3, NOON + timedelta(minutes=minutes))

    assert link.agreed_stock == agreed


def test_a_push_that_arrived_is_known_by_its_number() -> None:
    link = VariantLink(variant_id="v", agreed_stock=10, told=0)

    link.push(7, 3)

    assert link.settled(7) == (7, 3)
    assert link.settled(10) == (10, 0)
    link.agree(7, 3, NOON)
    assert link.settled(7) == (7, 3)
    assert link.pushing_stock is None


def test_a_link_to_another_product_remembers_nothing_of_the_first() -> None:
    link = ProductLink(product_id="p", woo_id=1, picture_url="u", picture_id=2)
    part = link.part("v", ordered=5)
    part.woo_id, part.agreed_stock = 3, 10

    link.stand_for(1)
    kept = (link.picture_id, part.woo_id, part.agreed_stock)
    link.stand_for(9)

    assert kept == (2, 3, 10)
    assert (link.woo_id, link.picture_id, part.woo_id, part.agreed_stock) == (9, None, None, None)


def test_what_orders_took_before_a_variant_was_linked_is_known_to_the_store() -> None:
    link = ProductLink(product_id="p")

    assert link.part("v", ordered=5).told == 5
    assert link.part("v", ordered=9).told == 5


def test_failures_in_a_row_end_a_run_and_a_success_begins_anew() -> None:
    sync = CatalogueSync(total=100)
    for number in range(MOST_FAILURES_IN_A_ROW - 1):
        sync.move(str(number), FAILURE, NOON)
    sync.move("good", None, NOON)
    for number in range(MOST_FAILURES_IN_A_ROW):
        assert sync.is_running
        sync.move(str(number), FAILURE, NOON)

    assert (sync.is_running, sync.done, sync.failed) == (False, 1, 19)
    assert sync.finished_at == NOON


def test_no_more_failures_are_told_than_anybody_reads() -> None:
    sync = CatalogueSync(total=1000)

    for number in range(300):
        sync.move(str(number), FAILURE, NOON)
        sync.move(str(number), None, NOON)

    assert (sync.failed, len(sync.failures)) == (300, 100)
