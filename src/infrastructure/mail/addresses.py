"""Mail servers and senders, as settings write them."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}
_SUBMISSION = 587
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_NAMED = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]*)>')
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our mail."""

    host: str
    port: int
    tls_from_the_start: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine: nobody listens in, and certificates are home-made."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def insists_on_tls(self) -> bool:
        """Whether to give up, rather than show a password to whoever listens in."""
        return bool(self.user) and not self.is_local and not self.tls_from_the_start


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom our mail is from."""

    name: str
    address: str

    @property
    def host(self) -> str:
        return self.address.rpartition("@")[2]


def relay_of(url: str) -> Relay:
    """Read a mail server's URL; raises ``ValueError``, in words that quote no password."""
    try:
        relay = _relay(urlsplit(url))
    except ValueError:  # a port that is none, or an address that is cut short
        relay = None
    if relay is None:
        raise ValueError(
            "not a mail server, such as smtp://user:password@mail.example:587 or "
            "smtps://mail.example, with user and password percent-encoded"
        )
    return relay


def sender_of(text: str) -> Sender:
    """Read ``Shop <shop@example.com>`` or a bare address; raises ``ValueError``."""
    named = _NAMED.fullmatch(text.strip())
    name, address = (named["name"].strip(), named["address"]) if named else ("", text.strip())
    if not (name.isprintable() and _ADDRESS.fullmatch(address)):
        raise ValueError("not a sender, such as Shop <shop@example.com>")
    return Sender(name, address)


def _relay(parts: SplitResult) -> Relay | None:
    host, user, password = parts.hostname or "", _decoded(parts.username), _decoded(parts.password)
    if parts.scheme not in _PORTS or parts.port == 0 or not (":" in host or _HOST.fullmatch(host)):
        return None
    if parts.path.strip("/") or parts.query or parts.fragment or bool(user) != bool(password):
        return None
    default = _SUBMISSION if user and parts.scheme == "smtp" else _PORTS[parts.scheme]
    return Relay(host, parts.port or default, parts.scheme == "smtps", user, password)


def _decoded(part: str | None) -> str | None:
    """Decode a user or a password; control characters are in none that mail servers take."""
    decoded = unquote(part or "", errors="strict")
    if not decoded.isprintable():
        raise ValueError("unprintable")
    return decoded or None
