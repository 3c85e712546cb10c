"""A product as it is tracked, and what of a sighting can be kept at all."""

from dataclasses import replace
from typing import NamedTuple

from common.money import Money
from domain.competitor.reading import PageRead, Sighting, Stretch

_LONGEST_KEY = 2000  # bytes: what is longer has no place in an index
_LONGEST_TEXT = 500
_LARGEST_AMOUNT = 10**15  # in the smallest unit: beyond that it is a mistake


class KnownProduct(NamedTuple):
    """A product as it was seen last."""

    id: str
    key: str
    title: str
    url: str
    image_url: str | None
    price: Money | None
    in_stock: bool
    brand: str | None
    gtin: str | None
    sku: str | None
    is_active: bool
    seen_in: int

    @property
    def can_be_had(self) -> bool:
        return self.is_active and self.in_stock

    def seen_as(self, sighting: Sighting, scan_number: int) -> "KnownProduct":
        """Return what it is now. What a store does not tell this time stays as it was."""
        return self._replace(
            key=sighting.key,
            title=sighting.title,
            url=sighting.url,
            image_url=sighting.image_url or self.image_url,
            price=sighting.price or self.price,
            in_stock=sighting.in_stock,
            brand=sighting.brand or self.brand,
            gtin=sighting.gtin or self.gtin,
            sku=sighting.sku or self.sku,
            is_active=True,
            seen_in=scan_number,
        )

    def seen_unchanged(self, scan_number: int) -> "KnownProduct":
        return self._replace(is_active=True, seen_in=scan_number)


def first_seen_as(sighting: Sighting, product_id: str, scan_number: int) -> KnownProduct:
    return KnownProduct(
        id=product_id,
        key=sighting.key,
        title=sighting.title,
        url=sighting.url,
        image_url=sighting.image_url,
        price=sighting.price,
        in_stock=sighting.in_stock,
        brand=sighting.brand,
        gtin=sighting.gtin,
        sku=sighting.sku,
        is_active=True,
        seen_in=scan_number,
    )


def storable(stretch: Stretch) -> Stretch:
    """Make of what a stranger's pages say something that databases take.

    No database takes half a letter, Postgres no NUL, and an index nothing of any length.
    """
    pages = (_page(page) for page in stretch.pages if _is_address(page.url))
    return replace(stretch, pages=tuple(pages))


def _page(page: PageRead) -> PageRead:
    sightings = (kept for each in page.sightings if (kept := _sighting(each)))
    return replace(page, sightings=tuple(sightings))


def _sighting(sighting: Sighting) -> Sighting | None:
    url, platform_id = _storable(sighting.url), _text(sighting.platform_id)
    if not url or not _fits_key(url) or not _fits_key(platform_id or ""):
        return None
    return replace(
        sighting,
        platform_id=platform_id,
        url=url,
        title=_text(sighting.title) or url[:_LONGEST_TEXT],
        price=_price(sighting.price),
        image_url=_link(sighting.image_url),
        brand=_text(sighting.brand),
        gtin=_text(sighting.gtin),
        sku=_text(sighting.sku),
    )


def _is_address(url: str) -> bool:
    return url == _storable(url) and _fits_key(url)


def _fits_key(text: str) -> bool:
    return len(text.encode()) <= _LONGEST_KEY


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _text(text: str | None) -> str | None:
    return (text and _storable(text).strip()[:_LONGEST_TEXT].rstrip()) or None


def _link(url: str | None) -> str | None:
    return _storable(url) if url and _fits_key(_storable(url)) else None


def _price(price: Money | None) -> Money | None:
    return price if price and 0 <= price.amount <= _LARGEST_AMOUNT else None
