"""Which addresses we may call on behalf of others: those of the public internet, and no more."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Self

type Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hosts and networks that may be called although their addresses are private."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = field(default=())

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Read names, addresses and networks; what is no network is a name."""
        hosts, networks = set(), []
        for text in texts:
            try:
                networks.append(ip_network(text.strip("[]"), strict=False))
            except ValueError:
                if "/" in text or ":" in text or not text.strip():
                    raise ValueError(f"{text!r} is no name, address or network") from None
                hosts.add(_plain(text))
        return cls(frozenset(hosts), tuple(networks))

    def lets(self, host: str, address: Address) -> bool:
        """Tell whether ``host``, which is found at ``address``, may be called."""
        real = _unwrapped(address)
        if _plain(host) in self.hosts or any(real in each for each in self.networks):
            return True
        return is_public(address)


def literal_address(host: str) -> Address | None:
    """Read a host that is an address, in any notation that a resolver takes for one.

    ``2130706433``, ``0x7f.1`` and ``0177.0.0.1`` are all 127.0.0.1.
    """
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(_plain(host)))
    except (OSError, ValueError):
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet, also under the guise of IPv6."""
    if isinstance(address, IPv6Address):
        if disguised := address.ipv4_mapped or address.sixtofour:
            return is_public(disguised)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and address not in _RELAYS


def _unwrapped(address: Address) -> Address:
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that is given out of IPv6. Beyond it are translators (``64:ff9b::/96``) and IPv4 written as
IPv6 (``::/96``), which lead anywhere, and what is local (``fc00::/7``, ``fec0::/10``)."""
_RELAYS = IPv4Network("192.88.99.0/24")  # of 6to4, which nobody runs any more
