"""Which addresses we may call on behalf of others: those of the public internet, and no more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Self


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
                hosts.add(text.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def lets(self, host: str, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether ``host``, which is found at ``address``, may be called."""
        if host.lower().rstrip(".") in self.hosts or any(address in each for each in self.networks):
            return True
        return is_public(address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is of the public internet, also under the guise of IPv6."""
    if isinstance(address, IPv6Address):
        disguised = address.ipv4_mapped or address.sixtofour
        if address.teredo or address in _NAT64:
            return False
        if disguised:
            return is_public(disguised)
    return address.is_global and not address.is_multicast


_NAT64 = IPv6Network("64:ff9b::/96")  # wherever a translator is, this is any IPv4 address
