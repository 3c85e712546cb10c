import pytest

from app.settings import Settings, SettingsWrong, load_settings


@pytest.fixture
def load(tmp_path):
    """Load the settings of a ``.env`` file with these lines."""

    def load(*lines: str) -> Settings:
        file = tmp_path / ".env"
        file.write_text("\n".join(lines), encoding="utf-8")
        return load_settings(file)

    return load


def test_a_gateway_may_be_anywhere(load) -> None:
    settings = load("LLM_GATEWAY_URL=http://[::1]:8200/llm/", "LLM_GATEWAY_KEY=!a~1")

    assert settings.llm_gateway_url == "http://[::1]:8200/llm"
    assert settings.llm_gateway_key.get_secret_value() == "!a~1"


@pytest.mark.parametrize(
    "url",
    [
        "llm.example",
        "ftp://llm.example",
        "https://llm.example:port",
        "https://llm.example:99999",
        "https://llm.example:0",
        "https://[::1",
        "https://:8200",
        "https://ada:pa55word@llm.example",
    ],
)
def test_what_is_no_address_is_said_in_one_line(load, url) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(f"LLM_GATEWAY_URL={url}")

    assert str(wrong.value).startswith("Settings: LLM_GATEWAY_URL: ")
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("key", ["two pa55words", "pa55wörd", '"pa55word\\nX-Other: 1"'])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(load, key) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(f"LLM_GATEWAY_KEY={key}")

    assert str(wrong.value).startswith("Settings: LLM_GATEWAY_KEY: not a key that can be sent")
    assert "pa55" not in str(wrong.value)
