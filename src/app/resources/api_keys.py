from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, Field

from app.http import Request
from app.operation import operation
from app.schema import Input, Line, Moment, View
from domain.identity.api_keys import ApiKeyService, IssuedKey
from domain.identity.caller import Access, Scope
from domain.identity.errors import ApiKeyNotFound, ExpiryInThePast, TooManyApiKeys
from domain.identity.models import ApiKey


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the end of time") from error


Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class MakeKey(Input):
    """Without an ``expires_at`` the key is good until it is revoked."""

    name: Line = "API key"
    scopes: Scopes = [Scope.READ, Scope.WRITE]
    expires_at: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None


class KeyView(View, frozen=True, kw_only=True):
    id: str
    name: str
    key_prefix: str
    scopes: list[str]
    is_active: bool
    last_used_at: Moment | None
    expires_at: Moment | None
    created_at: Moment

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls(**_shown(key))


class NewKeyView(KeyView, frozen=True, kw_only=True):
    """The only answer that holds the key itself: keep it somewhere safe."""

    key: str

    @classmethod
    def issued(cls, issued: IssuedKey) -> Self:
        return cls(key=issued.raw, **_shown(issued.key))


def _shown(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyView.__struct_fields__}


class ApiKeys:
    """Keys by which programs act for a user."""

    def __init__(self, api_keys: ApiKeyService) -> None:
        self._api_keys = api_keys

    @operation(
        access=Access.LOGIN, status=201, raises=[ExpiryInThePast, TooManyApiKeys], secret=True
    )
    async def on_post(self, req: Request, body: MakeKey) -> NewKeyView:
        """Make an API key. It is shown this once.

        Only administrators give their keys the scope `provision`.
        """
        return NewKeyView.issued(
            await self._api_keys.issue(req.caller, body.name, body.scopes, body.expires_at)
        )

    @operation()
    async def on_get(self, req: Request) -> list[KeyView]:
        """List one's API keys, without the keys themselves."""
        return [KeyView.of(key) for key in await self._api_keys.of(req.caller)]

    @operation(access=Access.LOGIN, status=204, raises=[ApiKeyNotFound])
    async def on_delete_key(self, req: Request, key_id: str) -> None:
        """Revoke an API key."""
        await self._api_keys.revoke(req.caller, key_id)
