from common.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    code = "order_not_found"
    message = "There is no order {order_id!r}."


class OrderSettled(Conflict):
    code = "order_settled"
    message = "The order is {status}: it can no longer be repriced or deleted."


class WrongStatus(Conflict):
    code = "wrong_order_status"
    message = "An order that is {status} cannot become {wanted}."


class PaymentInProgress(Conflict):
    code = "payment_in_progress"
    message = "A payment for this order is under way. Try again in a minute."


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = "The order is {status}, and there is no money of it left to refund."


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    message = "Only {refundable_cents} (minor units) of the payment are left to refund."


class RestockTooLarge(Conflict):
    code = "restock_too_large"
    message = "Only {available_quantity} of item {item_id!r} can still be put back."
