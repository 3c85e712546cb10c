"""A real server: its own process and database, on a port of its own, gone when the test is."""

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx2

from support.process import Process

ROOT = Path(__file__).parents[2]
_PROGRAMS = Path(sys.executable).parent
_LOGIN = re.compile(r"^(ADMIN|USER) (\S+@\S+) (\S+)$", re.MULTILINE)
_numbers = count(1)
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
def served(
    folder: Path, *, demo: bool = False, workers: int = 0, **settings: str
) -> Iterator[Server]:
    """Serve a shop whose database is ``folder/shop.db``, made if it is not there.

    ``settings`` are those of ``.env.example``; the shell's own are left out, as they may be about
    real databases. Serving the same folder again is a restart. With ``demo`` it is what
    ``peregrine serve --demo`` serves, without it what ``uvicorn asgi:application`` does. With
    ``workers`` there are so many processes beside it that run workflows.
    """
    with ExitStack() as running:
        web = running.enter_context(web_process(folder, demo=demo, **settings))
        web.wait_until_ready()
        for _ in range(workers):
            running.enter_context(worker_process(folder, **settings)).wait_until_ready()
        yield Server(web.url, web.pid, web.log)


@contextmanager
def web_process(folder: Path, *, demo: bool = False, **settings: str) -> Iterator[Process]:
    """Start a server, without waiting until it is ready."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    where = ["--host", "127.0.0.1", "--port", str(port)]
    program = [sys.executable, "-m", "uvicorn", "asgi:application", "--app-dir", str(ROOT)]
    command = [*program, *where, "--no-access-log"]
    if demo:
        command = [str(_PROGRAMS / "peregrine"), "serve", "--demo", *where]

    def is_ready() -> bool:
        try:
            with httpx2.Client(timeout=30, trust_env=False) as client:
                return client.get(f"{url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    log = folder / f"server-{port}.log"
    environment = _environment(folder, settings)
    with Process(command, folder, environment, log, is_ready, url=url).running() as process:
        yield process


@contextmanager
def worker_process(folder: Path, **settings: str) -> Iterator[Process]:
    """Start ``peregrine worker``, without waiting until it is ready."""
    process = Process(
        [str(_PROGRAMS / "peregrine"), "worker"],
        folder,
        _environment(folder, settings),
        folder / f"worker-{next(_numbers)}.log",
        lambda: "The worker is ready" in process.said(),
    )
    with process.running():
        yield process


def isolated(settings: Mapping[str, str]) -> dict[str, str]:
    """Make an environment of these settings and the little a program needs to run at all."""
    kept = {name: os.environ[name] for name in _OF_THE_SHELL if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


def _environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    return isolated({"DATABASE_URL": f"sqlite:///{folder / 'shop.db'}", **settings})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
