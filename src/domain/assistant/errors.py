from common.errors import BadGateway, Conflict, Invalid, NotFound, Unavailable
from domain.assistant.usage import Usage


class AssistantUnavailable(Unavailable):
    code = "assistant_unavailable"
    message = "The language model does not answer ({reason}). Ask again in {retry_after} seconds."
    prominent = ("retry_after",)
    spent = Usage()


class AssistantFailed(BadGateway):
    code = "assistant_failed"
    message = "The language model gave no answer of use: {reason}."
    spent = Usage()


class EmptyPeriod(Invalid):
    code = "empty_period"
    message = (
        "Nothing is between {start:%Y-%m-%dT%H:%M:%SZ} and {end:%Y-%m-%dT%H:%M:%SZ}: "
        "a period begins before it ends."
    )


class DraftNotFound(NotFound):
    code = "draft_not_found"
    message = "There is no draft {draft_id!r}."


class DraftDecided(Conflict):
    code = "draft_decided"
    message = "The draft is {status} already."
