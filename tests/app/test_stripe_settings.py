import pytest

from app.settings import SettingsWrong, load_settings


@pytest.fixture
def load(tmp_path):
    """Load the settings of a ``.env`` file with these lines."""

    def load(*lines: str):
        file = tmp_path / ".env"
        file.write_text("\n".join(lines), encoding="utf-8")
        return load_settings(file)

    return load


BAD = {
    "STRIPE_SECRET_KEY=pk_test_pa55word": "STRIPE_SECRET_KEY: not a secret key of Stripe's",
    "STRIPE_SECRET_KEY=pa55word": "STRIPE_SECRET_KEY: not a secret key of Stripe's",
    "STRIPE_PUBLISHABLE_KEY=sk_test_pa55word": "STRIPE_PUBLISHABLE_KEY: not a publishable key",
}


@pytest.mark.parametrize(("line", "said"), BAD.items(), ids=BAD)
def test_keys_in_the_wrong_place_are_told_without_being_shown(load, line, said) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(line)

    assert said in str(wrong.value)
    assert "pa55word" not in str(wrong.value)


def test_secrets_are_not_shown(load) -> None:
    settings = load("STRIPE_SECRET_KEY=sk_test_pa55word", "STRIPE_WEBHOOK_SECRET=whsec_pa55word")

    assert "pa55word" not in f"{settings} {settings!r}"


def test_there_may_be_two_webhook_secrets_while_one_is_replaced(load) -> None:
    settings = load("STRIPE_WEBHOOK_SECRET=whsec_1, whsec_2")

    assert settings.webhook_secrets == ["whsec_1", "whsec_2"]
    assert load().webhook_secrets == []
