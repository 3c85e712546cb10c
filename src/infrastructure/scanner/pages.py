"""A page of a store, read: the product it shows, and where it leads."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from domain.competitor.reading import Sighting
from infrastructure.scanner import open_graph, products
from infrastructure.scanner.addresses import resolved
from infrastructure.scanner.charset import decoded
from infrastructure.scanner.facts import Facts
from infrastructure.scanner.json_ld import json_ld_of
from infrastructure.scanner.microdata import microdata_of
from infrastructure.scanner.outline import outline
from infrastructure.scanner.texts import said
from infrastructure.scanner.urls import canonical, is_root, is_worth_a_look, same_site
from infrastructure.scanner.values import LONGEST_TITLE

_MOST_LINKS = 2000
_LONGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    sighting: Sighting | None
    links: tuple[str, ...] = ()
    """Where it leads within the site, in the order of the page."""


def read_page(body: bytes, content_type: str, url: str, *, with_links: bool = False) -> Page:
    """Read whatever was answered for ``url``; what is no page has nothing on it."""
    address = canonical(url)
    if address is None:
        return Page(None)
    text, scripts = outline(decoded(body[:_LONGEST], content_type), with_links=with_links)
    tree = LexborHTMLParser(text)
    page = _canonical(tree, address)
    facts = _facts(tree, scripts, page)
    sighting = _sighting(facts, page, address) if facts else None
    return Page(sighting, _links(tree, address) if with_links else ())


def _facts(tree: LexborHTMLParser, scripts: list[str], page: str) -> Facts | None:
    """Gather what JSON-LD tells, then microdata, then Open Graph."""
    tags = open_graph.tags_of(tree)
    currency = open_graph.currency_told(tags)
    told = [
        products.facts_of(json_ld_of(scripts), page, currency),
        products.facts_of(microdata_of(tree), page, currency),
        open_graph.facts_of(tags),
    ]
    found: Facts | None = None
    for facts in filter(None, told):
        found = found.or_else(facts) if found else facts
    if found and not found.title:
        found = found.or_else(Facts(title=_heading(tree, tags)))
    return found if found and found.title else None


def _sighting(facts: Facts, page: str, address: str) -> Sighting:
    return Sighting(
        platform_id=None,
        url=page,
        title=facts.title or "",
        price=facts.price,
        in_stock=facts.in_stock is not False,
        image_url=resolved(address, facts.image) if facts.image else None,
        brand=facts.brand,
        gtin=facts.gtin,
        sku=facts.sku,
    )


def _canonical(tree: LexborHTMLParser, address: str) -> str:
    """Tell the address that a page gives itself, unless that is another site's or its front door.

    Some stores name their start page on every page; all their products would be one.
    """
    link = tree.css_first('link[rel~="canonical" i][href]')
    given = canonical(link.attributes.get("href") or "", address) if link else None
    if given is None or not same_site(given, address) or (is_root(given) and not is_root(address)):
        return address
    return given


def _heading(tree: LexborHTMLParser, tags: open_graph.Tags) -> str | None:
    heading = tree.css_first("x-h1")
    return said(tags.get("og:title") or (heading.text() if heading else None), LONGEST_TITLE)


def _links(tree: LexborHTMLParser, address: str) -> tuple[str, ...]:
    base = tree.css_first("base[href]")
    start = canonical(base.attributes.get("href") or "", address) if base else None
    found: dict[str, None] = {}
    for node in tree.css("x-a[href]"):
        if "nofollow" in (node.attributes.get("rel") or "").lower():
            continue
        link = canonical(node.attributes.get("href") or "", start or address)
        if link and same_site(link, address) and is_worth_a_look(link):
            found[link] = None
        if len(found) == _MOST_LINKS:
            break
    return tuple(found)
