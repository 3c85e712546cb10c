import pytest

from app.settings import Settings, SettingsWrong, load_settings

URL, KEY, SECRET = "WOOCOMMERCE_URL", "WOOCOMMERCE_KEY", "WOOCOMMERCE_SECRET"


@pytest.fixture
def load(tmp_path):
    """Load the settings of a ``.env`` file with these values."""

    def load(**values: str) -> Settings:
        file = tmp_path / ".env"
        file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        return load_settings(file)

    return load


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://store.example", "https://store.example"),
        ("http://127.0.0.1:8091/", "http://127.0.0.1:8091"),
        ("https://example.com/shop/", "https://example.com/shop"),
    ],
)
def test_a_store_is_its_address_and_a_key(load, given, kept) -> None:
    store = load(**{URL: given, KEY: "ck_1", SECRET: "cs_1"}).store

    assert store is not None
    assert (store.url, store.key, store.secret) == (kept, "ck_1", "cs_1")
    assert "cs_1" not in repr(store)


def test_there_need_be_no_store(load) -> None:
    assert load().store is None


@pytest.mark.parametrize("missing", [(URL,), (KEY,), (SECRET,), (URL, KEY), (KEY, SECRET)])
def test_a_store_is_set_up_entirely_or_not_at_all(load, missing) -> None:
    values = {URL: "https://store.example", KEY: "ck_1", SECRET: "cs_1"}

    with pytest.raises(SettingsWrong, match="set WOOCOMMERCE_URL, _KEY and _SECRET, or none"):
        load(**{name: value for name, value in values.items() if name not in missing})


@pytest.mark.parametrize(
    "url",
    [
        "store.example",
        "ftp://store.example",
        "https://",
        "https://user:pa55word@store.example",
        "https://store.example:port",
        "https://store.example/?rest_route=/",
        "https://store.example/#shop",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(load, url) -> None:
    with pytest.raises(SettingsWrong, match="not the address of a store") as wrong:
        load(**{URL: url, KEY: "ck_1", SECRET: "cs_1"})

    assert "pa55word" not in str(wrong.value)
