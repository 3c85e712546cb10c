"""From our products and orders to what the store is to have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.money import Money
from domain.catalog.models import Product, Variant
from domain.order.models import Order
from domain.woocommerce.models import ProductLink, VariantLink
from domain.woocommerce.options import Choices, metadata_of, options_of
from domain.woocommerce.store import (
    Customer,
    OrderDraft,
    OrderLine,
    Picture,
    Place,
    ProductDraft,
    StoreProduct,
    VariationDraft,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a product is carried over, beside its name, description, price and variants."""

    inventory: bool = True
    images: bool = True
    metadata: bool = True


def product_draft(
    product: Product,
    link: ProductLink,
    there: StoreProduct | None,
    choices: Sequence[Choices] | None,
    wanted: Wanted,
) -> ProductDraft:
    """Draft a product; one with ``choices`` leaves price, stock and SKU to its variations."""
    only = None if choices else product.default_variant
    return ProductDraft(
        product_id=product.id,
        name=product.title,
        description=product.description or "",
        is_active=product.is_active,
        sku=only.sku if only else None,
        price=Money(only.price_amount, product.currency) if only else None,
        stock=only.stock if only and wanted.inventory else None,
        pictures=_pictures(picture_of(product, only), link, there) if wanted.images else None,
        metadata=_metadata(product, only) if wanted.metadata else {},
        options=options_of(choices) if choices else None,
    )


def variation_draft(
    product: Product,
    variant: Variant,
    choices: Choices,
    link: VariantLink | None,
    there: StoreProduct | None,
    wanted: Wanted,
) -> VariationDraft:
    url = variant.image_url if wanted.images else None
    has_it = link and there and link.picture_url == url and link.picture_id in there.pictures
    return VariationDraft(
        variant_id=variant.id,
        id=there.id if there else None,
        sku=variant.sku,
        price=Money(variant.price_amount, product.currency),
        stock=variant.stock if wanted.inventory else None,
        picture=Picture(url=url) if url and not has_it else None,
        metadata=metadata_of(variant.attributes) if wanted.metadata else {},
        choices=choices,
    )


def picture_of(product: Product, only: Variant | None) -> str | None:
    return product.image_url or (only.image_url if only else None)


def _pictures(
    url: str | None, link: ProductLink, there: StoreProduct | None
) -> tuple[Picture, ...] | None:
    """Put ours first and keep what the store's people added; nothing, if that is how it is."""
    present = there.pictures if there else ()
    is_there = link.picture_id in present
    if is_there and url == link.picture_url:
        return None
    others = [Picture(id=each) for each in present if each != link.picture_id]
    if url:
        return (Picture(url=url), *others)
    return tuple(others) if is_there else None


def _metadata(product: Product, only: Variant | None) -> dict[str, object]:
    described = {"author": product.author, "series": product.series}
    return metadata_of(described | product.attributes | (only.attributes if only else {}))


@dataclass(frozen=True, slots=True)
class Part:
    """A variant, as an order in the store may name it."""

    sku: str | None
    place: Place | None


def order_draft(
    order: Order,
    customer: Customer,
    address: Mapping[str, str],
    parts: Mapping[str, Part],
    known: frozenset[Place],
    transaction_id: str | None,
) -> OrderDraft:
    """Draft a paid order. What the store does not ``know`` any more is named by its SKU."""
    lines = []
    for item in order.items:
        part = parts.get(item.variant_id or "") or Part(None, None)
        lines.append(
            OrderLine(
                name=item.title_snapshot,
                quantity=item.quantity,
                total=Money(item.price_snapshot, order.currency) * item.quantity,
                place=part.place if part.place in known else None,
                sku=part.sku or f"peregrine-{item.variant_id or item.id}",
            )
        )
    shipping = Money(order.shipping_amount, order.currency)
    added_up = order.subtotal_amount + order.tax_amount + order.shipping_amount
    fees = {"Tax": order.tax_amount, "Agreed price": order.total_amount - added_up}
    return OrderDraft(
        order_id=order.id,
        order_number=order.order_number,
        currency=order.currency,
        customer=customer,
        address=address,
        lines=tuple(lines),
        shipping=shipping,
        fees={name: Money(fee, order.currency) for name, fee in fees.items() if fee},
        transaction_id=transaction_id,
    )
