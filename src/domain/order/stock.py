"""Stock moves with the order, in the same unit of work, always in the same lock order."""

from domain.catalog.errors import InsufficientInventory
from domain.order.models import Order
from domain.order.ports import OrderTransaction


async def take_stock(tx: OrderTransaction, order: Order) -> None:
    """Take what the order holds; raises ``InsufficientInventory``, and then nothing is kept."""
    for variant_id, quantity in order.quantities().items():
        if not await tx.catalog.take_stock(variant_id, quantity):
            offer = (await tx.catalog.offers([variant_id]))[variant_id]
            raise InsufficientInventory(
                title=offer.title,
                product_id=offer.product_id,
                variant_id=variant_id,
                available_quantity=offer.stock,
                requested_quantity=quantity,
            )


async def return_stock(tx: OrderTransaction, order: Order) -> None:
    """Put back what the order held, as it stops holding it."""
    for variant_id, quantity in order.quantities().items():
        await tx.catalog.return_stock(variant_id, quantity)


async def retake_stock(tx: OrderTransaction, order: Order) -> bool:
    """Take again what an order held before, all of it or nothing; tell whether it was there."""
    taken: dict[str, int] = {}
    for variant_id, quantity in order.quantities().items():
        if not await tx.catalog.take_stock(variant_id, quantity):
            for each, back in taken.items():
                await tx.catalog.return_stock(each, back)
            return False
        taken[variant_id] = quantity
    return True
