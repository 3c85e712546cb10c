"""The process: ``uvicorn asgi:application``."""

from app.container import assemble
from app.factory import create_app
from app.logging_conf import configure_logging
from app.memory import settle_in
from app.settings import SettingsWrong, load_settings

try:
    settings = load_settings()
    configure_logging(
        level=settings.log_level, json=settings.log_json, service=settings.service_name
    )
    application = create_app(assemble(settings))
    settle_in()
except SettingsWrong as error:
    raise SystemExit(str(error)) from None
