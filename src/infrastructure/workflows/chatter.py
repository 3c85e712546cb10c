"""What DBOS says, in our log and in few words.

While a database is away each of its threads complains several times a second, with tracebacks.
"""

import logging
import time

from common.logging import log

_SAID_BETTER = ("Step being automatically retried", "Asyncio task cancelled")
_SILENCE = 60.0  # seconds until the same thing is worth saying again
_REMEMBERED = 1000


class Chatter(logging.Handler):
    """Passes on the first line of what is new."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        message, _, _ = record.getMessage().partition("Traceback")
        line = message.partition("\n")[0].rstrip(" :")
        if line.startswith(_SAID_BETTER) or self._is_old(line):
            return
        exception = record.exc_info if record.levelno >= logging.ERROR else None
        log.opt(exception=exception).log(record.levelname, "DBOS: {}", line)

    def _is_old(self, line: str) -> bool:
        now = time.monotonic()
        if now - self._said.get(line, -_SILENCE) < _SILENCE:
            return True
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said[line] = now
        return False


def tame_chatter() -> None:
    """Take the place of the handler that DBOS would make for itself."""
    logger = logging.getLogger("dbos")
    logger.handlers = [Chatter()]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
