"""What a host asks of robots (RFC 9309)."""

import re
from dataclasses import dataclass
from typing import Self

from protego import Protego

NAME = "Peregrine"
"""Who we are in the robots.txt of others."""
LARGEST = 512 * 1024
_MOST_LINES = 10_000
_LONGEST_DELAY = 30.0
_AGENT = re.compile(r"\s*user[-\s]*agent[\s:]+([^#]*)", re.IGNORECASE)
_IS_US = re.compile(rf"{NAME}(?![a-z_-])", re.IGNORECASE)  # whichever version it names
_US, _OTHERS = f"User-agent: {NAME}", "User-agent: -"


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as it concerns us."""

    robots: Protego
    lines: int
    delay: float = 0.0
    """How many seconds apart it wants requests to be; more than we can wait is not granted."""
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def of(cls, body: bytes) -> Self:
        lines = body.decode("utf-8-sig", "replace").splitlines()[:_MOST_LINES]
        robots = Protego.parse("\n".join(map(_concerning_us, lines)))
        delay = min(robots.crawl_delay(NAME) or 0.0, _LONGEST_DELAY)
        return cls(robots, len(lines), delay, tuple(robots.sitemaps))

    def let(self, url: str) -> bool:
        """Tell whether we may ask for a page."""
        return self.robots.can_fetch(url, NAME)


def _concerning_us(line: str) -> str:
    """Make one robot of all the others: Protego keeps every rule again for each of them."""
    agent = _AGENT.match(line)
    name = agent[1].strip() if agent else ""
    if name in ("", "*"):
        return line
    return _US if _IS_US.match(name) else _OTHERS
