"""A store of its own making: pages for people, and a sitemap of them."""

import gzip
import html
import json
from typing import Any

from support.stores.product import Product
from support.stores.store import Asked, Page, Store

type Json = dict[str, Any]

_OTHERS = ("/about", "/blog/how-we-roast")


class SiteStore(Store):
    """Has a page for each product, at /products/<handle>, in a shape of ``SHAPES``."""

    SHAPES = ("plain", "graph", "woocommerce", "group", "wrapped", "open_graph", "microdata")

    def __init__(self, currency: str = "EUR") -> None:
        super().__init__(currency)
        self.shapes: dict[str, str] = {}
        """How products tell of themselves, by their handles: ``plain`` if nothing else is said."""
        self.has_sitemap = True
        self.in_a_sitemap = 1000
        """How many products one sitemap lists."""
        self.links: dict[str, list[str]] = {}
        """Where pages lead, by their paths: the front page leads to all products unless told."""

    def page(self, asked: Asked) -> Page | None:
        if self.has_sitemap and asked.path.endswith((".xml", ".xml.gz")):
            return self._sitemap(asked.path)
        handle = asked.path.removeprefix("/products/")
        if asked.path.startswith("/products/") and handle in self.products:
            return Page(self.shown(handle).encode())
        if asked.path in ("/", *_OTHERS) and asked.path not in self.bodies:
            return Page(self._plain_page(asked.path).encode())
        return super().page(asked)

    def at(self, handle: str) -> str:
        """Tell the address of a product's page."""
        return f"{self.url}/products/{handle}"

    def shown(self, handle: str) -> str:
        """Write the page of a product."""
        product, shape = self.products[handle], self.shapes.get(handle, "plain")
        if shape == "open_graph":
            return self._page(handle, head=self._open_graph(product))
        if shape == "microdata":
            return self._page(handle, body=self._microdata(product))
        told = json.dumps(self._told(product, shape))
        if shape == "wrapped":
            told = f"<!--//--><![CDATA[//><!--\n{told};\n//--><!]]>"
        return self._page(handle, f'<script type="application/ld+json">{told}</script>')

    def _page(self, handle: str, head: str = "", body: str = "") -> str:
        title = html.escape(self.products[handle].title)
        return (
            f"<!DOCTYPE html><html><head><title>{title}</title>{head}"
            f'<link rel="canonical" href="/products/{handle}"></head>'
            f'<body><h1>{title}</h1>{body}<a href="/cart">Cart</a></body></html>'
        )

    def _plain_page(self, path: str) -> str:
        everything = [f"/products/{handle}" for handle in self.products] if path == "/" else []
        links = self.links.get(path, everything)
        return "<h1>Welcome</h1>" + "".join(f'<a href="{html.escape(to)}">x</a>' for to in links)

    def _sitemap(self, path: str) -> Page | None:
        """Answer /sitemap.xml, which lists packed ones of products, and one of all else."""
        handles = [*self.products]
        parts = max(1, -(-len(handles) // self.in_a_sitemap))
        if path == "/sitemap.xml":
            files = [f"/sitemap-products-{part}.xml.gz" for part in range(1, parts + 1)]
            inner = self._locations("sitemap", ["/sitemap-pages.xml", *files])
            return _xml(f"<sitemapindex>{inner}</sitemapindex>")
        if path == "/sitemap-pages.xml":
            return _xml(f"<urlset>{self._locations('url', ['/', *_OTHERS])}</urlset>")
        number = path.removeprefix("/sitemap-products-").removesuffix(".xml.gz")
        if not number.isdigit() or not 1 <= int(number) <= parts:
            return None
        shown = handles[(int(number) - 1) * self.in_a_sitemap : int(number) * self.in_a_sitemap]
        page = _xml(f"<urlset>{self._locations('url', [f'/products/{h}' for h in shown])}</urlset>")
        return Page(gzip.compress(page.body), "application/gzip")

    def _locations(self, kind: str, paths: list[str]) -> str:
        return "".join(f"<{kind}><loc>{self.url}{path}</loc></{kind}>\n" for path in paths)

    def _told(self, product: Product, shape: str) -> Any:
        told: Json = {
            "@context": "https://schema.org",
            "@type": "ProductGroup" if shape == "group" else "Product",
            "name": product.title,
            **({"brand": {"@type": "Brand", "name": product.brand}} if product.brand else {}),
            **({"sku": product.sku} if product.sku else {}),
            **({"gtin13": product.barcode} if product.barcode else {}),
            **({"image": [product.image]} if product.image else {}),
        }
        if shape == "group" or product.variants:
            told |= {"@type": "ProductGroup", "hasVariant": [
                {"@type": "Product", "name": each.name, "sku": each.sku,
                 "offers": self._offer(each.now, each.available)}
                for each in product.sold
            ]}  # fmt: skip
        elif shape == "woocommerce":
            told["offers"] = [self._woocommerce(product)]
        else:
            told["offers"] = self._offer(product.cheapest.now, product.available)
        told |= product.odd
        return {"@graph": [{"@type": "WebSite", "name": "A store"}, told]} if (
            shape in ("graph", "woocommerce")
        ) else told  # fmt: skip

    def _offer(self, price: str, available: bool) -> Json:
        return {
            "@type": "Offer",
            "price": price,
            "priceCurrency": self.currency,
            "availability": f"https://schema.org/{'InStock' if available else 'OutOfStock'}",
        }

    def _woocommerce(self, product: Product) -> Json:
        """Offer as WooCommerce 10 does: no price, but specifications of prices."""
        now = {"@type": "UnitPriceSpecification", "price": product.cheapest.now}
        was = {"@type": "UnitPriceSpecification", "price": product.price,
               "priceType": "https://schema.org/ListPrice"}  # fmt: skip
        specified = [now | {"priceCurrency": self.currency}, was | {"priceCurrency": self.currency}]
        offer = self._offer("", product.available)
        del offer["price"], offer["priceCurrency"]
        return offer | {"priceSpecification": specified if product.sale else specified[:1]}

    def _open_graph(self, product: Product) -> str:
        tags = {
            "og:type": "product",
            "og:title": product.title,
            "og:image": product.image,
            "product:price:amount": product.cheapest.now,
            "product:price:currency": self.currency,
            "product:availability": "in stock" if product.available else "out of stock",
        }
        return "".join(
            f'<meta property="{name}" content="{html.escape(text)}">'
            for name, text in tags.items()
            if text
        )

    def _microdata(self, product: Product) -> str:
        stock = "InStock" if product.available else "OutOfStock"
        return (
            '<div itemscope itemtype="http://schema.org/Product">'
            f'<span itemprop="name">{html.escape(product.title)}</span>'
            '<div itemprop="offers" itemscope itemtype="http://schema.org/Offer">'
            f'<meta itemprop="priceCurrency" content="{self.currency}">'
            f'<b itemprop="price">{product.cheapest.now}</b>'
            f'<link itemprop="availability" href="http://schema.org/{stock}"></div></div>'
        )


def _xml(content: str) -> Page:
    return Page(f'<?xml version="1.0" encoding="UTF-8"?>\n{content}'.encode(), "application/xml")
