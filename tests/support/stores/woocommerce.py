"""A store on WooCommerce, as anybody sees it (``support.woo_store`` is its owner's side)."""

import html
from decimal import Decimal
from math import ceil
from typing import Any

from common.money import exponent_of
from support.stores.product import Product, id_of
from support.stores.store import Asked, Page, Store

type Json = dict[str, Any]

API = "/wp-json/wc/store/v1/products"
_MOST = 100


class WooStorefront(Store):
    """Answers as WooCommerce's Store API does."""

    has_pretty_links = True
    """Without them, the API is at /?rest_route=…"""
    tells_pages = True
    """Whether it says how many pages there are."""

    def page(self, asked: Asked) -> Page | None:
        is_plain = asked.params.get("rest_route") == API.removeprefix("/wp-json")
        if (asked.path == API and self.has_pretty_links) or (asked.path == "/" and is_plain):
            return self._listed(asked.params)
        if asked.path == "/" and "/" not in self.bodies:
            return Page(_HOME)
        return super().page(asked)

    def _listed(self, params: dict[str, str]) -> Page:
        size, number = int(params.get("per_page", "10")), int(params.get("page", "1"))
        if not 1 <= size <= _MOST:
            refused = Page.json({"code": "rest_invalid_param", "message": "Invalid parameter."})
            refused.status = 400
            return refused
        shown = [*self.products.items()][(number - 1) * size : number * size]
        page = Page.json([self._shown(handle, product) for handle, product in shown])
        if self.tells_pages:
            pages = ceil(len(self.products) / size)
            page.headers = {"X-WP-Total": str(len(self.products)), "X-WP-TotalPages": str(pages)}
        return page

    def _shown(self, handle: str, product: Product) -> Json:
        link = f"/product/{handle}/" if self.has_pretty_links else f"/?product={handle}"
        return {
            "id": id_of(handle),
            "name": html.escape(product.title),
            "slug": handle,
            "parent": 0,
            "type": "variable" if product.variants else "simple",
            "permalink": self.url + link,
            "sku": product.sku,
            "on_sale": product.sale is not None,
            "prices": self._prices(product),
            "images": [{"id": 1, "src": product.image}] if product.image else [],
            "brands": [{"id": 1, "name": product.brand}] if product.brand else [],
            "attributes": [],
            "variations": [{"id": place} for place, _ in enumerate(product.variants)],
            "is_purchasable": True,
            "is_in_stock": any(each.available for each in product.sold),
        } | product.odd

    def _prices(self, product: Product) -> Json:
        lowest = self._minor(product.cheapest.now)
        highest = self._minor(max((each.now for each in product.sold), key=Decimal))
        is_range = lowest != highest
        return {
            "price": lowest,
            "regular_price": self._minor(product.cheapest.price),
            "sale_price": lowest,
            "price_range": {"min_amount": lowest, "max_amount": highest} if is_range else None,
            "currency_code": self.currency,
            "currency_minor_unit": exponent_of(self.currency),
        }

    def _minor(self, price: str) -> str:
        return str(int(Decimal(price).scaleb(exponent_of(self.currency))))


_HOME = b"""<!doctype html><html><head><title>A store</title>
<link rel="stylesheet" href="/wp-content/plugins/woocommerce/assets/css/woocommerce.css">
</head><body>Welcome.</body></html>"""
