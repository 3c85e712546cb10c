from common.errors import Conflict, Forbidden, NotFound, Unauthenticated


class AuthenticationRequired(Unauthenticated):
    code = "authentication_required"
    message = "Send a valid access token or API key: it is missing, malformed, expired or revoked."


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    message = "There is no active account with this name and password."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    message = "This refresh token is unknown, expired, revoked or already used. Log in again."


class PermissionDenied(Forbidden):
    code = "permission_denied"
    message = "Only {required} may do this."


class ScopeMissing(Forbidden):
    code = "insufficient_scope"
    message = "This API key was made without the scope {scope!r}."


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    message = "There is no API key {key_id!r}."


class UserNotFound(NotFound):
    code = "user_not_found"
    message = "There is no user {user_id!r}."


class EmailTaken(Conflict):
    code = "email_taken"
    message = "There is already an account with this e-mail address."


class UsernameTaken(Conflict):
    code = "username_taken"
    message = "There is already an account with this username."


class UserHasOrders(Conflict):
    code = "user_has_orders"
    message = "This user has orders, which must be kept. Deactivate the account instead."


class LastAdmin(Conflict):
    code = "last_admin"
    message = "This is the last active administrator: the shop would be locked out of itself."
