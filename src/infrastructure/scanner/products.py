"""The product that a page is about, out of its structured data."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from infrastructure.scanner.facts import Facts, best_of
from infrastructure.scanner.graph import Graph, Node, is_a, listed
from infrastructure.scanner.offers import offers_of
from infrastructure.scanner.prices import currency_of
from infrastructure.scanner.texts import gtin_of, said
from infrastructure.scanner.urls import canonical, is_root, same_page
from infrastructure.scanner.values import LONGEST_TITLE

_GROUP = "ProductGroup"
_KINDS = ("Product", _GROUP, "IndividualProduct", "ProductModel", "SomeProducts", "Vehicle", "Car")
_GTINS = ("gtin", "gtin14", "gtin13", "gtin12", "gtin8", "ean", "isbn")
_SKUS = ("sku", "mpn", "productID", "model")
_MOST_VARIANTS = 2000
_MOST_OFFERS = 5000


def facts_of(graph: Graph, page: str, currency: str | None = None) -> Facts | None:
    """Tell what the page at a canonical address says of its product, if it is about one."""
    products = _own(graph.of_kind(*_KINDS), page)
    if not products:
        return None
    main, *others = [*products, *_variants(products[0], graph)]
    currency = currency_of(main.get("priceCurrency")) or currency
    found = (each for node in (main, *others) for each in offers_of(node, graph, currency))
    offers = list(islice(found, _MOST_OFFERS))
    marked = _marked(main, others, graph)
    gtin, sku = _first(marked, _GTINS, gtin_of), _first(marked, _SKUS, said)
    if not offers and not (gtin or sku):
        return None  # it is spoken of, and not sold
    price, in_stock = best_of(offers)
    images = (_image(node.get("image"), graph) for node in (main, *others))
    return Facts(
        title=said(main.get("name"), LONGEST_TITLE),
        price=price,
        in_stock=in_stock,
        image=next(filter(None, images), None),
        brand=said(graph.follow(main.get("brand") or main.get("manufacturer"))),
        gtin=gtin,
        sku=sku,
    )


def _marked(main: Node, others: list[Node], graph: Graph) -> list[Node]:
    """List the nodes whose numbers are those of the product, and not of one variant in many."""
    if len(others) > 1 or (others and not is_a(main, _GROUP)):
        return [main]
    nodes = [main, *others]
    offers = [graph.follow(each) for node in nodes for each in listed(node.get("offers"))]
    return [*nodes, *(each for each in offers if isinstance(each, dict) and len(offers) == 1)]


def _own(products: list[Node], page: str) -> list[Node]:
    """Choose what the page is about: the products of a list are elsewhere, each on its own."""
    addresses = [_address(each, page) for each in products]
    own = [
        each
        for each, address in zip(products, addresses, strict=True)
        if address and same_page(address, page)
    ]
    homeless = [each for each, address in zip(products, addresses, strict=True) if not address]
    if groups := [each for each in (*own, *homeless) if is_a(each, _GROUP)]:
        return groups[:1]
    if len(products) == 1 and not is_root(page):
        return products  # whatever address it gives
    return own or homeless[:1]


def _address(product: Node, page: str) -> str | None:
    places = [product.get("url"), *(
        each.get("url") for each in listed(product.get("offers"))[:1] if isinstance(each, dict)
    )]  # fmt: skip
    return next((canonical(each, page) for each in places if isinstance(each, str) and each), None)


def _variants(product: Node, graph: Graph) -> Iterator[Node]:
    inside = [graph.follow(each) for each in listed(graph.follow(product.get("hasVariant")))]
    yield from (each for each in inside[:_MOST_VARIANTS] if isinstance(each, dict))
    if is_a(product, _GROUP):
        yield from (each for each in graph.of_kind(*_KINDS) if _is_variant(each, product))


def _is_variant(node: Node, group: Node) -> bool:
    """Tell whether a product says itself that it is a variant."""
    belongs = listed(node.get("isVariantOf"))[:1]
    named = node.get("inProductGroupWithID")
    by_id = bool(belongs) and isinstance(belongs[0], dict) and belongs[0].get("@id")
    return bool(
        (by_id and by_id == group.get("@id")) or (named and named == group.get("productGroupID"))
    )


def _first(nodes: list[Node], names: tuple[str, ...], read: Any) -> str | None:
    found = (read(node[name]) for node in nodes for name in names if name in node)
    return next(filter(None, found), None)


def _image(value: Any, graph: Graph) -> str | None:
    for _ in range(3):
        value = graph.follow(value)
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl")
    return value if isinstance(value, str) else None
