from common.errors import PaymentRequired


class PaymentFailed(PaymentRequired):
    code = "payment_failed"
    message = "The payment did not go through: {reason}."
