from pathlib import Path
from re import MULTILINE, findall

import pytest

from app.settings import Settings, SettingsWrong, load_settings
from domain.limits import DEFAULT_RATES, Category

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture
def load(tmp_path):
    """Load the settings of a ``.env`` file with these lines."""

    def load(*lines: str) -> Settings:
        file = tmp_path / ".env"
        file.write_text("\n".join(lines), encoding="utf-8")
        return load_settings(file)

    return load


def test_every_setting_is_in_the_example_and_nothing_else_is() -> None:
    names = findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), MULTILINE)

    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
    assert names[0] == "DEBUG"


def test_every_setting_in_the_example_is_explained_above_it() -> None:
    paragraphs = EXAMPLE.read_text().strip().split("\n\n")[1:]

    for paragraph in paragraphs:
        *comment, setting = paragraph.splitlines()
        assert comment, setting
        assert all(line.startswith("# ") for line in comment), paragraph


def test_the_example_says_what_the_defaults_are() -> None:
    assert load_settings(EXAMPLE) == Settings(_env_file=None)


def test_the_example_names_every_rate_that_can_be_set() -> None:
    named = dict(findall(r"\b([a-z]+)=(\d+/minute)", EXAMPLE.read_text()))

    assert named == {category.value: rate for category, rate in DEFAULT_RATES.items()}


def test_without_a_file_everything_has_its_default(tmp_path) -> None:
    assert load_settings(tmp_path / "none.env") == Settings(_env_file=None)


def test_what_is_left_empty_has_its_default(load) -> None:
    empty = load(*(f"{name.upper()}=" for name in Settings.model_fields))

    assert empty == Settings(_env_file=None)


BAD = {
    "DEBUG=perhaps": "DEBUG: Input should be a valid boolean",
    "DATABASE_URL=mysql://user:pa55word@host/shop": "DATABASE_URL: mysql is not supported",
    "DATABASE_URL=pa55word": "DATABASE_URL: not a database URL, such as",
    "DATABASE_URL=postgresql://user:1/pa55word@host:x/shop": "DATABASE_URL: not a database URL",
    "DATABASE_URL=sqlite://": "DATABASE_URL: a shop needs a file",
    "SQLITE_URI=sqlite+aiosqlite:///:memory:": "SQLITE_URI: a shop needs a file",
    "ALEMBIC_URI=oracle://user:pa55word@host/shop": "ALEMBIC_URI: oracle is not supported",
    "REDIS_URL=pa55word": "REDIS_URL: not a Redis URL",
    "REDIS_URL=http://localhost:6379": "REDIS_URL: not a Redis URL",
    "REDIS_URL=redis://:pa55word@localhost:x": "REDIS_URL: not a Redis URL",
    "REDIS_URL=redis+sentinel://:pa55word@localhost:26379/main": "REDIS_URL: not a Redis URL",
    "SMTP_URL=mail.example": "SMTP_URL: not a mail server, such as smtp://",
    "SMTP_URL=http://ada:pa55word@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://:pa55word@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word@mail.example:x": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word@mail.example:0": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word@mail.example:99999": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word/1@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word%00@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://ada:pa55word%ff@mail.example": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://mail.example/?starttls=off": "SMTP_URL: not a mail server",
    "SMTP_URL=smtp://[::1": "SMTP_URL: not a mail server",
    "MAIL_FROM=Peregrine": "MAIL_FROM: not a sender, such as Shop <shop@example.com>",
    "MAIL_FROM=Peregrine <shop>": "MAIL_FROM: not a sender",
    "MAIL_FROM=Peregrine <shop@example.com": "MAIL_FROM: not a sender",
    "MAIL_FROM=shop@example.com, eve@example.com": "MAIL_FROM: not a sender",
    "MAIL_FROM=A <a@example.com> <b@example.com>": "MAIL_FROM: not a sender",
    'MAIL_FROM="A\\nBcc: eve@example.com <a@example.com>"': "MAIL_FROM: not a sender",
    "RATE_LIMITS=nonsense": "RATE_LIMITS: 'nonsense' is none of cart, checkout, login, sync",
    "RATE_LIMITS=10/minute": "RATE_LIMITS: '10/minute' is none of cart",
    "RATE_LIMITS=cart": "RATE_LIMITS: '' is not a rate such as 100/minute",
    "RATE_LIMITS=cart=5/fortnight": "RATE_LIMITS: '5/fortnight' is not a rate",
    "RATE_LIMITS=cart=5/minute;9/hour": "RATE_LIMITS: '5/minute;9/hour' is not a rate",
    "TRUSTED_PROXIES=nonsense": "TRUSTED_PROXIES: 'nonsense' does not appear to be an IPv4 or",
    "TRUSTED_PROXIES=10.0.0.0/33": "TRUSTED_PROXIES: '10.0.0.0/33' does not appear to be",
    "DEFAULT_CURRENCY=usd": "DEFAULT_CURRENCY: not an active ISO 4217 code",
    "LOG_LEVEL=loud": "LOG_LEVEL: must be one of TRACE, DEBUG, INFO",
    "CORS_ORIGINS=https://shop.example/": "CORS_ORIGINS: 'https://shop.example/' is not an origin",
    "CORS_ORIGINS=*,https://shop.example": "CORS_ORIGINS: '*' is not an origin",
    "CORS_ORIGINS=shop.example": "CORS_ORIGINS: 'shop.example' is not an origin",
    "ACCESS_TOKEN_MINUTES=0": "ACCESS_TOKEN_MINUTES: Input should be greater than or equal to 1",
    "ACCESS_TOKEN_MINUTES=soon": "ACCESS_TOKEN_MINUTES: Input should be a valid integer",
    "REFRESH_TOKEN_DAYS=366": "REFRESH_TOKEN_DAYS: Input should be less than or equal to 365",
}


@pytest.mark.parametrize(("line", "said"), BAD.items(), ids=BAD)
def test_a_bad_value_is_said_in_one_line(load, line, said) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(line)

    message = str(wrong.value)
    assert message.startswith(f"Settings: {said}")
    assert "\n" not in message
    assert "pa55word" not in message


def test_everything_that_is_wrong_is_said_at_once(load) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load("LOG_LEVEL=loud", "REFRESH_TOKEN_DAYS=0")

    assert "LOG_LEVEL: " in str(wrong.value)
    assert "; REFRESH_TOKEN_DAYS: " in str(wrong.value)


def test_a_file_in_another_encoding_is_refused_in_one_line(tmp_path) -> None:
    file = tmp_path / ".env"
    file.write_text("DEBUG=True", encoding="utf-16")

    with pytest.raises(SettingsWrong, match="not a text in UTF-8"):
        load_settings(file)


def test_rates_that_are_not_given_stay_as_they_were(load) -> None:
    settings = load("RATE_LIMITS=login=5/minute, cart = 10 per 2 hours")

    assert settings.rates == DEFAULT_RATES | {
        Category.LOGIN: "5/minute",
        Category.CART: "10 per 2 hours",
    }


@pytest.mark.parametrize("off", ["off", "OFF", " Off "])
def test_rate_limits_can_be_off(load, off) -> None:
    assert load(f"RATE_LIMITS={off}").rates is None


@pytest.mark.parametrize(
    ("written", "driver"),
    {
        "sqlite:///shop.db": "sqlite+aiosqlite",
        "sqlite+pysqlite:///shop.db": "sqlite+aiosqlite",
        "postgres://user:pw@host/shop": "postgresql+asyncpg",
        "postgresql://user:pw@host/shop": "postgresql+asyncpg",
        "postgresql+psycopg://user:pw@host/shop": "postgresql+asyncpg",
    }.items(),
)
def test_a_database_is_found_under_any_common_spelling(load, written, driver) -> None:
    settings = load(f"DATABASE_URL={written}")

    assert settings.database.drivername == driver
    assert settings.migrated_database == settings.database


def test_migrations_may_go_another_way_to_the_database(load) -> None:
    settings = load(
        "DATABASE_URL=postgresql://shop:pw@pooler/shop",
        "ALEMBIC_URI=postgresql://owner:pw@host/shop",
    )

    assert settings.database.host == "pooler"
    assert settings.migrated_database.host == "host"


def test_lists_are_written_with_commas(load) -> None:
    settings = load(
        "CORS_ORIGINS=https://shop.example, http://localhost:3000,",
        "TRUSTED_PROXIES=10.0.0.0/8, 127.0.0.1, ::1",
    )

    assert settings.cors_origins == ["https://shop.example", "http://localhost:3000"]
    assert [str(each) for each in settings.trusted_proxies] == [
        "10.0.0.0/8",
        "127.0.0.1/32",
        "::1/128",
    ]


def test_settings_do_not_show_their_secrets(load) -> None:
    settings = load(
        "SECRET_KEY=pa55word",
        "DATABASE_URL=postgresql://user:pa55word@host/shop",
        "ALEMBIC_URI=postgresql://owner:pa55word@host/shop",
        "REDIS_URL=redis://:pa55word@host:6379/0",
        "SMTP_URL=smtp://ada:pa55word@mail.example",
    )

    assert "pa55word" not in f"{settings} {settings!r} {settings.database}"
