from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.woocommerce.errors import StockNotManaged
from domain.woocommerce.models import VariantLink
from domain.woocommerce.stock import Direction, OurStock, Side, plan
from domain.woocommerce.store import StoreStock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)

stocks = st.integers(min_value=0, max_value=1000)


def ours(quantity: int, *, agreed: int | None = 10, sold: int = 0, told: int = 0) -> OurStock:
    return OurStock(
        variant_id="v",
        quantity=quantity,
        changed_at=NOON,
        ordered=sold,
        told=told,
        agreed=agreed,
    )


def store(quantity: int | None, at: datetime | None = NOON + A_MINUTE) -> StoreStock:
    return StoreStock(quantity, at)


@pytest.mark.parametrize(
    ("here", "there", "level"),
    [
        (ours(10), 10, 10),
        (ours(4), 10, 4),
        (ours(10), 7, 7),
        (ours(8, sold=2), 10, 8),
        (ours(8, sold=2), 7, 5),
        (ours(8, sold=2, told=2, agreed=8), 8, 8),
        (ours(8, sold=2, told=2, agreed=8), 7, 7),
        (ours(8, sold=2, told=4, agreed=6), 6, 8),
        (ours(8, sold=2, told=4, agreed=6), 5, 7),
        (ours(0, sold=10), 7, 0),
        (ours(5, agreed=None), 5, 5),
    ],
)
def test_what_moved_on_one_side_only_is_no_conflict(here, there, level) -> None:
    decided = plan(Direction.BOTH, here, store(there))

    assert decided.level == level
    assert decided.push is (there != level)
    assert decided.conflict is None


@pytest.mark.parametrize(
    ("changed_at", "winner", "level"),
    [
        (NOON + A_MINUTE, Side.STORE, 7),
        (NOON, Side.OURS, 4),
        (NOON - A_MINUTE, Side.OURS, 4),
        (None, Side.OURS, 4),
    ],
)
def test_of_two_changes_the_later_one_wins(changed_at, winner, level) -> None:
    decided = plan(Direction.BOTH, ours(4), store(7, changed_at))

    assert decided.level == level
    assert decided.conflict is not None
    assert decided.conflict.winner is winner


def test_stocks_that_never_agreed_conflict_if_they_differ() -> None:
    decided = plan(Direction.BOTH, ours(4, agreed=None), store(7))

    assert decided.conflict is not None
    assert decided.conflict.agreed is None


@pytest.mark.parametrize("direction", [Direction.TO_STORE, Direction.BOTH])
def test_a_stock_that_is_not_counted_there_is_set(direction) -> None:
    assert plan(direction, ours(4), store(None)).push is True


def test_a_stock_that_is_not_counted_there_cannot_become_ours() -> None:
    with pytest.raises(StockNotManaged):
        plan(Direction.FROM_STORE, ours(4), store(None))


@given(stock=stocks, held=stocks, sold_there=stocks)
def test_what_is_held_here_and_sold_there_is_never_for_sale(stock, held, sold_there) -> None:
    held, sold_there = min(held, stock), min(sold_there, stock)
    here, there = ours(stock - held, agreed=stock, sold=held), store(stock - sold_there)

    for direction in (Direction.BOTH, Direction.FROM_STORE):
        assert plan(direction, here, there).level == max(stock - held - sold_there, 0)


@given(st.lists(st.sampled_from(["sell here", "place", "sell there", "sync", "tell"]), max_size=30))
def test_sales_are_counted_once_whichever_way_they_are_heard_of(steps) -> None:
    here, there, ordered, unplaced, left = 100, 100, 0, 0, 100
    link = VariantLink(variant_id="v", agreed_stock=100)
    for step in steps:
        match step:
            case "sell here":
                here, ordered, unplaced, left = here - 1, ordered + 1, unplaced + 1, left - 1
            case "sell there":
                there, left = there - 1, left - 1
            case "place" if unplaced:
                unplaced, there = unplaced - 1, there - 1
                link.reduced(1, NOON)
            case "sync" | "tell":
                agreed, told = link.settled(there)
                seen = ours(here, agreed=agreed, sold=ordered, told=told)
                direction = Direction.BOTH if step == "sync" else Direction.FROM_STORE
                decided = plan(direction, seen, store(there))
                assert decided.conflict is None
                here = decided.level
                there = here if decided.push else there
                link.agree(there, ordered if step == "sync" else told, NOON)

    decided = plan(
        Direction.BOTH,
        ours(here, agreed=link.agreed_stock, sold=ordered, told=link.told),
        store(there),
    )
    assert decided.level == left
