import pytest

from infrastructure.databases.urls import database_url


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///shop.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///shop.db", "sqlite+aiosqlite"),
        ("postgres://ada@db/shop", "postgresql+asyncpg"),
        ("postgresql://ada@db/shop", "postgresql+asyncpg"),
        ("postgresql+psycopg://ada@db/shop", "postgresql+asyncpg"),
    ],
)
def test_every_common_spelling_gets_the_driver_we_use(given, driver) -> None:
    assert database_url(given).drivername == driver


def test_what_hosts_write_for_libpq_is_understood() -> None:
    url = database_url("postgresql://ada@db/shop?sslmode=require&channel_binding=require")

    assert dict(url.query) == {"ssl": "require"}


@pytest.mark.parametrize(
    "given", ["mysql://ada@db/shop", "nonsense", "", "postgresql://ada:se@cret:x@"]
)
def test_anything_else_is_refused_without_quoting_it(given) -> None:
    with pytest.raises(ValueError, match=r"not supported|not a database URL") as refused:
        database_url(given)

    assert "se@cret" not in str(refused.value)
