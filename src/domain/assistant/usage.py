from typing import NamedTuple


class Usage(NamedTuple):
    """Who answered, and what it took."""

    provider: str | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_microdollars: int = 0
    cached: bool = False
    latency_ms: int = 0


class TaskUsage(NamedTuple):
    """What one task of one user took; the ``failures`` are among the ``calls``."""

    user_id: str | None
    task_type: str
    calls: int
    failures: int
    input_tokens: int
    output_tokens: int
    cost_microdollars: int
