"""A real browser with nobody in front of it: Chromium, told what to do over a pipe.

It runs no scripts of the pages, sees them as on a phone, and reaches nothing but this machine.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-pipe",
)
_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execvp(sys.argv[3], sys.argv[3:])"
)
"""Chromium listens on file descriptor 3, and answers on 4."""
_PHONE = {"width": 390, "height": 760, "deviceScaleFactor": 2, "mobile": True}
_PATIENCE = 60.0


class Browser:
    """One tab."""

    def __init__(self, says: int, hears: int) -> None:
        self._says, self._hears = says, hears
        self._heard = b""
        self._number = 0
        self._tab: str | None = None
        self._happened: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        """What the browser had to say about the pages: refused styles, frames, forms."""

    @classmethod
    @contextmanager
    def opened(cls, profile: Path) -> Iterator[Self]:
        (to_read, says), (hears, to_write) = os.pipe(), os.pipe()
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", _START, str(to_read), str(to_write)),
                *("chromium", *_OPTIONS, f"--user-data-dir={profile}"),
            ],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        try:
            browser = cls(says, hears)
            browser._open_tab()
            yield browser
        finally:
            os.close(says)  # it ends when nobody speaks to it any more
            os.close(hears)
            process.wait(_PATIENCE)

    def go(self, url: str) -> None:
        """Open a page, and wait until it is there."""
        self._happened.clear()
        gone = self._do("Page.navigate", url=url)
        assert "errorText" not in gone, gone
        self._wait_for("Page.loadEventFired")

    def click(self, selector: str, *, frame: str | None = None) -> None:
        """Click, as a finger would, on what leads to another page, and wait until that is there."""
        self._touch(f"document.querySelector({json.dumps(selector)})", frame)
        self._wait_for("Page.frameStoppedLoading")

    def type(self, selector: str, text: str) -> None:
        """Write into a field."""
        field = self._run(f"document.querySelector({json.dumps(selector)})", None)["objectId"]
        self._do("DOM.focus", objectId=field)
        self._do("Input.insertText", text=text)

    def text(self, *, frame: str | None = None) -> str:
        """Read what is on the page."""
        return self._run("document.body.innerText", frame)["value"]

    @property
    def url(self) -> str:
        return self._run("location.href", None)["value"]

    def frame(self, url_part: str) -> str | None:
        """Find a frame of the page by what it shows."""
        tree = self._do("Page.getFrameTree")["frameTree"]
        frames = [each["frame"] for each in tree.get("childFrames", ())]
        return next((each["id"] for each in frames if url_part in each["url"]), None)

    def is_wider_than_the_screen(self) -> bool:
        return self._run("document.documentElement.scrollWidth > innerWidth", None)["value"]

    def _open_tab(self) -> None:
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._tab = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log"):
            self._do(f"{domain}.enable")
        self._do("Emulation.setDeviceMetricsOverride", **_PHONE)
        self._do("Emulation.setScriptExecutionDisabled", value=True)

    def _touch(self, found: str, frame: str | None) -> None:
        """Press and release where the middle of something is, once it is in sight."""
        thing = self._run(found, frame)["objectId"]
        self._do("DOM.scrollIntoViewIfNeeded", objectId=thing)
        (corners,) = self._do("DOM.getContentQuads", objectId=thing)["quads"]
        self._press({"x": sum(corners[0::2]) / 4, "y": sum(corners[1::2]) / 4})

    def _press(self, where: dict[str, float]) -> None:
        self._happened.clear()
        for type_ in ("mousePressed", "mouseReleased"):
            self._do("Input.dispatchMouseEvent", type=type_, button="left", clickCount=1, **where)

    def _run(self, script: str, frame: str | None) -> dict[str, Any]:
        where = frame or self._do("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = self._do("Page.createIsolatedWorld", frameId=where)["executionContextId"]
        done = self._do("Runtime.evaluate", expression=script, contextId=world)
        assert "exceptionDetails" not in done, done
        return done["result"]

    def _do(self, method: str, **params: Any) -> dict[str, Any]:
        number = self._tell(method, **params)
        while True:
            told = self._hear()
            if told.get("id") == number:
                assert "error" not in told, (method, told)
                return told["result"]

    def _tell(self, method: str, **params: Any) -> int:
        """Say what is to be done, and return the number that the answer will have."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        tab = {"sessionId": self._tab} if self._tab else {}
        os.write(self._says, json.dumps(asked | tab).encode() + b"\0")
        return self._number

    def _wait_for(self, event: str) -> None:
        while not any(each["method"] == event for each in self._happened):
            self._hear()

    def _hear(self) -> dict[str, Any]:
        """Wait for the next thing the browser says."""
        while b"\0" not in self._heard:
            ready, _, _ = select.select([self._hears], [], [], _PATIENCE)
            heard = os.read(self._hears, 1 << 16) if ready else b""
            assert heard, "the browser says nothing"
            self._heard += heard
        message, _, self._heard = self._heard.partition(b"\0")
        told = json.loads(message)
        if "method" in told:
            self._happened.append(told)
        if told.get("method") == "Log.entryAdded":
            self.complaints.append(told["params"]["entry"]["text"])
        return told
