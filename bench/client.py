"""The load: keep-alive connections, each repeating its own script of operations.

It is a process of its own, ``python -m bench.client``, with a job on standard input and figures
on standard output, so that measuring never takes the server's core.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import cast

import httptools
import uvloop

ROOT = Path(__file__).parents[1]

type Operation = list[str]
"""Whole HTTP requests, sent one after another, that count as one thing done."""
type Script = list[Operation]
"""What one connection does, over and over."""


@dataclass(frozen=True, slots=True)
class Job:
    port: int
    seconds: float
    scripts: list[Script]
    """One for each connection."""
    pause: float = 0.0
    """How long a connection rests between two operations."""


@dataclass(slots=True)
class Figures:
    """What came of a run. Times are in milliseconds."""

    done: int
    failed: int
    seconds: float
    p50: float
    p99: float
    longest: float
    complaint: str = ""
    """The first answer that was no success."""

    @property
    def per_second(self) -> float:
        return self.done / self.seconds


@dataclass(slots=True)
class _Tally:
    times: list[float] = field(default_factory=list)
    failed: int = 0
    complaint: str = ""


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the last is answered, until time is up."""

    def __init__(
        self, script: list[list[bytes]], pause: float, until: float, tally: _Tally
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._script, self._pause, self._until, self._tally = script, pause, until, tally
        self._turn = self._step = 0
        self._started = 0.0
        self._body = b""
        self._parser = httptools.HttpResponseParser(self)
        self.finished = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body = body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        operation = self._script[self._turn]
        self._step += 1
        if not 200 <= status < 300:
            self._tally.failed += 1
            self._tally.complaint = self._tally.complaint or f"{status} {self._body[:300]!r}"
        elif self._step < len(operation):
            self._transport.write(operation[self._step])
            return
        else:
            self._tally.times.append(perf_counter() - self._started)
        self._turn = (self._turn + 1) % len(self._script)
        if self._pause:
            self._loop.call_later(self._pause, self._begin)
        else:
            self._begin()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self._tally.failed += 1
            self._tally.complaint = self._tally.complaint or "the server hung up"
            self.finished.set_result(None)

    def _begin(self) -> None:
        self._started = perf_counter()
        if self._started >= self._until:
            if not self.finished.done():
                self.finished.set_result(None)
            self._transport.close()
            return
        self._step = 0
        self._transport.write(self._script[self._turn][0])


async def _run(job: Job) -> Figures:
    loop = asyncio.get_running_loop()
    tally = _Tally()
    scripts = [[[sent.encode() for sent in each] for each in script] for script in job.scripts]
    started = perf_counter()
    connections: list[_Connection] = []
    for script in scripts:
        connect = partial(_Connection, script, job.pause, started + job.seconds, tally)
        _, connection = await loop.create_connection(connect, "127.0.0.1", job.port)
        connections.append(connection)
    await asyncio.gather(*(connection.finished for connection in connections))
    seconds = perf_counter() - started
    times = sorted(tally.times) or [0.0]
    return Figures(
        done=len(tally.times),
        failed=tally.failed,
        seconds=seconds,
        p50=times[len(times) // 2] * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
        longest=times[-1] * 1000,
        complaint=tally.complaint,
    )


def drive(job: Job) -> Figures:
    """Run a job in a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        check=True,
        timeout=job.seconds + 60,
    )
    return Figures(**json.loads(finished.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_run(Job(**json.load(sys.stdin)))))))
