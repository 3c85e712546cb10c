"""schema.org's offers: what a product costs, and whether it can be had."""

from collections.abc import Iterator
from typing import Any

from common.money import Money
from infrastructure.scanner.facts import Offer
from infrastructure.scanner.graph import Graph, Node, is_a, last_word, listed
from infrastructure.scanner.prices import currency_of, price_of

_NOT_TO_BE_HAD = frozenset({"outofstock", "soldout", "discontinued", "reserved"})
_NOT_WHAT_IT_COSTS = frozenset(
    {"listprice", "strikethroughprice", "msrp", "srp", "regularprice", "invoiceprice",
     "minimumadvertisedprice"}
)  # fmt: skip
_FOR_SOME_ONLY = ("priceComponentType", "validForMemberTier", "membershipPointsEarned")
_OF_SOMETHING_ELSE = ("DeliveryChargeSpecification", "PaymentChargeSpecification")
_MOST = 2000
_MOST_PRICES = 100
_MOST_WORDS = 10


def offers_of(node: Node, graph: Graph, currency: str | None) -> Iterator[Offer]:
    """List the offers of a product, those inside of an aggregate too."""
    for each in listed(graph.follow(node.get("offers")))[:_MOST]:
        offer = graph.follow(each)
        if isinstance(offer, dict):
            yield from _offers(offer, graph, currency_of(offer.get("priceCurrency")) or currency)


def _offers(offer: Node, graph: Graph, currency: str | None) -> Iterator[Offer]:
    if not is_a(offer, "AggregateOffer") and "lowPrice" not in offer:
        yield _offer(offer, graph, currency)
        return
    inner = [graph.follow(each) for each in listed(graph.follow(offer.get("offers")))[:_MOST]]
    parts = [_offer(each, graph, currency) for each in inner if isinstance(each, dict)]
    if any(each.price for each in parts):
        yield from parts
        return
    price = price_of(offer.get("lowPrice"), currency) or _price(offer, graph, currency)
    told = _is_available(offer)
    if told is None:
        told = any(each.is_available for each in parts) if parts else True
    yield Offer(price, told)


def _offer(offer: Node, graph: Graph, currency: str | None) -> Offer:
    currency = currency_of(offer.get("priceCurrency")) or currency
    return Offer(_price(offer, graph, currency), _is_available(offer) is not False)


def _price(offer: Node, graph: Graph, currency: str | None) -> Money | None:
    """Read what it costs now: the price itself, or the lowest that is for everybody."""
    if price := price_of(offer.get("price"), currency):
        return price
    specified = [
        graph.follow(each)
        for each in listed(graph.follow(offer.get("priceSpecification")))[:_MOST_PRICES]
    ]
    found = [_specified(each, currency) for each in specified if isinstance(each, dict)]
    return min(filter(None, found), key=lambda each: each.amount, default=None)


def _specified(specification: Node, currency: str | None) -> Money | None:
    kinds = {last_word(each) for each in listed(specification.get("priceType"))[:_MOST_WORDS]}
    if kinds & _NOT_WHAT_IT_COSTS or any(name in specification for name in _FOR_SOME_ONLY):
        return None
    if is_a(specification, *_OF_SOMETHING_ELSE) or _is_of_a_measure(specification):
        return None
    currency = currency_of(specification.get("priceCurrency")) or currency
    told = specification.get("price") or specification.get("minPrice")
    return price_of(told, currency)


def _is_of_a_measure(specification: Node) -> bool:
    """Tell whether a price is of a litre or kilogram only, or of many pieces."""
    reference = specification.get("referenceQuantity")
    if isinstance(reference, dict) and "valueReference" not in reference:
        return True
    eligible = specification.get("eligibleQuantity")
    return isinstance(eligible, dict) and str(eligible.get("minValue", 1)) not in ("0", "1")


def _is_available(offer: Node) -> bool | None:
    """Tell whether it can be had, ordered ahead included; unless nothing is told."""
    told: Any = offer.get("availability")
    words = [last_word(each) for each in listed(told)[:1]]
    return words[0] not in _NOT_TO_BE_HAD if words and words[0] else None
