"""Everything that differs from one deployment to the next, read from the environment."""

import os
import secrets
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Self

from limits import parse
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

from common.money import CURRENCIES
from domain.limits import DEFAULT_RATES, Category
from infrastructure.databases.urls import database_url, home_of

SHORTEST_SECRET = 32


class SettingsWrong(Exception):
    """The shop cannot start with these settings. The message is one line that says why."""


class Settings(BaseSettings):
    """Names and meanings are those of ``.env.example``."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    debug: bool = True
    secret_key: SecretStr = SecretStr("")
    sqlite_uri: str = "sqlite+aiosqlite:///peregrine.db"
    database_url: str = ""
    alembic_uri: str = ""
    auto_migrate: bool = True
    sqlite_lanes: bool = True
    log_level: str = "INFO"
    log_json: bool = False
    cors_origins: Annotated[list[str], NoDecode] = []
    redis_url: str = ""
    rate_limits: str = ""
    access_token_minutes: int = Field(default=15, ge=1, le=60 * 24)
    refresh_token_days: int = Field(default=7, ge=1, le=365)
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    service_name: str = "peregrine"
    default_currency: str = "USD"

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _listed(value)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return [ip_network(str(each), strict=False) for each in _listed(value)]

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        return value.upper()

    @field_validator("default_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise ValueError("not an active ISO 4217 code")
        return value

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _ = self.database, self.rates
        return self

    @property
    def database(self) -> URL:
        return database_url(self.database_url or self.sqlite_uri)

    @property
    def migrated_database(self) -> URL:
        """The database as migrations reach it."""
        return database_url(self.alembic_uri) if self.alembic_uri else self.database

    @property
    def files(self) -> Path:
        """The folder for the files of the running shop."""
        return home_of(self.database) / "var"

    @property
    def access_lifetime(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    @property
    def refresh_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_token_days)

    @property
    def rates(self) -> dict[Category, str] | None:
        """The rate of each category of endpoints; nothing, when limits are off."""
        if self.rate_limits.strip().lower() == "off":
            return None
        rates = dict(DEFAULT_RATES)
        for each in _listed(self.rate_limits):
            category, _, rate = each.partition("=")
            rates[Category(category.strip())] = rate.strip()
            parse(rate.strip())
        return rates

    def secret(self) -> str:
        """Return the key that signs tokens, made and kept if need be while debugging."""
        given = self.secret_key.get_secret_value()
        if len(given) >= SHORTEST_SECRET or (given and self.debug):
            return given
        if not self.debug:
            raise SettingsWrong(
                f"SECRET_KEY must be set to {SHORTEST_SECRET} characters or more when DEBUG is off."
            )
        return _kept_secret(self.files / "secret_key")


def load_settings() -> Settings:
    """Read the settings; raises ``SettingsWrong`` with one line for what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise SettingsWrong(
            "Settings: "
            + "; ".join(
                f"{'.'.join(map(str, fault['loc'])).upper() or 'value'}: {fault['msg']}"
                for fault in faults
            )
        ) from error


def _listed(value: object) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
    return [str(part).strip() for part in parts if str(part).strip()]


def _kept_secret(path: Path) -> str:
    """Read the secret in a file, made first if it is not there; two processes get the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all, and never over another's
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
