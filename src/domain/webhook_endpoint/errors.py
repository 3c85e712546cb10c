from common.errors import Conflict, Invalid, NotFound


class WebhookEndpointNotFound(NotFound):
    code = "webhook_endpoint_not_found"
    message = "There is no webhook endpoint {endpoint_id!r}."


class WebhookEndpointInactive(Conflict):
    code = "webhook_endpoint_inactive"
    message = "The endpoint is switched off. Set is_active first."


class TooManyWebhookEndpoints(Conflict):
    code = "too_many_webhook_endpoints"
    message = "There are {maximum} endpoints already, and no more are served."


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    message = "There is no delivery {delivery_id!r}."


class AddressNotAllowed(Invalid):
    code = "address_not_allowed"
    message = "{host} is not an address of the public internet: OUTBOUND_ALLOW does not list it."
