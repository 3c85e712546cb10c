"""Bills in Stripe's words: always the same for the same bill, or Stripe refuses the repeat."""

from typing import TYPE_CHECKING

from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Bill, Line, PaymentKind, SessionMode
from infrastructure.payments.amounts import to_stripe

if TYPE_CHECKING:
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

MOST_LINES = 100
LONGEST_NAME = 250


def intent_parameters(bill: Bill) -> "PaymentIntentCreateParams":
    """Ask for an intent: for us to confirm at once, or for the shopper's page."""
    parameters: PaymentIntentCreateParams = {
        "amount": to_stripe(bill.amount),
        "currency": bill.amount.currency.lower(),
        "metadata": _metadata(bill),
    }
    if bill.kind is PaymentKind.CHARGE:  # nobody is there to be sent to a bank's page
        parameters["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
    else:
        parameters["allowed_payment_method_types"] = list(bill.methods)
    return parameters


def confirmation_parameters(token: str) -> "PaymentIntentConfirmParams":
    return (
        {"confirmation_token": token} if token.startswith("ctoken_") else {"payment_method": token}
    )


def session_parameters(bill: Bill) -> "SessionCreateParams":
    """Ask for a page of Stripe's that asks for exactly the bill's amount, and in its currency."""
    if bill.session is None:
        raise ValueError(f"payment {bill.key} has no terms for a session")
    terms = bill.session
    metadata = _metadata(bill)
    parameters: SessionCreateParams = {
        "mode": "payment",
        "line_items": _lines(bill),
        "client_reference_id": bill.order_id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(terms.expires_at.timestamp()),
    }
    if bill.email:
        parameters["customer_email"] = bill.email
    if terms.mode is SessionMode.EMBEDDED:
        parameters["ui_mode"] = "embedded_page"
        parameters["return_url"] = terms.success_url
    else:
        parameters["ui_mode"] = "hosted_page"
        parameters["success_url"] = terms.success_url
        if terms.cancel_url:
            parameters["cancel_url"] = terms.cancel_url
    return parameters


def _metadata(bill: Bill) -> dict[str, str]:
    if any(mark in name for name in bill.metadata for mark in "[]"):
        raise PaymentRefused(reason="names in the metadata cannot have square brackets")
    ours = {
        "order_id": bill.order_id,
        "order_number": bill.order_number,
        "payment_id": bill.key,
    }
    return {**bill.metadata, **ours}


def _lines(bill: Bill) -> list["SessionCreateParamsLineItem"]:
    """List what is bought; as one line, where Stripe's lines could not add up to the amount."""
    currency = bill.amount.currency
    try:
        amounts = [to_stripe(Money(line.price, currency)) for line in bill.lines]
    except PaymentRefused:
        amounts = []
    total = to_stripe(bill.amount)
    sold = sum(amount * line.quantity for amount, line in zip(amounts, bill.lines, strict=False))
    if sold != total or not 0 < len(amounts) <= MOST_LINES or min(amounts) < 0:
        whole = Line(f"Order {bill.order_number}", bill.amount.amount, 1)
        return [_line(whole, total, currency)]
    return [_line(line, amount, currency) for line, amount in zip(bill.lines, amounts, strict=True)]


def _line(line: Line, amount: int, currency: str) -> "SessionCreateParamsLineItem":
    return {
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": amount,
            "product_data": {"name": _shortened(line.title)},
        },
        "quantity": line.quantity,
    }


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1]}…"
