"""How settings are written down. What is wrong with one is said by a ``ValueError``."""

import re
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode
from sqlalchemy import URL

from common.money import CURRENCIES
from domain.cart.notation import shipping_rates, tax_rates
from domain.limits import DEFAULT_RATES, Category
from infrastructure.databases.urls import database_url, is_sqlite
from infrastructure.mail.addresses import relay_of, sender_of
from infrastructure.reachable import Allowed
from infrastructure.woocommerce.address import store_url

_REDIS = ("redis", "rediss")
_LEVELS = ("TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")
_SERVICE = re.compile(r"https?://[^/?#@\s]+(/[^?#\s]*)?")


def listed(value: object) -> list[str]:
    """Read what is written with commas between."""
    parts = value.split(",") if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
    return [str(part).strip() for part in parts if str(part).strip()]


def rates_of(text: str) -> dict[Category, str] | None:
    """Read ``login=10/minute, cart=100/minute``, or ``off``."""
    if text.strip().lower() == "off":
        return None
    rates = dict(DEFAULT_RATES)
    for each in listed(text):
        name, _, rate = (part.strip() for part in each.partition("="))
        if name not in Category:
            known = ", ".join(Category)
            raise ValueError(f"{name!r} is none of {known}; write off, or pairs: cart=100/minute")
        try:
            (_,) = parse_many(rate)
        except ValueError:
            raise ValueError(f"{rate!r} is not a rate such as 100/minute") from None
        rates[Category(name)] = rate
    return rates


def check_database(url: URL) -> None:
    """Raise for a database that no shop can live in."""
    if is_sqlite(url) and url.database in (None, "", ":memory:"):
        raise ValueError("a shop needs a file to live in, such as sqlite:///shop.db")
    if not is_sqlite(url) and find_spec("asyncpg") is None:
        raise ValueError("Postgres takes the extra postgres: uv sync --extra postgres")


def check_redis(text: str) -> None:
    """Raise for what is no address of a Redis, or where nothing can speak to one."""
    try:
        url = urlsplit(text)
        known = url.scheme in _REDIS and bool(url.hostname) and (url.port or True)
    except ValueError:  # a port that is none
        known = False
    if not known:
        raise ValueError("not a Redis URL, such as redis://localhost:6379/0")
    if find_spec("redis") is None:
        raise ValueError("Redis takes the extra redis: uv sync --extra redis")


def _database(value: str) -> str:
    if value:
        check_database(database_url(value))
    return value


def _redis(value: str) -> str:
    if value:
        check_redis(value)
    return value


def _stripe_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value()
    if key and not key.startswith(("sk_", "rk_")):
        raise ValueError("not a secret key of Stripe's, which begins with sk_ or rk_")
    return value


def _stripe_public_key(value: str) -> str:
    if value and not value.startswith("pk_"):  # whatever it is, everybody would get to see it
        raise ValueError("not a publishable key of Stripe's, which begins with pk_")
    return value


def _price_id(value: str) -> str:
    if not re.fullmatch(r"\S*", value):
        raise ValueError("not the id of a price, such as price_1MoBy5LkdIwHu7ixZhnattbh")
    return value


def _origins(value: object) -> object:
    origins = listed(value)
    if origins == ["*"]:
        return "*"
    for each in origins:
        if not _ORIGIN.fullmatch(each):
            raise ValueError(f"{each!r} is not an origin such as https://shop.example")
    return origins


def _origin(value: str) -> str:
    origin = value.rstrip("/")
    if origin and not _ORIGIN.fullmatch(origin):
        raise ValueError(f"{value!r} is not an origin such as https://shop.example")
    return origin


def _has_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address that is none
        return False


def _service(value: str) -> str:
    url = value.rstrip("/")
    if url and not (_SERVICE.fullmatch(url) and _has_place(url)):
        raise ValueError(f"{value!r} is not an address such as https://llm.example")
    return url


def _gateway_key(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]*", value.get_secret_value()):
        raise ValueError("not a key that can be sent: write ASCII without blanks")
    return value


def _page(value: str) -> str:
    if not re.fullmatch(r"(https?://[^\s]+)?", value):
        raise ValueError(f"{value!r} is not an address such as https://shop.example/new-password")
    return value


def _level(value: str) -> str:
    if value.upper() not in _LEVELS:
        raise ValueError(f"must be one of {', '.join(_LEVELS)}")
    return value.upper()


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError("not an active ISO 4217 code")
    return value


def _checked(read: Callable[[str], object]) -> AfterValidator:
    """Have a text read, so that what is wrong with it is said at the start; and keep the text."""

    def check(value: str) -> str:
        if value:
            read(value)
        return value

    return AfterValidator(check)


def _networks(value: object) -> object:
    return [ip_network(str(each), strict=False) for each in listed(value)]


def _allowed(value: object) -> object:
    return value if isinstance(value, Allowed) else Allowed.of(listed(value))


DatabaseUri = Annotated[str, AfterValidator(_database)]
RedisUrl = Annotated[str, AfterValidator(_redis)]
StripeKey = Annotated[SecretStr, AfterValidator(_stripe_key)]
StripePublicKey = Annotated[str, AfterValidator(_stripe_public_key)]
PriceId = Annotated[str, AfterValidator(_price_id)]
StoreUrl = Annotated[str, AfterValidator(lambda value: store_url(value) if value else value)]
PageUrl = Annotated[str, AfterValidator(_page)]
GatewayKey = Annotated[SecretStr, AfterValidator(_gateway_key)]
ServiceUrl = Annotated[str, AfterValidator(_service)]
MailServer = Annotated[str, _checked(relay_of)]
MailFrom = Annotated[str, AfterValidator(lambda value: sender_of(value) and value)]
Rates = Annotated[str, _checked(rates_of)]
Origins = Annotated[list[str] | Literal["*"], NoDecode, BeforeValidator(_origins)]
Origin = Annotated[str, AfterValidator(_origin)]
Networks = Annotated[list[IPv4Network | IPv6Network], NoDecode, BeforeValidator(_networks)]
Reachable = Annotated[Allowed, NoDecode, BeforeValidator(_allowed)]
LogLevel = Annotated[str, AfterValidator(_level)]
Currency = Annotated[str, AfterValidator(_currency)]
TaxRates = Annotated[str, _checked(tax_rates)]
ShippingRates = Annotated[str, _checked(shipping_rates)]
