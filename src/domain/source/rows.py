"""A row of a supplier's feed: what its columns may be called, and what may stand in them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from common.money import Money
from domain.source.gtin import normal_gtin
from domain.source.matching import normal_sku
from domain.source.prices import currency_of, price_of
from domain.source.titles import words_of

REQUIRED = ("title", "price")
_NAMES = {
    "title": ("title", "name", "product", "product_name", "product_title", "item_name"),
    "price": ("price", "unit_price", "cost", "cost_price", "wholesale_price", "net_price"),
    "currency": ("currency", "currency_code"),
    "brand": ("brand", "vendor", "manufacturer"),
    "gtin": ("gtin", "ean", "upc", "barcode", "gtin13", "gtin14", "ean13", "isbn"),
    "sku": ("sku", "mpn", "part_number", "article_number", "item_number"),
    "url": ("url", "link", "product_url"),
}
_COLUMNS = {name: column for column, names in _NAMES.items() for name in names}
_LONGEST = {"title": 500, "brand": 255, "gtin": 64, "sku": 255, "url": 2000, "currency": 40}
_SCHEMES = ("http://", "https://")

type Values = Mapping[str, str | Decimal]
"""What a row has in the columns we know; empty ones are left out."""


class Row(NamedTuple):
    """What is kept of a row."""

    title: str
    words: str
    price: Money
    brand: str | None
    gtin: str | None
    sku: str | None
    url: str | None


def column_of(name: str) -> str | None:
    """Tell which of our columns a feed's is, by its name; nothing, for one we do not use."""
    return _COLUMNS.get("_".join(name.casefold().replace("-", " ").replace("_", " ").split()))


def values_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, str | Decimal]:
    """Take what is there under known columns; of several names for one, what comes first.

    Raises ``ValueError`` for what is neither text nor a number.
    """
    values: dict[str, str | Decimal] = {}
    for column, value in pairs:
        if value is None or value == "" or column in values:
            continue
        if isinstance(value, bool) or not isinstance(value, str | Decimal):
            raise ValueError(f"{column}: neither text nor a number")
        if not isinstance(value, str) or value.strip():
            values[column] = value
    return values


def row_of(values: Values, default_currency: str) -> Row:
    """Read a row; raises ``ValueError`` with the first thing that is wrong."""
    for column in REQUIRED:
        if column not in values:
            raise ValueError(f"{column}: missing")
    title = _text(values, "title") or ""
    words = " ".join(words_of(title))
    if not words:
        raise ValueError("title: no word in it")
    named = _text(values, "currency")
    try:
        currency = currency_of(named) if named else None
    except ValueError as error:
        raise ValueError(f"currency: {error}") from None
    try:
        price = price_of(values["price"], currency, default_currency)
    except ValueError as error:
        raise ValueError(f"price: {error}") from None
    url = _text(values, "url")
    if url and not url.lower().startswith(_SCHEMES):
        raise ValueError("url: neither http nor https")
    return Row(
        title=title,
        words=words,
        price=price,
        brand=_text(values, "brand"),
        gtin=normal_gtin(_text(values, "gtin")),
        sku=normal_sku(_text(values, "sku")),
        url=url,
    )


def _text(values: Values, column: str) -> str | None:
    given = values.get(column)
    if given is None:
        return None
    text = " ".join(str(given).split())
    if "\0" in text:
        raise ValueError(f"{column}: a NUL in it")
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError(f"{column}: no text")
    if len(text) > _LONGEST[column]:
        raise ValueError(f"{column}: longer than {_LONGEST[column]} characters")
    return text or None
