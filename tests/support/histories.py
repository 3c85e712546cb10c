"""Stores that change at random, and a simple idea of what there is to tell of each scan."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from random import Random

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import (
    Cursor,
    Freshness,
    PageRead,
    Remember,
    Sighting,
    StoreUnreadable,
    Stretch,
)
from support.sightings import SHOP, sighting

type Pages = list[list[Sighting]]
type Event = tuple[str, str, int]
"""What kind of change, of which product, in which scan."""

_FEW = 20
_AMOUNTS = (0, 1, 899, 900, 901, 1000, 1111, 2000)


class HonestStore:
    """Shows pages that say by their ETags whether they are as they were."""

    def __init__(self) -> None:
        self.pages: Pages = []
        self.breaks_at: int | None = None

    async def read(
        self, url: str, platform: Platform, cursor: Cursor | None, remember: Remember
    ) -> Stretch:
        number = cursor["page"] if cursor else 0
        if number == self.breaks_at:
            raise StoreUnreadable(reason="it answered 503")
        address, shown = f"{SHOP}/pages/{number}", self.pages[number] if self.pages else []
        version = Freshness(etag=sha256(repr(shown).encode()).hexdigest())
        if await remember(address) == version:
            page = PageRead(address, freshness=version, unchanged=True)
        else:
            page = PageRead(address, tuple(shown), version if shown else Freshness())
        is_last = number + 1 >= len(self.pages)
        return Stretch(Platform.SHOPIFY, (page,), None if is_last else {"page": number + 1})


class Assortment:
    """What a store sells. It changes at random, and the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311
        self._on_sale = [self._thing(number) for number in range(self._random.choice((5, 25)))]
        self._gone: list[Sighting] = []
        self._size, self._again = 4, 0

    def next(self) -> tuple[Pages, int | None]:
        """Change, and tell what the pages show, and which of them breaks, if any."""
        chance = self._random
        for _ in range(chance.choice((0, 1, 6))):
            self._change()
        if chance.random() < 0.3:
            self._size, self._again = chance.choice((1, 4, 50)), chance.choice((0, 0, 3))
        some = chance.choice((1, 1, 1, 1, 1, 1, 3, 100))
        shown = self._on_sale[: len(self._on_sale) // some]
        pages = [shown[at : at + self._size] for at in range(0, len(shown), self._size)]
        if pages and self._again:  # a thing changes and moves on while it is scanned
            moved = shown[self._again % len(shown)]
            pages[-1] = [*pages[-1], replace(moved, price=Money(777, "USD"))]
        breaks = chance.random() < 0.15
        return pages, chance.randrange(max(1, len(pages))) if breaks else None

    def _change(self) -> None:
        chance, things = self._random, self._on_sale
        at = chance.randrange(len(things) + 1)
        kind = chance.choice(("add", "remove", "return", "price", "price", "stock", "move"))
        if kind == "add":
            things.insert(at, self._thing(len(things) + len(self._gone)))
        elif kind == "return" and self._gone:
            things.insert(at, self._gone.pop())
        elif kind == "remove" and len(things) > 1:
            self._gone.append(things.pop(at % len(things)))
        elif kind == "price":
            things[at % len(things)] = replace(things[at % len(things)], price=self._price())
        elif kind == "stock":
            thing = things[at % len(things)]
            things[at % len(things)] = replace(thing, in_stock=not thing.in_stock)
        elif kind == "move":
            thing = things[at % len(things)]
            things[at % len(things)] = replace(thing, url=f"{thing.url}-moved")

    def _thing(self, number: int) -> Sighting:
        name = f"thing-{number}"
        return sighting(name, price=self._price(), in_stock=self._random.random() < 0.8)

    def _price(self) -> Money | None:
        currency = self._random.choice(("USD", "USD", "USD", "JPY"))
        return self._random.choice((None, *(Money(each, currency) for each in _AMOUNTS)))


@dataclass
class Memory:
    """A product, as whoever only looks would remember it."""

    url: str
    in_stock: bool
    prices: list[Money] = field(default_factory=list)
    is_active: bool = True
    last_seen: int = 0


class Looker:
    """Looks at a store from time to time, and writes down what is different."""

    def __init__(self, threshold: int) -> None:
        self.products: dict[str, Memory] = {}
        self.events: list[Event] = []
        self._threshold, self._number, self._completed = threshold, 0, [0]

    def look(self, pages: Pages, breaks_at: int | None) -> tuple[str, Counter[str]]:
        """Tell how it ends, and how many of what there were."""
        self._number, counts = self._number + 1, Counter[str]()
        for shown in [each for page in pages[:breaks_at] for each in page]:
            self._see(shown, counts)
        if breaks_at is not None or not counts["seen"]:
            return "failed", counts
        for title in self._missing():
            product = self.products[title]
            product.is_active = False
            counts["removed"] += 1
            if product.in_stock:
                self._tell("out_of_stock", title)
        self._completed.append(self._number)
        return "completed", counts

    def _see(self, shown: Sighting, counts: Counter[str]) -> None:
        product = self.products.get(shown.title)
        if product is None:
            product = self.products[shown.title] = Memory(shown.url, shown.in_stock)
            product.prices += [shown.price] if shown.price else []
            counts["new"] += 1
            self._tell("new_product", shown.title)
        elif product.last_seen == self._number:
            return
        else:
            counts.update(self._differences(product, shown))
        product.url, product.in_stock, product.is_active = shown.url, shown.in_stock, True
        product.last_seen = self._number
        counts["seen"] += 1

    def _differences(self, product: Memory, shown: Sighting) -> Iterator[str]:
        if not product.is_active:
            yield "reappeared"
        if (product.is_active and product.in_stock) != shown.in_stock:
            self._tell("back_in_stock" if shown.in_stock else "out_of_stock", shown.title)
        before = product.prices[-1] if product.prices else None
        if shown.price and shown.price != before:
            product.prices.append(shown.price)
            if before:
                yield "price_changes"
                self._compare(before, shown.price, shown.title)

    def _compare(self, before: Money, after: Money, title: str) -> None:
        if before.currency != after.currency:
            return
        span = abs(after.amount - before.amount)
        if not before.amount or Fraction(100 * span, before.amount) >= self._threshold:
            self._tell("price_drop" if after.amount < before.amount else "price_increase", title)

    def _missing(self) -> list[str]:
        active = {title: each for title, each in self.products.items() if each.is_active}
        unseen = [title for title, each in active.items() if each.last_seen < self._number]
        if len(active) < _FEW or 2 * len(unseen) <= len(active):
            return unseen
        return [title for title in unseen if active[title].last_seen < self._completed[-1]]

    def _tell(self, kind: str, title: str) -> None:
        if kind != "new_product" or len(self._completed) > 1:  # at first, all is new
            self.events.append((kind, title, self._number))
