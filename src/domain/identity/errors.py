from common.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, Unauthenticated


class AuthenticationRequired(Unauthenticated):
    code = "authentication_required"
    message = "Send a valid access token or API key: it is missing, malformed, expired or revoked."


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    message = "There is no active account with this name and password."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    message = "This refresh token is unknown, expired, revoked or already used. Log in again."


class InvalidResetToken(Malformed):
    code = "invalid_reset_token"
    message = "This link to set another password is unknown, expired or already used."


class ApiKeyExpired(Unauthenticated):
    code = "api_key_expired"
    message = "This API key has expired. Make another one."


class ApiKeyRevoked(Unauthenticated):
    code = "api_key_revoked"
    message = "This API key has been revoked. Make another one."


class PermissionDenied(Forbidden):
    code = "permission_denied"
    message = "Only {required} may do this."


class ScopeMissing(Forbidden):
    code = "insufficient_scope"
    message = "This API key was made without the scope '{scope}'."


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    message = "There is no API key {key_id!r}."


class ExpiryInThePast(Invalid):
    code = "expiry_in_the_past"
    message = "A key that expires at {expires_at:%Y-%m-%dT%H:%M:%SZ} would never be of use."


class TooManyApiKeys(Conflict):
    code = "too_many_api_keys"
    message = "There are {maximum} API keys that can be used, which is all one may have."


class UserNotFound(NotFound):
    code = "user_not_found"
    message = "There is no user {user_id!r}."


class EmailTaken(Conflict):
    code = "email_taken"
    message = "There is already an account with this e-mail address."


class UsernameTaken(Conflict):
    code = "username_taken"
    message = "There is already an account with this username."


class AlreadyProvisioned(Conflict):
    code = "already_provisioned"
    message = "{external_platform_id!r} has an account already, with another e-mail address."


class UserHasOrders(Conflict):
    code = "user_has_orders"
    message = "This user has orders, which must be kept. Deactivate the account instead."


class UserHasSubscription(Conflict):
    code = "user_has_subscription"
    message = "This user has a subscription, which would go on being charged. Cancel it first."


class LastAdmin(Conflict):
    code = "last_admin"
    message = "This is the last active administrator: the shop would be locked out of itself."
