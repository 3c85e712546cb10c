"""Signed access tokens: JWT (RFC 7519), HS256 and nothing else."""

from collections import OrderedDict
from datetime import timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from common.clock import Clock
from common.ids import canonical_id, new_id
from domain.identity.errors import AuthenticationRequired
from domain.identity.models import User
from domain.identity.ports import Claims

_ALGORITHM = "HS256"
_MAX_LENGTH = 2048
_REMEMBERED = 4096


class JwtService:
    """Issues access tokens and reads them back.

    Signatures that were found good are remembered: a signature does not change, and whether
    its owner is still welcome is asked of the database each time.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = OctKey.import_key(secret)
        self._clock = clock
        self._good: OrderedDict[str, tuple[Claims, int]] = OrderedDict()

    def issue(self, user: User, lifetime: timedelta) -> str:
        now = self._clock()
        claims = {
            "sub": user.id,
            "role": user.role,
            "ver": user.token_version,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": new_id(),
        }
        return jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key)

    def read(self, token: str) -> Claims:
        known = self._good.get(token)
        claims, expires = known or self._verify(token)
        if expires <= self._clock().timestamp():
            raise AuthenticationRequired
        if known is None:
            self._good[token] = claims, expires
            if len(self._good) > _REMEMBERED:
                self._good.popitem(last=False)
        return claims

    def _verify(self, token: str) -> tuple[Claims, int]:
        if len(token) > _MAX_LENGTH:
            raise AuthenticationRequired
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, TypeError, ValueError) as error:  # TypeError: lists where names belong
            raise AuthenticationRequired from error
        match claims:
            case {"sub": str(user), "ver": int(version), "exp": int(expires)}:
                if canonical_id(user):
                    return Claims(user, version), expires
        raise AuthenticationRequired
