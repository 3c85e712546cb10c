"""Everything that differs from one deployment to the next, read from the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PrivateAttr, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

from app.secret_key import kept_secret
from app.setting_values import (
    Currency,
    DatabaseUri,
    GatewayKey,
    LogLevel,
    MailFrom,
    MailServer,
    Networks,
    Origin,
    Origins,
    PageUrl,
    PriceId,
    Rates,
    Reachable,
    RedisUrl,
    ServiceUrl,
    ShippingRates,
    StoreUrl,
    StripeKey,
    StripePublicKey,
    TaxRates,
    listed,
    rates_of,
)
from domain.cart.notation import shipping_rates, tax_rates
from domain.cart.rates import ChargeRule, RateTable
from domain.limits import Category
from infrastructure.databases.runners import PoolLimits
from infrastructure.databases.urls import database_url, home_of, is_sqlite
from infrastructure.mail.addresses import Relay, Sender, relay_of, sender_of
from infrastructure.reachable import Allowed
from infrastructure.woocommerce.address import Credentials

SHORTEST_SECRET = 32
_AT_HOME = "http://localhost:8000"


class SettingsWrong(Exception):
    """The shop cannot start with these settings. The message is one line that says why."""


class Settings(BaseSettings):
    """Names and meanings are those of ``.env.example``."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    debug: bool = True
    secret_key: SecretStr = SecretStr("")
    sqlite_uri: DatabaseUri = "sqlite+aiosqlite:///peregrine.db"
    database_url: DatabaseUri = Field(default="", repr=False)
    alembic_uri: DatabaseUri = Field(default="", repr=False)
    auto_migrate: bool = True
    sqlite_lanes: bool = True
    database_pool_size: int = Field(default=10, ge=1, le=1000)
    database_pool_timeout: float = Field(default=5.0, gt=0, le=600, allow_inf_nan=False)
    log_level: LogLevel = "INFO"
    log_json: bool = False
    cors_origins: Origins = []
    redis_url: RedisUrl = Field(default="", repr=False)
    rate_limits: Rates = ""
    access_token_minutes: int = Field(default=15, ge=1, le=60 * 24)
    refresh_token_days: int = Field(default=7, ge=1, le=365)
    trusted_proxies: Networks = []
    stripe_secret_key: StripeKey = SecretStr("")
    stripe_publishable_key: StripePublicKey = ""
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_pro_price_id: PriceId = ""
    stripe_enterprise_price_id: PriceId = ""
    woocommerce_url: StoreUrl = ""
    woocommerce_key: SecretStr = SecretStr("")
    woocommerce_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    smtp_url: MailServer = Field(default="", repr=False)
    mail_from: MailFrom = "Peregrine <shop@localhost>"
    llm_gateway_url: ServiceUrl = ""
    llm_gateway_key: GatewayKey = SecretStr("")
    outbound_allow: Reachable = Allowed()
    scan_rate_per_second: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)
    metrics_public: bool = False
    workflows: Literal["auto", "here", "worker"] = "auto"
    public_url: Origin = ""
    password_reset_url: PageUrl = ""
    service_name: str = "peregrine"
    default_currency: Currency = "USD"
    tax_rates: TaxRates = ""
    shipping_rates: ShippingRates = ""
    _home: str = PrivateAttr(_AT_HOME)

    @field_validator("woocommerce_secret")
    @classmethod
    def _all_or_none(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        url, key = others.data.get("woocommerce_url"), others.data.get("woocommerce_key")
        given = [bool(url), bool(key), bool(value)]
        if url is not None and any(given) and not all(given):
            raise ValueError("set WOOCOMMERCE_URL, _KEY and _SECRET, or none of them")
        return value

    @property
    def database(self) -> URL:
        return database_url(self.database_url or self.sqlite_uri)

    @property
    def pool(self) -> PoolLimits:
        return PoolLimits(self.database_pool_size, self.database_pool_timeout)

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
    def shop_name(self) -> str:
        """What people know this shop by."""
        return self.sender.name or self.sender.host

    @property
    def reset_page(self) -> str:
        """Where the links lead that set another password: never where a request says we are."""
        return self.password_reset_url or f"{self.public_url or self._home}/reset-password"

    def served_at(self, url: str) -> Self:
        """Return the same for a process that answers there: mails lead to it by default."""
        served = self.model_copy()
        served._home = url
        return served

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
