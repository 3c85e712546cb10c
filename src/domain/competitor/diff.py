"""What is different about a store: what is known of it, beside what is seen of it now."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from common.ids import new_id
from common.money import Money
from domain.competitor.changes import Change, ChangeKind
from domain.competitor.known import KnownProduct, first_seen_as
from domain.competitor.reading import Sighting


@dataclass(slots=True)
class Difference:
    """What has to be written down, and what there is to tell."""

    scan_number: int
    new: list[KnownProduct] = field(default_factory=list)
    changed: list[KnownProduct] = field(default_factory=list)
    """Those of which something is to be written down anew."""
    unchanged: list[str] = field(default_factory=list)
    """The ids of those of which there is nothing to say but that they were seen."""
    prices: list[tuple[str, Money]] = field(default_factory=list)
    """Points for price histories, by the id of the product."""
    changes: list[Change] = field(default_factory=list)
    turned_away: set[str] = field(default_factory=set)
    """The keys of those that the plan has no room for."""
    passed_over: set[str] = field(default_factory=set)
    """The keys of those that are shown once more, and not as they were the first time."""
    price_changes: int = 0
    reappeared: int = 0

    @property
    def seen(self) -> int:
        return len(self.new) + len(self.changed) + len(self.unchanged)


def compare(
    known: Iterable[KnownProduct],
    sightings: Sequence[Sighting],
    *,
    scan_number: int,
    unchanged_keys: Iterable[str] = (),
    room: int | None = None,
    make_id: Callable[[], str] = new_id,
) -> Difference:
    """Compare a stretch of a store with what is known of the products on it.

    ``known`` has to have all products with a key or an address of the ``sightings``, or one of the
    ``unchanged_keys``: those of pages that are as they were. ``room`` is for how many products
    more the owner's plan has places, if it counts them; one that re-appears needs a place too.

    A product counts once a scan, however often it is shown: ``seen_in`` tells.
    """
    comparison = _Comparison(known, scan_number, room, make_id)
    for sighting in sorted(sightings, key=lambda each: not comparison.knows(each.key)):
        comparison.see(sighting)
    for key in unchanged_keys:
        comparison.see_unchanged(key)
    return comparison.difference


def gone(products: Iterable[KnownProduct]) -> list[Change]:
    """Tell of products that the store has no more; of what could not be had that is no news."""
    return [
        Change(ChangeKind.GONE, each.id, each.title, each.url, before=each.price, after=each.price)
        for each in products
        if each.can_be_had
    ]


class _Comparison:
    def __init__(
        self,
        known: Iterable[KnownProduct],
        scan_number: int,
        room: int | None,
        make_id: Callable[[], str],
    ) -> None:
        self._number, self._room, self._make_id = scan_number, room, make_id
        self._by_key: dict[str, KnownProduct] = {}
        self._at: dict[str, dict[str, KnownProduct]] = defaultdict(dict)
        """By address and id; the likeliest first."""
        for each in sorted(known, key=lambda one: (not one.is_active, -one.seen_in, one.id)):
            self._remember(each)
        self.difference = Difference(scan_number)

    def knows(self, key: str) -> bool:
        return key in self._by_key

    def see(self, sighting: Sighting) -> None:
        before = self._match(sighting)
        if before is None:
            self._meet(sighting)
        else:
            self._see_again(before, before.seen_as(sighting, self._number))

    def see_unchanged(self, key: str) -> None:
        """See what an unchanged page has; by its address, if the store had no ids then."""
        if before := self._by_key.get(key) or next(iter(self._at[key].values()), None):
            self._see_again(before, before.seen_unchanged(self._number))

    def _match(self, sighting: Sighting) -> KnownProduct | None:
        """Find the product by its key, or at its address.

        At one address there may be several, if the platform gives each an id.
        """
        if known := self._by_key.get(sighting.key):
            return known
        for each in self._at[sighting.url].values():
            has_no_id = sighting.platform_id is None or each.key == each.url
            if each.seen_in < self._number or has_no_id:
                return each
        return None

    def _meet(self, sighting: Sighting) -> None:
        if not self._find_room(sighting.key):
            return
        product = first_seen_as(sighting, self._make_id(), self._number)
        self._remember(product)
        self.difference.new.append(product)
        if product.price:
            self.difference.prices.append((product.id, product.price))
        self._tell(ChangeKind.NEW, product, None, product.price)

    def _see_again(self, before: KnownProduct, after: KnownProduct) -> None:
        if before.seen_in >= self._number:
            if after != before:
                self.difference.passed_over.add(after.key)
            return
        if not before.is_active:
            if not self._find_room(after.key):
                return
            self.difference.reappeared += 1
        self._forget(before)
        self._remember(after)
        if after == before._replace(seen_in=self._number):
            self.difference.unchanged.append(after.id)
            return
        self.difference.changed.append(after)
        if after.can_be_had != before.can_be_had:
            kind = ChangeKind.BACK if after.can_be_had else ChangeKind.GONE
            self._tell(kind, after, before.price, after.price)
        if after.price and after.price != before.price:
            self._reprice(after, before.price, after.price)

    def _reprice(self, product: KnownProduct, before: Money | None, after: Money) -> None:
        self.difference.prices.append((product.id, after))
        if before:
            self.difference.price_changes += 1
            self._tell(ChangeKind.PRICE, product, before, after)

    def _find_room(self, key: str) -> bool:
        """Take a place of the owner's plan, if there is one left."""
        if self._room is None:
            return True
        if self._room <= 0:
            self.difference.turned_away.add(key)
            return False
        self._room -= 1
        return True

    def _tell(
        self, kind: ChangeKind, product: KnownProduct, before: Money | None, after: Money | None
    ) -> None:
        self.difference.changes.append(
            Change(kind, product.id, product.title, product.url, before, after)
        )

    def _remember(self, product: KnownProduct) -> None:
        self._by_key[product.key] = product
        self._at[product.url][product.id] = product

    def _forget(self, product: KnownProduct) -> None:
        self._by_key.pop(product.key, None)
        self._at[product.url].pop(product.id, None)
