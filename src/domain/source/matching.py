"""Whether what a supplier offers is the same thing as what a competitor sells."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heapreplace
from itertools import chain
from typing import NamedTuple

from domain.source.gtin import normal_gtin
from domain.source.titles import Profile, contradict, joined, profile_of, words_of

type Likeness = Callable[[str, str], float]
"""``likeness(words, words)``: how alike two titles are, from 0 to 1, in whatever order."""

LEAST = 60
"""From which confidence on an offer counts as a source, in hundredths."""
MOST_SOURCES = 20
_BY_GTIN = 99
_BY_SKU_AND_BRAND = 95
_BY_SKU = 80
_MOST_BY_TITLE = 94
_MOST_BY_FEW_WORDS = 75
_MOST_BY_OTHER_GTIN = 70
_OTHER_BRAND = -45
_SHORTEST_SKU = 4
_FEW_WORDS = 2
_MOST_COMPARED = 5000
"""With so many offers at most a product is compared in depth: a guard against catalogues in which
everything is called the same."""


def normal_sku(text: str | None) -> str | None:
    """Write an SKU as its letters and digits; nothing, where that is too short to tell a thing."""
    plain = "".join(each for each in (text or "") if each.isalnum()).upper()
    return plain if len(plain) >= _SHORTEST_SKU else None


class Offered(NamedTuple):
    """What there is to know of an offer for telling what it is."""

    id: str
    words: str
    brand: str | None
    gtin: str | None
    sku: str | None


class Match(NamedTuple):
    """An offer that may be the same as a product."""

    confidence: int
    """In hundredths."""
    offer_id: str


class Wanted:
    """A product that sources are looked for, prepared for many comparisons."""

    def __init__(
        self, product_id: str, title: str, brand: str | None, gtin: str | None, sku: str | None
    ) -> None:
        self.id = product_id
        self.words = words_of(title)
        self.brand = words_of(brand or "")
        self.gtin = normal_gtin(gtin)
        self.sku = normal_sku(sku)

    def confidence(self, offer: Offered, likeness: Likeness) -> int:
        """Tell in hundredths how sure it is that an offer is the same thing."""
        if self.gtin and self.gtin == offer.gtin:
            return _BY_GTIN
        words = offer.words.split()
        brand = words_of(offer.brand or "")
        agreement = _agreement((self.words, self.brand), (words, brand), likeness)
        found = self._by_title(words, brand, agreement, likeness)
        if self.sku and self.sku == offer.sku:
            if agreement > 0:
                found = max(found, _BY_SKU_AND_BRAND)
            elif agreement > _OTHER_BRAND and likeness(" ".join(self.words), " ".join(words)) > 0.4:
                found = max(found, _BY_SKU)
        differs = self.gtin and offer.gtin
        return min(found, _MOST_BY_OTHER_GTIN) if differs else found

    def _by_title(
        self, words: list[str], brand: list[str], agreement: int, likeness: Likeness
    ) -> int:
        ours, theirs = joined(self.words, set(words)), joined(words, set(self.words))
        one, other = profile_of(ours), profile_of(theirs)
        if contradict(one, other):
            return 0
        brands = {*self.brand, *brand}
        ours = [word for word in ours if word not in brands] or ours
        theirs = [word for word in theirs if word not in brands] or theirs
        found = round(100 * likeness(" ".join(ours), " ".join(theirs)))
        found += agreement - _differences(one, other)
        if any(_is_model(each) for each in one.models & other.models):
            found += 12
        else:
            found -= _rivalry(set(ours), set(theirs), likeness)
            if len(set(ours) & set(theirs)) < _FEW_WORDS:
                found = min(found, _MOST_BY_FEW_WORDS)
        return max(0, min(found, _MOST_BY_TITLE))


def _agreement(
    ours: tuple[Sequence[str], Sequence[str]],
    theirs: tuple[Sequence[str], Sequence[str]],
    likeness: Likeness,
) -> int:
    """Tell in hundredths what the brands say for it, or below 0 against it."""
    (our_words, our_brand), (their_words, their_brand) = ours, theirs
    if our_brand and their_brand:
        within = set(our_brand) <= set(their_brand) or set(their_brand) <= set(our_brand)
        if within or likeness(" ".join(our_brand), " ".join(their_brand)) > 0.85:
            return 5
        return _OTHER_BRAND
    if our_brand:
        return 4 if set(our_brand) <= set(their_words) else -10
    if their_brand:
        return 4 if set(their_brand) <= set(our_words) else -10
    return 0


def _differences(one: Profile, other: Profile) -> int:
    """Count in hundredths what only one of two titles says, and what they say differently."""
    found = 0
    if bool(one.models) != bool(other.models):
        found += 20
    elif one.models != other.models:
        found += 4
    if one.sizes.keys() != other.sizes.keys():
        found += 5
    if one.colours and other.colours and not one.colours & other.colours:
        found += 30
    return found


def _rivalry(ours: set[str], theirs: set[str], likeness: Likeness) -> int:
    """Count in hundredths that each title has words in the place of some of the other's."""
    instead = " ".join(sorted(ours - theirs)), " ".join(sorted(theirs - ours))
    return 20 if all(instead) and likeness(*instead) < 0.6 else 0


def _is_model(word: str) -> bool:
    """Tell whether a word is the kind of number that a maker gives to one thing only."""
    return len(word) >= 3 and not word.isdigit() and any(each.isalpha() for each in word)


@dataclass(slots=True)
class _Best:
    """The best matches of a product so far."""

    matches: list[Match] = field(default_factory=list)
    compared: int = 0

    def take(self, match: Match) -> None:
        if match.confidence < LEAST or any(match.offer_id == each[1] for each in self.matches):
            return
        if len(self.matches) < MOST_SOURCES:
            heappush(self.matches, match)
        elif match > self.matches[0]:
            heapreplace(self.matches, match)


class Matcher:
    """Holds a few products, and lets any number of offers pass by."""

    def __init__(self, products: Iterable[Wanted], likeness: Likeness) -> None:
        self._products = list(products)
        self._likeness = likeness
        self._best = [_Best() for _ in self._products]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_number: dict[str, list[int]] = defaultdict(list)
        for place, product in enumerate(self._products):
            for word in set(product.words):
                self._by_word[word].append(place)
            for number in filter(None, (product.gtin, product.sku)):
                self._by_number[number].append(place)

    @property
    def gtins(self) -> list[str]:
        return [each.gtin for each in self._products if each.gtin]

    @property
    def skus(self) -> list[str]:
        return [each.sku for each in self._products if each.sku]

    def meet(self, offers: Iterable[Offered]) -> None:
        """Compare offers whose GTIN or SKU is that of a product, whatever they are called."""
        for offer in offers:
            for number in filter(None, (offer.gtin, offer.sku)):
                for place in self._by_number.get(number, ()):
                    self._compare(place, offer)

    def pass_by(self, offers: Iterable[Offered]) -> None:
        """Compare offers with the products that share enough words with them."""
        for offer in offers:
            words = set(offer.words.split())
            met = [places for word in words if (places := self._by_word.get(word))]
            shared = Counter(chain.from_iterable(met)) if met else {}
            for place, count in shared.items():
                enough = min(len(words), len(self._products[place].words)) / 2
                best = self._best[place]
                if count >= enough and best.compared < _MOST_COMPARED:
                    best.compared += 1
                    self._compare(place, offer)

    def found(self) -> Iterator[tuple[str, list[Match]]]:
        """Tell each product's id, and its matches."""
        for product, best in zip(self._products, self._best, strict=True):
            yield product.id, sorted(best.matches, reverse=True)

    def _compare(self, place: int, offer: Offered) -> None:
        confidence = self._products[place].confidence(offer, self._likeness)
        self._best[place].take(Match(confidence, offer.id))
