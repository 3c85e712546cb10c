from common.errors import Conflict, Invalid


class InvalidIdempotencyKey(Invalid):
    code = "invalid_idempotency_key"
    message = "An Idempotency-Key is 1 to 255 visible ASCII characters."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key came with another request before. Use a new one."


class RequestInProgress(Conflict):
    code = "request_in_progress"
    message = "The first request with this Idempotency-Key is still running. Ask again shortly."
    prominent = ("retry_after",)


class AnswerLost(Conflict):
    code = "answer_lost"
    message = (
        "The first request with this Idempotency-Key was carried out, but its answer was lost "
        "in a crash. Look at what is there before asking under a new key."
    )
