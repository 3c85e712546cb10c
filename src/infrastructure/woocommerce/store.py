import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched

import msgspec

from common.money import Money
from domain.woocommerce.errors import OutcomeUnknown, WooCommerceSyncFailed
from domain.woocommerce.store import (
    OrderDraft,
    Place,
    ProductDraft,
    StoreOrder,
    StoreProduct,
    StoreStock,
    VariationDraft,
)
from infrastructure.woocommerce import wire
from infrastructure.woocommerce.address import Credentials
from infrastructure.woocommerce.client import Answer, WooClient, refused

_PAGE = 100  # the most that WooCommerce gives at once
_MOST_PAGES = 50
_GONE = (400, 404)
_WORDS_TO_SEARCH = 6
_WORD = re.compile(r"\w+")


class WooStore:
    """A WooCommerce store, through its REST API."""

    def __init__(self, client: WooClient) -> None:
        self._client = client

    @classmethod
    def at(cls, credentials: Credentials) -> "WooStore":
        return cls(WooClient(credentials))

    async def open(self) -> None:
        """Nothing is opened before something is asked."""

    async def close(self) -> None:
        await self._client.close()

    async def currency(self) -> str | None:
        try:
            answer = await self._client.get("/data/currencies/current")
        except WooCommerceSyncFailed as failure:
            if failure.details.get("status") in (401, 403, 404):  # it does not say, or not to us
                return None
            raise
        return _read(answer, wire.Currency).code

    async def product(self, product_id: int) -> StoreProduct | None:
        found = await self._one(f"/products/{product_id}")
        return found.shown() if found else None

    async def products_of_sku(self, sku: str) -> list[StoreProduct]:
        found = await self._list("/products", sku=sku)
        return [each.shown() for each in found if each.sku == sku]

    async def products_like(self, title: str) -> list[StoreProduct]:
        text = " ".join(_WORD.findall(title)[:_WORDS_TO_SEARCH])
        if not text:
            return []
        answer = await self._client.get("/products", search=text, per_page=_PAGE)
        return [each.shown() for each in _read(answer, list[wire.Product])]

    async def save_product(self, draft: ProductDraft, product_id: int | None) -> StoreProduct:
        body = wire.product_json(draft)
        if product_id is None:
            answer = await self._client.post("/products", body)
        else:
            answer = await self._client.put(f"/products/{product_id}", body)
        return _read(answer, wire.Product, changed=True).shown()

    async def variations(self, product_id: int) -> list[StoreProduct]:
        found = await self._list(f"/products/{product_id}/variations")
        return [each.shown(wire.VARIANT_ID) for each in found]

    async def save_variations(
        self, product_id: int, drafts: Sequence[VariationDraft]
    ) -> list[StoreProduct]:
        new = [wire.variation_json(draft) for draft in drafts if draft.id is None]
        known = [wire.variation_json(draft) for draft in drafts if draft.id is not None]
        path = f"/products/{product_id}/variations/batch"
        answer = await self._client.post(path, {"create": new, "update": known})
        batch = _read(answer, wire.Batch, changed=True)
        for each in (*batch.create, *batch.update):
            if each.error:
                error = each.error
                raise refused(answer.status, error.code, error.message, error.data, changing=False)
        if (len(batch.create), len(batch.update)) != (len(new), len(known)):
            raise OutcomeUnknown(reason="it answered a batch with another number of variations")
        created, updated = iter(batch.create), iter(batch.update)
        saved = [next(created if draft.id is None else updated) for draft in drafts]
        return [each.shown(wire.VARIANT_ID) for each in saved]

    async def stock(self, place: Place) -> StoreStock | None:
        found = await self._one(_path(place))
        return found.stock if found else None

    async def set_stock(self, place: Place, quantity: int) -> StoreStock:
        body = {"manage_stock": True, "stock_quantity": quantity}
        answer = await self._client.put(_path(place), body)
        return _read(answer, wire.Product, changed=True).stock

    async def known(self, places: Sequence[Place]) -> frozenset[Place]:
        known: set[Place] = set()
        for ids in batched(sorted({place.product_id for place in places}), _PAGE):
            for found in await self._list("/products", include=",".join(map(str, ids))):
                known.add(Place(found.id, None))
                known.update(Place(found.id, variation) for variation in found.variations)
        return frozenset(known.intersection(places))

    async def find_order(
        self, order_id: str, since: datetime, email: str | None
    ) -> StoreOrder | None:
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        params = {"after": after, "dates_are_gmt": "true", "orderby": "date", "order": "desc"}
        if email:
            params["search"] = email
        async for order in self._pages("/orders", list[wire.Order], params):
            if wire.meta_value(order.meta_data, wire.ORDER_ID) == order_id:
                return order.shown()
        return None

    async def place_order(self, draft: OrderDraft) -> StoreOrder:
        answer = await self._client.post("/orders", wire.order_json(draft))
        return _read(answer, wire.Order, changed=True).shown()

    async def add_fee(self, order_id: int, name: str, fee: Money) -> StoreOrder:
        answer = await self._client.put(
            f"/orders/{order_id}", {"fee_lines": [wire.fee_json(name, fee)]}, repeatable=False
        )
        return _read(answer, wire.Order, changed=True).shown()

    def order_page(self, order_id: int) -> str:
        """Tell where the store's people see an order."""
        return f"{self._client.url}/wp-admin/post.php?post={order_id}&action=edit"

    async def _one(self, path: str) -> wire.Product | None:
        try:
            return _read(await self._client.get(path), wire.Product)
        except WooCommerceSyncFailed as failure:
            code = str(failure.details.get("store_code"))
            if failure.details.get("status") in _GONE and code.endswith("_invalid_id"):
                return None
            raise

    async def _list(self, path: str, **params: str) -> list[wire.Product]:
        return [each async for each in self._pages(path, list[wire.Product], params)]

    async def _pages[T](
        self, path: str, kind: type[list[T]], params: Mapping[str, str]
    ) -> AsyncIterator[T]:
        """Go through a list, page by page."""
        for page in range(1, _MOST_PAGES + 1):
            answer = await self._client.get(path, **params, per_page=_PAGE, page=page)
            for each in _read(answer, kind):
                yield each
            if page >= answer.pages:
                return
        raise WooCommerceSyncFailed(reason=f"{path} has more than {_MOST_PAGES} pages")


def _path(place: Place) -> str:
    if place.variation_id is None:
        return f"/products/{place.product_id}"
    return f"/products/{place.product_id}/variations/{place.variation_id}"


def _read[T](answer: Answer, kind: type[T], *, changed: bool = False) -> T:
    """Read an answer. If it cannot be read, what was asked for may be done all the same."""
    try:
        return msgspec.json.decode(answer.raw, type=kind, strict=False)
    except msgspec.DecodeError as error:
        failure = OutcomeUnknown if changed else WooCommerceSyncFailed
        raise failure(reason="what it answered is not what WooCommerce answers") from error
