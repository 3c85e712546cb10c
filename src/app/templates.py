"""What all our pages are made by: they work without scripts, and load nothing at all."""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates_in(folder: Path) -> "Environment":
    """Get ready to read the templates of a folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # it takes time to load

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page_policy(style: str, form_targets: str = "'self'", framers: str = "'none'") -> str:
    """Allow a page its own style, and to send its forms where they are for, and nothing more."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        f"form-action {form_targets}; frame-ancestors {framers}"
    )
