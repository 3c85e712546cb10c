"""Where the links lead that set another password."""

import pytest
from loguru import logger

from app.container import assemble
from app.settings import Settings, SettingsWrong, load_settings

BY_MAIL = {"smtp_url": "smtp://mail.example"}
ELSEWHERE = "https://shop.example/new-password"


@pytest.fixture
def warnings():
    """What is said at the start."""
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}", level="WARNING")
    yield lines
    logger.remove(sink)


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, secret_key="s" * 32, **given)


def test_a_shop_that_mails_and_does_not_say_where_it_is_says_that(warnings) -> None:
    assemble(settings(**BY_MAIL))

    (line,) = warnings
    assert "PUBLIC_URL is not set" in line
    assert "http://localhost:8000/reset-password" in line


@pytest.mark.parametrize(
    "given",
    [
        {},
        BY_MAIL | {"public_url": "https://shop.example"},
        BY_MAIL | {"password_reset_url": ELSEWHERE},
    ],
)
def test_nothing_is_said_where_links_lead_somewhere(warnings, given) -> None:
    assemble(settings(**given))

    assert warnings == []


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ({}, "http://localhost:8000/reset-password"),
        ({"public_url": "https://shop.example/"}, "https://shop.example/reset-password"),
        ({"public_url": "https://a.example", "password_reset_url": ELSEWHERE}, ELSEWHERE),
    ],
)
def test_links_lead_to_the_page_that_ships_or_to_ones_own(given, page) -> None:
    assert settings(**given).reset_page == page


def test_without_a_public_url_links_lead_to_where_the_shop_is_served() -> None:
    assert settings().served_at("http://[::1]:81").reset_page == "http://[::1]:81/reset-password"


def test_a_public_url_is_right_wherever_the_shop_is_served() -> None:
    behind_a_proxy = settings(public_url="https://shop.example").served_at("http://127.0.0.1:81")

    assert behind_a_proxy.reset_page == "https://shop.example/reset-password"


@pytest.mark.parametrize("url", ["shop.example", "ftp://a.example", "https://", "https://a b"])
def test_what_is_no_address_is_said_to_be_none(tmp_path, url) -> None:
    file = tmp_path / ".env"
    file.write_text(f"PASSWORD_RESET_URL='{url}'\n")

    with pytest.raises(SettingsWrong, match=r"PASSWORD_RESET_URL: '.*' is not an address such as"):
        load_settings(file)
