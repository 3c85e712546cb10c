"""The servers under test: each its own process, all run the same way, gone when we are."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ask import ask

ROOT = Path(__file__).parents[1]
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_LONGEST_START = 30.0
_POLL = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """A process answering on a port of its own."""

    name: str
    port: int
    pid: int
    seconds_to_first_answer: float

    @property
    def cpu_seconds(self) -> float:
        """What all its threads have used so far, in user and in kernel mode."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND

    @property
    def rss_mb(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"{self.name} has no memory")


@contextmanager
def serving(
    name: str, application: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    """Run ``application`` under uvicorn until the block ends; it is ready when that begins."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--app-dir", str(ROOT)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--no-proxy-headers", "--no-server-header"]
    command += ["--log-level", "warning"]
    started = time.perf_counter()
    with (folder / f"{name}.log").open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=isolated(environment),
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for us to handle: we stop it in our own order
        )
    try:
        _wait_for(process, port, Path(output.name))
        yield Server(name, port, process.pid, time.perf_counter() - started)
    finally:
        _stop(process)


def isolated(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out whatever the shell says about databases and keys: those may be real ones."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **environment}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.perf_counter() + _LONGEST_START
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            if ask(port, "GET", "/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(_POLL)
    raise RuntimeError(f"never ready:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
