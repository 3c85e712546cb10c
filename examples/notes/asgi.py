from app.container import assemble
from app.logging_conf import configure_logging
from app.settings import load_settings
from notes.main import create, kept

settings = load_settings()
configure_logging(level=settings.log_level, json=settings.log_json, service="notes")
application = create(assemble(settings, metrics=[kept]))
