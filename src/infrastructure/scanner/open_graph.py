"""Open Graph, and the product tags that shops add to it."""

from selectolax.lexbor import LexborHTMLParser

from infrastructure.scanner.facts import Facts
from infrastructure.scanner.graph import last_word
from infrastructure.scanner.prices import currency_of, price_of
from infrastructure.scanner.texts import gtin_of, said
from infrastructure.scanner.values import LONGEST_TITLE

_SALE = "product:sale_price"
_PRICES = (_SALE, "product:price", "og:price")
_NOT_TO_BE_HAD = frozenset({"outofstock", "oos", "soldout", "discontinued", "pending"})
_MOST = 500

type Tags = dict[str, str]


def tags_of(tree: LexborHTMLParser) -> Tags:
    """Read the tags of a page, the first of each name."""
    tags: Tags = {}
    for node in tree.css("meta[property][content], meta[name][content]")[:_MOST]:
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        tags.setdefault(name.strip().lower(), node.attributes.get("content") or "")
    return tags


def currency_told(tags: Tags) -> str | None:
    found = (currency_of(tags.get(f"{name}:currency")) for name in _PRICES)
    return next(filter(None, found), None)


def facts_of(tags: Tags) -> Facts | None:
    """Tell what the tags say of a product, if they say that the page shows one."""
    is_product = "product" in tags.get("og:type", "").lower()
    has_price = any(f"{name}:amount" in tags for name in _PRICES)
    if not is_product and not has_price:
        return None
    currency = currency_told(tags)
    prices = (price_of(tags.get(f"{name}:amount"), currency) for name in _PRICES)
    told = tags.get("product:availability") or tags.get("og:availability")
    numbers = (gtin_of(tags.get(f"product:{name}")) for name in ("gtin", "ean", "upc", "isbn"))
    return Facts(
        title=said(tags.get("og:title"), LONGEST_TITLE),
        price=next(filter(None, prices), None),
        in_stock=_is_available(told) if told else None,
        image=tags.get("og:image:secure_url") or tags.get("og:image"),
        brand=said(tags.get("product:brand") or tags.get("og:brand")),
        gtin=next(filter(None, numbers), None),
        sku=said(tags.get("product:retailer_item_id")),
    )


def _is_available(told: str) -> bool:
    word = last_word(told)
    return "".join(letter for letter in word if letter.isalpha()) not in _NOT_TO_BE_HAD
