"""Any store, scanned again and again: what is written down is what a simple model says."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import batched, count
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from support.sightings import sighting

from common.money import Money
from domain.competitor.diff import Difference, compare, gone
from domain.competitor.known import KnownProduct
from domain.competitor.reading import Sighting

NAMES = ["mug", "cup", "pot", "pan", "jug"]
PRICES = st.none() | st.builds(Money, st.integers(0, 3), st.sampled_from(["USD", "EUR"]))
ON_SALE = st.dictionaries(st.sampled_from(NAMES), st.tuples(PRICES, st.booleans()))
PAGE_SIZES = st.integers(1, 6)
REPEATED = st.lists(st.sampled_from(NAMES), max_size=4)
"""Products that the store shows a second time."""
BY_ID = st.booleans()
"""Whether the store tells its ids: it may move to another platform and back."""
SCANS = st.lists(st.tuples(ON_SALE, PAGE_SIZES, REPEATED, BY_ID), max_size=6)


class Counts(NamedTuple):
    seen: int = 0
    new: int = 0
    removed: int = 0
    price_changes: int = 0
    reappeared: int = 0


class Books:
    """What scans write down, by the differences they find."""

    def __init__(self) -> None:
        self.products: dict[str, KnownProduct] = {}
        self.history: dict[str, list[Money]] = defaultdict(list)
        self.news: list[tuple[str, str]] = []
        self._ids = count(1)

    def scan(self, number: int, sightings: Sequence[Sighting], page_size: int) -> Counts:
        found = [
            self._write_down(
                compare(self._known(page), page, scan_number=number, make_id=self._make_id)
            )
            for page in batched(sightings, page_size, strict=False)
        ]
        missing = [
            each for each in self.products.values() if each.is_active and each.seen_in < number
        ]
        for each in missing:
            self.products[each.id] = each._replace(is_active=False)
        self.news += [(change.kind, change.url) for change in gone(missing)]
        return Counts(
            seen=sum(each.seen for each in found),
            new=sum(len(each.new) for each in found),
            removed=len(missing),
            price_changes=sum(each.price_changes for each in found),
            reappeared=sum(each.reappeared for each in found),
        )

    def _make_id(self) -> str:
        return str(next(self._ids))

    def _known(self, page: Sequence[Sighting]) -> list[KnownProduct]:
        keys, urls = {each.key for each in page}, {each.url for each in page}
        return [each for each in self.products.values() if each.key in keys or each.url in urls]

    def _write_down(self, difference: Difference) -> Difference:
        for each in difference.new + difference.changed:
            self.products[each.id] = each
        for product_id in difference.unchanged:
            seen = self.products[product_id]._replace(seen_in=difference.scan_number)
            self.products[product_id] = seen
        for product_id, price in difference.prices:
            self.history[product_id].append(price)
        self.news += [(change.kind, change.url) for change in difference.changes]
        return difference


class Model:
    """The same, for a store that is seen all at once."""

    def __init__(self) -> None:
        self.history: dict[str, list[Money]] = {}
        self.in_stock: dict[str, bool] = {}
        self.active: set[str] = set()
        self.news: list[tuple[str, str]] = []

    def scan(self, on_sale: dict[str, tuple[Money | None, bool]]) -> Counts:
        known, active = set(self.history), set(self.active)
        price_changes = 0
        for name, (price, in_stock) in on_sale.items():
            history = self.history.setdefault(name, [])
            had = name in active and self.in_stock[name]
            if name not in known:
                self._tell("new", name)
            elif had != in_stock:
                self._tell("back" if in_stock else "gone", name)
            if price and history[-1:] != [price]:
                if history:
                    price_changes += 1
                    self._tell("price", name)
                history.append(price)
            self.in_stock[name] = in_stock
        for name in active - set(on_sale):
            if self.in_stock[name]:
                self._tell("gone", name)
        self.active = set(on_sale)
        return Counts(
            seen=len(on_sale),
            new=len(set(on_sale) - known),
            removed=len(active - set(on_sale)),
            price_changes=price_changes,
            reappeared=len(set(on_sale) & known - active),
        )

    def _tell(self, kind: str, name: str) -> None:
        self.news.append((kind, sighting(name).url))


@given(SCANS)
def test_scans_write_down_what_a_simple_model_does(scans) -> None:
    books, model = Books(), Model()

    for number, (on_sale, page_size, repeated, by_id) in enumerate(scans, start=1):
        told = {} if by_id else {"platform_id": None}
        shown = [
            sighting(name, price=on_sale[name][0], in_stock=on_sale[name][1], **told)
            for name in [*on_sale, *repeated]
            if name in on_sale
        ]

        assert books.scan(number, shown, page_size) == model.scan(on_sale)

    products = {sighting(name).url: name for name in NAMES}
    kept = {products[each.url]: each for each in books.products.values()}
    assert len(kept) == len(books.products)
    assert {name: books.history[each.id] for name, each in kept.items()} == model.history
    assert {name for name, each in kept.items() if each.is_active} == model.active
    assert {name: each.in_stock for name, each in kept.items()} == model.in_stock
    assert sorted(books.news) == sorted(model.news)
