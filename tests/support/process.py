"""A program in a process of its own."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_LONGEST_START = 60.0
_LONGEST_STOP = 15.0
_POLL = 0.05


class Process:
    """Runs a program, which can be killed and started again."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
        is_ready: Callable[[], bool],
        *,
        url: str = "",
    ) -> None:
        self._command, self._folder, self._environment = command, folder, environment
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0
        self.log, self.url = log, url

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @contextmanager
    def running(self) -> Iterator[Self]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us to handle: we stop it in our own order
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _LONGEST_START
        while time.monotonic() < deadline and not self._ended(within=_POLL):
            if self._is_ready():
                return
        raise RuntimeError(f"never ready:\n{self.said()[-3000:]}")

    def said(self) -> str:
        """Read what it has logged since it was started."""
        return self.log.read_bytes()[self._said_before :].decode()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process
        self._process.kill()
        self._ended(within=_LONGEST_STOP)

    def stop(self) -> int:
        """Ask it to end, and insist after a while; return its exit code."""
        assert self._process
        self._process.terminate()
        if not self._ended(within=_LONGEST_STOP):
            self._process.kill()
        return self._process.wait()

    def _ended(self, *, within: float) -> bool:
        assert self._process
        try:
            self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return False
        return True
