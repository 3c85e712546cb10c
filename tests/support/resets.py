"""Links that set another password, as they arrive."""

import re
from email.message import EmailMessage
from html import escape
from urllib.parse import parse_qs, urlsplit

from support.letters import body_of

_LINK = re.compile(r"https?://\S+")

FORGOT = "/api/v1/auth/forgot-password"
RESET = "/api/v1/auth/reset-password"


def link_in(mail: EmailMessage) -> str:
    """Read the link; it is the same in both forms of the letter."""
    (link,) = _LINK.findall(body_of(mail, "plain"))
    assert f'href="{escape(str(link))}"' in body_of(mail, "html")
    return str(link)


def token_in(mail: EmailMessage) -> str:
    (token,) = parse_qs(urlsplit(link_in(mail)).query)["token"]
    return token
