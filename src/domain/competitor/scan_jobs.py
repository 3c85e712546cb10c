"""The jobs that carry scans out."""

from domain.workflow import Job, Queue

SCAN = "scan"
"""The workflow that carries a scan on for a turn."""


def scan_job(scan_id: str, turn: int = 0) -> Job:
    """The job of a turn of a scan, to be enqueued in the transaction that begins the turn."""
    name = f"scan:{scan_id}:{turn}" if turn else f"scan:{scan_id}"
    return Job(SCAN, name, (scan_id, str(turn)), queue=Queue.SCANS)
