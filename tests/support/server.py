"""A real server: its own process and database, on a port of its own, gone when the test is."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx2

ROOT = Path(__file__).parents[2]
_PROGRAMS = Path(sys.executable).parent
_LONGEST_START = 60.0
_LONGEST_STOP = 15.0
_POLL = 0.05
_LOGIN = re.compile(r"^(ADMIN|USER) (\S+@\S+) (\S+)$", re.MULTILINE)
_OF_THE_SHELL = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class Login(NamedTuple):
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Server:
    """A shop that answers at ``url``."""

    url: str
    pid: int
    log: Path

    def client(self, token: str = "") -> httpx2.Client:
        """Speak to the shop, as a guest or as the bearer of a token; close it after use."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def token(self, login: Login) -> str:
        """Log in; the token lasts four hours."""
        with self.client() as client:
            answer = client.post(
                "/login", json={"username": login.email, "password": login.password}
            )
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def logins(self) -> dict[str, Login]:
        """Read the logins that ``--demo`` printed, by their role."""
        printed = _LOGIN.findall(self.log.read_text())
        return {role: Login(email, password) for role, email, password in printed}


@contextmanager
def served(folder: Path, *, demo: bool = False, **settings: str) -> Iterator[Server]:
    """Serve a shop whose database is ``folder/shop.db``, made if it is not there.

    ``settings`` are those of ``.env.example``; the shell's own are left out, as they may be about
    real databases. Serving the same folder again is a restart. With ``demo`` it is what
    ``peregrine serve --demo`` serves, without it what ``uvicorn asgi:application`` does.
    """
    port = _free_port()
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(port, demo=demo),
            cwd=folder,
            env=isolated({"DATABASE_URL": f"sqlite:///{folder / 'shop.db'}", **settings}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for us to handle: we stop it in our own order
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        _wait_for(server, process)
        yield server
    finally:
        _stop(process)


def isolated(settings: Mapping[str, str]) -> dict[str, str]:
    """Make an environment of these settings and the little a program needs to run at all."""
    kept = {name: os.environ[name] for name in _OF_THE_SHELL if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


def _command(port: int, *, demo: bool) -> list[str]:
    where = ["--host", "127.0.0.1", "--port", str(port)]
    if demo:
        return [str(_PROGRAMS / "peregrine"), "serve", "--demo", *where]
    program = [sys.executable, "-m", "uvicorn", "asgi:application", "--app-dir", str(ROOT)]
    return [*program, *where, "--no-access-log"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LONGEST_START
    with server.client() as client:
        while time.monotonic() < deadline and not _ended(process, within=_POLL):
            try:
                if client.get("/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                continue
    raise RuntimeError(f"never ready:\n{server.log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if not _ended(process, within=_LONGEST_STOP):
        process.kill()
        process.wait()


def _ended(process: subprocess.Popen[bytes], *, within: float) -> bool:
    try:
        process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        return False
    return True
