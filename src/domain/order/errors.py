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
