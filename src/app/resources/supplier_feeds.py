from typing import Any, Self

from app.http import Request
from app.operation import operation
from app.schema import Line, Listing, Moment, Omissible, Paging, QueryInput, View
from app.uploads import Upload
from domain.billing.errors import PlanLimitExceeded
from domain.limits import Category
from domain.source.errors import (
    FeedUnreadable,
    SupplierFeedNotFound,
    TooManyOffers,
    TooManySupplierFeeds,
    UnknownFeedFormat,
)
from domain.source.feeds import FeedService
from domain.source.models import SupplierFeed
from domain.source.ports import FeedFormat

_TEXT = {"type": ["string", "null"]}
_OFFER = {
    "type": "object",
    "required": ["title", "price"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 500},
        "price": {"type": ["number", "string"], "description": "Major units."},
        "currency": _TEXT | {"description": "ISO 4217. Default: the shop's."},
        "brand": _TEXT,
        "gtin": _TEXT | {"description": "EAN, UPC or ISBN-13."},
        "sku": _TEXT,
        "url": _TEXT,
    },
}
FORMATS: dict[str, dict[str, Any]] = {
    "text/csv": {
        "type": "string",
        "description": "With a header; separated by commas, semicolons, tabs or bars.",
        "examples": ["title,price,currency,brand,gtin,sku,url\nAnvil,49.90,EUR,Acme,,A-100,\n"],
    },
    "application/json": {"type": "array", "minItems": 1, "items": _OFFER},
    "application/x-ndjson": {"type": "string", "description": "A JSON object on each line."},
}
_FORMAT_OF = dict(zip(FORMATS, FeedFormat, strict=True)) | {"application/jsonl": FeedFormat.NDJSON}
_COMPRESSED = {"": False, "gzip": True}


class SendFeed(QueryInput):
    """The format goes before the Content-Type."""

    supplier: Line
    format: Omissible[FeedFormat] = None


class SupplierFeedView(View, frozen=True, kw_only=True):
    id: str
    supplier: str
    offers_count: int
    created_at: Moment

    @classmethod
    def of(cls, feed: SupplierFeed) -> Self:
        return cls(**{name: getattr(feed, name) for name in cls.__struct_fields__})


class SupplierFeedList(Listing[SupplierFeedView], frozen=True, kw_only=True):
    """A page of feeds."""


class SupplierFeeds:
    """What suppliers offer, as lists that were sent to us."""

    def __init__(self, feeds: FeedService) -> None:
        self._feeds = feeds

    @operation(
        status=201,
        raises=[
            PlanLimitExceeded,
            UnknownFeedFormat,
            FeedUnreadable,
            TooManySupplierFeeds,
            TooManyOffers,
        ],
        limit=Category.SYNC,
        accepts=FORMATS,
    )
    async def on_post(self, req: Request, query: SendFeed, body: Upload) -> SupplierFeedView:
        """Send a supplier's feed: up to 64 MiB of CSV, a JSON array or JSON lines.

        The body may be compressed by gzip, and say so as its Content-Encoding. Columns go by
        many names, in whatever order: title (name), price, currency, brand (vendor), gtin (ean,
        upc, barcode), sku (mpn) and url (link); others are left aside. Title and price are needed.
        A row that is wrong is named, and nothing is kept.
        """
        written, compressed = query.format or _format(req), _COMPRESSED.get(body.encoding)
        if written is None or compressed is None:
            raise UnknownFeedFormat
        await self._feeds.check(req.caller)
        file = await body.file()
        return SupplierFeedView.of(
            await self._feeds.keep(req.caller, query.supplier, file, written, compressed=compressed)
        )

    @operation()
    async def on_get(self, req: Request, query: Paging) -> SupplierFeedList:
        """List one's suppliers' feeds, the latest first."""
        return SupplierFeedList.of(
            await self._feeds.page(req.caller, query.part), SupplierFeedView.of
        )

    @operation(raises=[SupplierFeedNotFound])
    async def on_get_feed(self, req: Request, feed_id: str) -> SupplierFeedView:
        """Show a supplier's feed."""
        return SupplierFeedView.of(await self._feeds.get(req.caller, feed_id))

    @operation(status=204, raises=[SupplierFeedNotFound])
    async def on_delete_feed(self, req: Request, feed_id: str) -> None:
        """Delete a supplier's feed, with the sources that were found in it."""
        await self._feeds.delete(req.caller, feed_id)


def _format(req: Request) -> FeedFormat | None:
    media = (req.content_type or "").partition(";")[0].strip().lower()
    return _FORMAT_OF.get(media)
