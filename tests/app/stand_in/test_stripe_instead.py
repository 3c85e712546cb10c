import pytest

from app.container import assemble
from app.factory import create_app
from app.routes import routes
from app.settings import Settings


@pytest.fixture
def settings() -> Settings:
    return Settings(
        _env_file=None,
        secret_key="only to have one, and long enough",
        stripe_secret_key="sk_test_none",
        stripe_publishable_key="pk_test_none",
        stripe_webhook_secret="whsec_none",
    )


def test_a_shop_on_stripe_has_no_stand_in(settings) -> None:
    shop = assemble(settings)
    app = create_app(shop)

    paths = {route.path for route in routes(shop)}

    assert not [path for path in paths if "stand-in" in path]
    for path in ("/stand-in/checkout/cs_test_x", "/stand-in/embedded", "/stand-in/portal/x"):
        assert app._router.find(path) is None
