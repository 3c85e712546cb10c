"""Reading any store: as its platform lists its products, or else page by page."""

from typing import Protocol

from domain.competitor.models import Platform
from domain.competitor.reading import Cursor, Remember, Stretch
from infrastructure.scanner.detection import Detection
from infrastructure.scanner.fetching import Fetcher
from infrastructure.scanner.listing import ListingReader
from infrastructure.scanner.shopify import Shopify
from infrastructure.scanner.woocommerce import WooCommerce


class Reader(Protocol):
    """Reads stores of one kind."""

    async def read(self, url: str, cursor: Cursor | None, remember: Remember) -> Stretch: ...


class Scanner:
    """Reads stores; what a cursor's ``kind`` is, it goes on as."""

    def __init__(self, fetcher: Fetcher, site: Reader) -> None:
        """Read with ``site`` what is built on no platform that we know."""
        shopify = ListingReader(fetcher, Shopify(fetcher))
        woocommerce = ListingReader(fetcher, WooCommerce())
        self._detection = Detection(fetcher, [shopify, woocommerce])
        self._readers: dict[Platform, Reader] = {
            Platform.SHOPIFY: shopify,
            Platform.WOOCOMMERCE: woocommerce,
            Platform.CUSTOM: site,
        }

    async def read(
        self, url: str, platform: Platform, cursor: Cursor | None, remember: Remember
    ) -> Stretch:
        if cursor is not None:
            platform = Platform(cursor["kind"])
        elif platform == Platform.CUSTOM and (found := await self._detection.begin(url, remember)):
            return found
        return await self._readers[platform].read(url, cursor, remember)
