"""Everything that differs from one deployment to the next, read from the environment."""

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

from app.secret_key import kept_secret
from app.setting_values import check_database, check_redis, listed, rates_of
from common.money import CURRENCIES
from domain.cart.notation import shipping_rates, tax_rates
from domain.cart.rates import ChargeRule, RateTable
from domain.limits import Category
from infrastructure.databases.urls import database_url, home_of, is_sqlite
from infrastructure.mail.addresses import Relay, Sender, relay_of, sender_of
from infrastructure.woocommerce.address import Credentials, store_url

SHORTEST_SECRET = 32

_LEVELS = ("TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")


class SettingsWrong(Exception):
    """The shop cannot start with these settings. The message is one line that says why."""


class Settings(BaseSettings):
    """Names and meanings are those of ``.env.example``."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    debug: bool = True
    secret_key: SecretStr = SecretStr("")
    sqlite_uri: str = "sqlite+aiosqlite:///peregrine.db"
    database_url: str = Field(default="", repr=False)
    alembic_uri: str = Field(default="", repr=False)
    auto_migrate: bool = True
    sqlite_lanes: bool = True
    log_level: str = "INFO"
    log_json: bool = False
    cors_origins: Annotated[list[str] | Literal["*"], NoDecode] = []
    redis_url: str = Field(default="", repr=False)
    rate_limits: str = ""
    access_token_minutes: int = Field(default=15, ge=1, le=60 * 24)
    refresh_token_days: int = Field(default=7, ge=1, le=365)
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    stripe_secret_key: SecretStr = SecretStr("")
    stripe_publishable_key: str = ""
    stripe_webhook_secret: SecretStr = SecretStr("")
    woocommerce_url: str = ""
    woocommerce_key: SecretStr = SecretStr("")
    woocommerce_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = "Peregrine <shop@localhost>"
    workflows: Literal["auto", "here", "worker"] = "auto"
    public_url: str = ""
    service_name: str = "peregrine"
    default_currency: str = "USD"
    tax_rates: str = ""
    shipping_rates: str = ""

    @field_validator("sqlite_uri", "database_url", "alembic_uri")
    @classmethod
    def _usable(cls, value: str) -> str:
        if value:
            check_database(database_url(value))
        return value

    @field_validator("redis_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value:
            check_redis(value)
        return value

    @field_validator("stripe_secret_key")
    @classmethod
    def _stripe_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and not key.startswith(("sk_", "rk_")):
            raise ValueError("not a secret key of Stripe's, which begins with sk_ or rk_")
        return value

    @field_validator("stripe_publishable_key")
    @classmethod
    def _stripe_public_key(cls, value: str) -> str:
        if value and not value.startswith("pk_"):  # whatever it is, everybody would get to see it
            raise ValueError("not a publishable key of Stripe's, which begins with pk_")
        return value

    @field_validator("woocommerce_url")
    @classmethod
    def _store(cls, value: str) -> str:
        return store_url(value) if value else value

    @field_validator("woocommerce_secret")
    @classmethod
    def _all_or_none(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        url, key = others.data.get("woocommerce_url"), others.data.get("woocommerce_key")
        given = [bool(url), bool(key), bool(value)]
        if url is not None and any(given) and not all(given):
            raise ValueError("set WOOCOMMERCE_URL, _KEY and _SECRET, or none of them")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value:
            relay_of(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        sender_of(value)
        return value

    @field_validator("rate_limits")
    @classmethod
    def _readable(cls, value: str) -> str:
        rates_of(value)
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        origins = listed(value)
        if origins == ["*"]:
            return "*"
        for each in origins:
            if not _ORIGIN.fullmatch(each):
                raise ValueError(f"{each!r} is not an origin such as https://shop.example")
        return origins

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return [ip_network(str(each), strict=False) for each in listed(value)]

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        origin = value.rstrip("/")
        if origin and not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{value!r} is not an origin such as https://shop.example")
        return origin

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in _LEVELS:
            raise ValueError(f"must be one of {', '.join(_LEVELS)}")
        return value.upper()

    @field_validator("default_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise ValueError("not an active ISO 4217 code")
        return value

    @field_validator("tax_rates")
    @classmethod
    def _taxes(cls, value: str) -> str:
        tax_rates(value)
        return value

    @field_validator("shipping_rates")
    @classmethod
    def _shipping(cls, value: str) -> str:
        shipping_rates(value)
        return value

    @property
    def database(self) -> URL:
        return database_url(self.database_url or self.sqlite_uri)

    @property
    def migrated_database(self) -> URL:
        """The database as migrations reach it."""
        return database_url(self.alembic_uri) if self.alembic_uri else self.database

    @property
    def runs_workflows(self) -> bool:
        """Whether the process that serves HTTP also runs workflows."""
        return self.workflows == "here" or (self.workflows == "auto" and is_sqlite(self.database))

    @property
    def files(self) -> Path:
        """The folder for the files of the running shop."""
        return home_of(self.database) / "var"

    @property
    def webhook_secrets(self) -> list[str]:
        """The secrets that Stripe may sign with: two, while one replaces the other."""
        return listed(self.stripe_webhook_secret.get_secret_value())

    @property
    def store(self) -> Credentials | None:
        """The WooCommerce store that sells the same things, if there is one."""
        key, secret = self.woocommerce_key, self.woocommerce_secret
        if not self.woocommerce_url:
            return None
        return Credentials(self.woocommerce_url, key.get_secret_value(), secret.get_secret_value())

    @property
    def mail_server(self) -> Relay | None:
        """The server that takes our mail; without one it goes into a folder."""
        return relay_of(self.smtp_url) if self.smtp_url else None

    @property
    def sender(self) -> Sender:
        """Whom our mail is from."""
        return sender_of(self.mail_from)

    @property
    def access_lifetime(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    @property
    def refresh_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_token_days)

    @property
    def charge_rule(self) -> ChargeRule:
        """What is added to the price of the goods."""
        return RateTable(tax_rates(self.tax_rates), shipping_rates(self.shipping_rates))

    @property
    def rates(self) -> dict[Category, str] | None:
        """The rate of each category of endpoints; nothing, when limits are off."""
        return rates_of(self.rate_limits)

    def secret(self) -> str:
        """Return the key that signs tokens, made and kept if need be while debugging."""
        given = self.secret_key.get_secret_value()
        if len(given) >= SHORTEST_SECRET or (given and self.debug):
            return given
        if not self.debug:
            raise SettingsWrong(
                f"SECRET_KEY must be set to {SHORTEST_SECRET} characters or more when DEBUG is off."
            )
        path = self.files / "secret_key"
        try:
            kept = kept_secret(path)
        except OSError as error:
            raise SettingsWrong(
                f"SECRET_KEY is not set, and none can be kept in {path}: {error.strerror}."
            ) from error
        if len(kept) < SHORTEST_SECRET:
            raise SettingsWrong(f"{path} is too short for a secret. Delete it, or set SECRET_KEY.")
        return kept


def load_settings(env_file: str | Path = ".env") -> Settings:
    """Read the settings; raises ``SettingsWrong`` with one line for what is wrong."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise SettingsWrong(
            "Settings: "
            + "; ".join(
                f"{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
                for fault in faults
            )
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsWrong(f"{env_file} is not a text in UTF-8.") from error
