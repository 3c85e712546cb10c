"""Refunds: money on its way back."""

from typing import TYPE_CHECKING

from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Refunded, RefundStatus
from infrastructure.payments.amounts import to_stripe
from infrastructure.payments.stripe_connection import reason_of

if TYPE_CHECKING:
    from stripe import Refund
    from stripe._v1_services import V1Services
    from stripe.params import RefundCreateParams, RefundListParams

_STATUS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


async def refund(v1: "V1Services", key: str, charge: str, amount: Money) -> Refunded:
    """Give money back, once: Stripe forgets keys after a day, so ours is looked for first."""
    from stripe import CardError, InvalidRequestError

    try:
        returned = await _known(v1, key, charge) or await v1.refunds.create_async(
            _parameters(key, charge, amount), {"idempotency_key": key}
        )
    except (InvalidRequestError, CardError) as error:
        return Refunded(key, RefundStatus.FAILED, reason_of(error))
    except PaymentRefused as error:
        return Refunded(key, RefundStatus.FAILED, error.details["reason"])
    status = _STATUS.get(returned.status or "", RefundStatus.PENDING)
    failure = getattr(returned, "failure_reason", None)
    return Refunded(returned.id, status, failure if status is RefundStatus.FAILED else None)


async def _known(v1: "V1Services", key: str, charge: str) -> "Refund | None":
    query: RefundListParams = {"limit": 100}
    if _is_intent(charge):
        query["payment_intent"] = charge
    else:
        query["charge"] = charge
    page = await v1.refunds.list_async(query)
    async for each in page.auto_paging_iter():
        if each.metadata and each.metadata.to_dict().get("refund_id") == key:
            return each
    return None


def _parameters(key: str, charge: str, amount: Money) -> "RefundCreateParams":
    parameters: RefundCreateParams = {
        "amount": to_stripe(amount),
        "metadata": {"refund_id": key},
    }
    if _is_intent(charge):
        parameters["payment_intent"] = charge
    else:
        parameters["charge"] = charge
    return parameters


def _is_intent(charge: str) -> bool:
    return charge.startswith("pi_")
