from common.errors import Malformed, PaymentRequired, Unavailable


class PaymentFailed(PaymentRequired):
    code = "payment_failed"
    message = "The payment did not go through: {reason}."


class PaymentRefused(Malformed):
    code = "payment_refused"
    message = "The payment provider refuses: {reason}."


class PaymentsUnavailable(Unavailable):
    code = "payments_unavailable"
    message = "The payment provider does not answer. Ask again in {retry_after} seconds."
    prominent = ("retry_after",)


class WebhookVerificationFailed(Malformed):
    code = "webhook_verification_failed"
    message = "The webhook's signature is missing or wrong, or too old."
