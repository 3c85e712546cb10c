"""Where log lines go and what they look like. Each is stamped with the request it belongs to."""

import inspect
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from app.schema import encode
from common.clock import utc_now
from common.logging import log, request_id

if TYPE_CHECKING:
    from loguru import Record

_LINE = "{time:HH:mm:ss.SSS} {level:<7} {extra[request_id]} {message}"


class AccessLine(NamedTuple):
    """One request, as the access log tells of it."""

    request_id: str
    method: str
    path: str
    status: int
    duration_ms: float
    address: str
    user_id: str | None


_as_json = False
_service = "peregrine"


def configure_logging(*, level: str, json: bool, service: str = _service) -> None:
    """Send every log line to standard error, those of our libraries included."""
    global _as_json, _service
    _as_json, _service = json, service
    log.configure(
        patcher=_stamp,
        handlers=[
            {
                "sink": sys.stderr,
                "level": level,
                "format": _json_line if json else _LINE,
                "diagnose": False,  # it prints variables, and some of ours are secrets
                "backtrace": False,
            }
        ],
    )
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.INFO, force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").handlers = []  # ours says more, at less cost
    logging.getLogger("uvicorn.access").propagate = False
    for name in ("alembic", "dbos", "httpx", "httpx2", "stripe"):
        logging.getLogger(name).setLevel(logging.WARNING)


def write_access_lines(lines: Sequence[AccessLine]) -> None:
    """Write many lines in one go; loguru charges by the call."""
    now = utc_now()
    if _as_json:
        head = {"time": _utc(now), "level": "INFO", "service": _service, "message": "request"}
        written = [encode(head | line._asdict()).decode() for line in lines]
    else:
        time = now.astimezone().strftime("%H:%M:%S.%f")[:-3]
        written = [
            f"{time} INFO    {line.request_id} {line.method} {line.path} {line.status} "
            f"{line.duration_ms}ms from {line.address} as {line.user_id or '-'}"
            for line in lines
        ]
    log.opt(raw=True).info("\n".join(written) + "\n")


def _stamp(record: "Record") -> None:
    record["extra"].setdefault("request_id", request_id.get())


def _json_line(record: "Record") -> str:
    exception = record["exception"]
    line: dict[str, Any] = {
        "time": _utc(record["time"]),
        "level": record["level"].name,
        "service": _service,
        "message": record["message"],
        "logger": record["name"],
        **record["extra"],
    }
    if exception:
        line["exception"] = "".join(traceback.format_exception(exception.value))
    record["extra"]["line"] = encode(line).decode()
    return "{extra[line]}\n"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _ToLoguru(logging.Handler):
    """Hands what libraries log to loguru, as its documentation suggests."""

    def emit(self, record: logging.LogRecord) -> None:
        frame, depth = inspect.currentframe(), 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        log.opt(depth=depth, exception=record.exc_info).log(record.levelname, record.getMessage())
