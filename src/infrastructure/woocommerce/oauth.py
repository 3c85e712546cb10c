"""OAuth 1.0a as WooCommerce asks for it where there is no TLS.

One-legged, with everything in the query string: the parameters, sorted and encoded twice, behind
the verb and the address, signed with the secret and a lone ``&`` (there is no token). See RFC
5849, section 3.4, and "Authentication over HTTP" in WooCommerce's documentation.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def signed(
    verb: str,
    url: str,
    params: Mapping[str, str],
    key: str,
    secret: str,
    *,
    nonce: str,
    timestamp: int,
) -> dict[str, str]:
    """Return the parameters with those that prove whose they are."""
    proven = {
        **params,
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }
    text = base_string(verb, url, proven)
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()
    return proven | {"oauth_signature": base64.b64encode(digest).decode()}


def base_string(verb: str, url: str, params: Mapping[str, str]) -> str:
    """Write what is signed."""
    pairs = sorted((encoded(name), encoded(value)) for name, value in params.items())
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{verb}&{encoded(url)}&{encoded(query)}"


def encoded(text: str) -> str:
    return quote(text, safe="~")
