from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.container import assemble
from app.settings import Settings, SettingsWrong


def shop_in(folder: Path, **settings: object) -> Settings:
    return Settings(_env_file=None, sqlite_uri=f"sqlite:///{folder / 'shop.db'}", **settings)


def test_a_made_secret_is_kept_beside_the_database_for_its_owner_alone(tmp_path) -> None:
    secret = shop_in(tmp_path).secret()

    kept = tmp_path / "var" / "secret_key"
    assert kept.read_text() == secret
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(secret) >= 32


def test_a_made_secret_is_the_same_next_time(tmp_path) -> None:
    first = shop_in(tmp_path).secret()

    assert shop_in(tmp_path).secret() == first


def test_every_shop_makes_a_secret_of_its_own(tmp_path) -> None:
    assert shop_in(tmp_path / "one").secret() != shop_in(tmp_path / "two").secret()


def test_processes_that_start_together_make_one_secret(tmp_path) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: shop_in(tmp_path).secret(), range(64)))

    assert len(secrets) == 1
    assert [each.name for each in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_a_secret_that_is_given_is_used_and_none_is_kept(tmp_path) -> None:
    settings = shop_in(tmp_path, secret_key="given, and long enough to be taken")

    assert settings.secret() == "given, and long enough to be taken"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_without_debug_no_shop_opens_on_a_missing_or_short_secret(tmp_path, secret) -> None:
    settings = shop_in(tmp_path, debug=False, secret_key=secret)

    with pytest.raises(SettingsWrong, match="SECRET_KEY must be set to 32 characters or more"):
        assemble(settings)

    assert list(tmp_path.iterdir()) == []


def test_without_debug_a_long_secret_is_taken(tmp_path) -> None:
    assert shop_in(tmp_path, debug=False, secret_key="x" * 32).secret() == "x" * 32


def test_without_debug_a_kept_secret_is_not_enough(tmp_path) -> None:
    shop_in(tmp_path).secret()

    with pytest.raises(SettingsWrong):
        shop_in(tmp_path, debug=False).secret()


@pytest.mark.parametrize("left", ["", "\n", "short"])
def test_a_kept_secret_that_was_cut_off_is_refused(tmp_path, left) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret_key").write_text(left)

    with pytest.raises(SettingsWrong, match=r"is too short for a secret\. Delete it"):
        shop_in(tmp_path).secret()


def test_a_place_where_no_secret_can_be_kept_is_named(tmp_path) -> None:
    (tmp_path / "var").write_text("in the way")

    with pytest.raises(SettingsWrong, match=r"none can be kept in .*secret_key: .*exists"):
        shop_in(tmp_path).secret()
