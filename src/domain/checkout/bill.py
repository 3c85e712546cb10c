"""The bill for an order, in the same words each time it is asked for."""

from datetime import datetime

from domain.order.models import Order
from domain.payment.gateway import Bill, Line, PaymentKind, SessionMode, SessionTerms
from domain.payment.models import Payment


def bill_for(order: Order, payment: Payment) -> Bill:
    """Write the bill that a payment asks an order's total with."""
    terms = payment.terms
    return Bill(
        key=payment.id,
        kind=PaymentKind(payment.kind),
        amount=payment.sum,
        order_id=order.id,
        order_number=order.order_number,
        email=terms.get("email"),
        lines=_lines(order, payment.amount),
        metadata=terms.get("metadata", {}) | _ids(order, payment),
        methods=tuple(terms.get("methods", ("card",))),
        session=_session(payment.expires_at, terms) if payment.expires_at else None,
        reference=payment.reference,
    )


def _ids(order: Order, payment: Payment) -> dict[str, str]:
    ids = {
        "order_id": order.id,
        "order_number": order.order_number,
        "payment_id": payment.id,
        "user_id": order.user_id,
    }
    return ids | ({"cart_id": order.cart_id} if order.cart_id else {})


def _lines(order: Order, amount: int) -> tuple[Line, ...]:
    """List what is bought; nothing, for an order that was given another total than its lines'."""
    lines = [Line(item.title_snapshot, item.price_snapshot, item.quantity) for item in order.items]
    lines += [
        Line(title, price, 1)
        for title, price in (("Tax", order.tax_amount), ("Shipping", order.shipping_amount))
        if price
    ]
    return tuple(lines) if sum(line.price * line.quantity for line in lines) == amount else ()


def _session(expires_at: datetime, terms: dict[str, str]) -> SessionTerms | None:
    if "mode" not in terms:
        return None
    return SessionTerms(
        mode=SessionMode(terms["mode"]),
        success_url=terms["success_url"],
        cancel_url=terms.get("cancel_url"),
        expires_at=expires_at,
        origin=terms.get("origin", ""),
    )
