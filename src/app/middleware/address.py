from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

from app.http import Request, Response


class Address:
    """Finds the address a request comes from, past the proxies we trust and no further."""

    def __init__(self, trusted: Iterable[IPv4Network | IPv6Network]) -> None:
        self._trusted = tuple(trusted)

    async def process_request(self, req: Request, resp: Response) -> None:
        address = _host(req.remote_addr or "unknown")
        if self._trusted:
            forwarded = req.get_header("X-Forwarded-For", default="").split(",")
            hops = [hop for hop in forwarded if hop.strip()]
            while hops and self._is_trusted(address):
                address = _host(hops.pop())
        req.address = address

    def _is_trusted(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._trusted)
        except ValueError:
            return False


def _host(written: str) -> str:
    """Take off what some proxies add, a port, and what dual-stack sockets do, ``::ffff:``."""
    host = written.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    return host.removeprefix("::ffff:")
