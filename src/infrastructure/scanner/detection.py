"""Finding out what a store is built on, by reading it as one or the other."""

from collections.abc import Sequence

from domain.competitor.models import Platform
from domain.competitor.reading import Remember, StoreUnreadable, Stretch
from infrastructure.scanner.fetching import Fetcher, PageForbidden
from infrastructure.scanner.listing import ListingReader, OtherPlatform

_SIGNS = {
    Platform.SHOPIFY: (b"cdn.shopify.com", b"Shopify.shop", b"/cdn/shop/"),
    Platform.WOOCOMMERCE: (b"/wp-content/plugins/woocommerce", b"wc-block-", b"woocommerce-"),
}
_HEADERS = {
    Platform.SHOPIFY: ("X-ShopId", "X-Shopify-Stage", "Shopify-Complexity-Score"),
    Platform.WOOCOMMERCE: (),
}


class Detection:
    """Knows the platforms that there are."""

    def __init__(self, fetcher: Fetcher, readers: Sequence[ListingReader]) -> None:
        self._fetcher, self._readers = fetcher, readers

    async def begin(self, url: str, remember: Remember) -> Stretch | None:
        """Read the beginning of a store, if it is built on a platform that we know.

        One that does not answer as it should is asked for its front page. If that bears the signs
        of the platform, the failure counts: a store that is out of order for an hour must not be
        taken for another one, in which every product has another key.
        """
        for reader in self._readers:
            try:
                stretch = await reader.read(url, None, remember)
            except (OtherPlatform, PageForbidden):
                continue
            except StoreUnreadable:
                if await self._bears_signs(url, reader.platform):
                    raise
                continue
            if _is_something(stretch) or await self._bears_signs(url, reader.platform):
                return stretch
        return None

    async def _bears_signs(self, url: str, platform: Platform) -> bool:
        """Look at its front page; one that cannot be seen denies nothing."""
        home = await self._fetcher.get(url)
        return (
            home.status >= 400
            or any(sign in home.body for sign in _SIGNS[platform])
            or any(name in home.headers for name in _HEADERS[platform])
        )


def _is_something(stretch: Stretch) -> bool:
    return any(page.sightings or page.unchanged for page in stretch.pages)
