"""A store on Shopify."""

from typing import Any

from support.stores.product import Product, Variant, id_of
from support.stores.store import Asked, Page, Store

type Json = dict[str, Any]

_MOST = 250


class ShopifyStore(Store):
    """Answers as storefronts of Shopify do: /products.json, /meta.json, and a page for people."""

    has_meta = True
    """Whether it tells its currency at /meta.json, and not only on its home page."""
    heeds_pages = True
    """Whether it knows more than one page of a list."""

    def page(self, asked: Asked) -> Page | None:
        match asked.path:
            case "/products.json":
                return Page.json({"products": self._listed(asked.params)}, Powered_By="Shopify")
            case "/meta.json" if self.has_meta:
                return Page.json({"name": "A store", "currency": self.currency})
            case "/" if "/" not in self.bodies:
                return Page(_HOME.replace("EUR", self.currency).encode())
        return super().page(asked)

    def _listed(self, params: dict[str, str]) -> list[Json]:
        size = min(int(params.get("limit", "30")), _MOST)
        start = (int(params.get("page", "1")) - 1) * size if self.heeds_pages else 0
        shown = [*self.products.items()][start : start + size]
        return [self._shown(handle, product) for handle, product in shown]

    def _shown(self, handle: str, product: Product) -> Json:
        number = id_of(handle)
        sold = enumerate(product.sold)
        images = [{"id": number + 1, "src": product.image}] if product.image else []
        return {
            "id": number,
            "title": product.title,
            "handle": handle,
            "body_html": "<p>What it is.</p>",
            "published_at": "2026-01-01T00:00:00-05:00",
            "vendor": product.brand,
            "product_type": "",
            "tags": [],
            "variants": [self._variant(number + place, each) for place, each in sold],
            "images": images,
            "options": [{"name": "Title", "position": 1, "values": ["Default Title"]}],
        } | product.odd

    def _variant(self, number: int, variant: Variant) -> Json:
        return {
            "id": number,
            "title": variant.name,
            "sku": variant.sku,
            "barcode": variant.barcode,
            "available": variant.available,
            "price": variant.now,
            "compare_at_price": variant.price if variant.sale is not None else None,
        }


_HOME = """<!doctype html><html><head><title>A store</title>
<link rel="preconnect" href="https://cdn.shopify.com">
<script>var Shopify = Shopify || {};
Shopify.currency = {"active":"EUR","rate":"1.0"};</script></head><body>Welcome.</body></html>"""
