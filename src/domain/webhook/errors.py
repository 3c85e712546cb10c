from common.errors import NotFound


class WebhookEventNotFound(NotFound):
    code = "webhook_event_not_found"
    message = "There is no webhook event {event_id!r}."
