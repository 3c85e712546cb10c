"""The same browser where it runs the scripts of pages, for pages that are made of them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.browser import Browser

_SOON = 60.0  # seconds
_EVERY = 25  # milliseconds
_FAULTS = {"error", "warning", "assert"}
_KEYS = {"Escape": 27}
"""Numbers of keys that the browser itself heeds."""


class ScriptedBrowser(Browser):
    """One tab that runs scripts. What they complain of is complained of, too."""

    def __init__(self, says: int, hears: int) -> None:
        super().__init__(says, hears)
        self.hosts: set[str] = set()
        """Whom the pages have asked for anything."""
        self._refusals: list[tuple[str, int]] = []
        self._held: str | None = None
        self._waiting: list[str] = []

    def see(self, *, width: int, height: int, dark: bool = False) -> None:
        """Have a screen of another size, for people who like it light or dark."""
        self._do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", features=[scheme])

    def press(self, selector: str, text: str = "") -> None:
        """Press the first thing of a kind that reads like this, once it is there."""
        found = _first(selector, text)
        self.wait_until(f"{found} && !{found}.disabled", f"{selector} {text}")
        self._touch(found, None)

    def fill(self, selector: str, text: str) -> None:
        """Write into a field what shall be in it, once it is there."""
        self.wait_until(_first(selector), selector)
        self._run(f"{_first(selector)}.select()", None)
        self.type(selector, text)

    def choose(self, selector: str, option: str) -> None:
        """Choose an option by its words."""
        field = _first(selector)
        self.wait_until(field, selector)
        chosen = f"[...{field}.options].find((each) => each.text === {json.dumps(option)}).value"
        self._run(f"{field}.value = {chosen}", None)
        self._run(f"{field}.dispatchEvent(new Event('change', {{bubbles: true}}))", None)

    def key(self, name: str) -> None:
        """Press a key that writes nothing."""
        number = _KEYS.get(name, 0)
        for type_ in ("rawKeyDown", "keyUp"):
            self._do(
                "Input.dispatchKeyEvent",
                type=type_,
                key=name,
                code=name,
                windowsVirtualKeyCode=number,
            )

    def take(self, selector: str, file: Path) -> None:
        """Choose a file to be sent."""
        self.wait_until(_first(selector), selector)
        field = self._run(_first(selector), None)["objectId"]
        self._do("DOM.setFileInputFiles", files=[str(file)], objectId=field)

    @contextmanager
    def another_tab(self) -> Iterator[None]:
        """Go on in another tab of the same browser, and come back to this one."""
        before, self._tab = self._tab, None
        self._open_tab()
        yield
        self._tab = before

    def refuse(self, part: str, status: int = 401, *, times: int = 1) -> None:
        """Have the next requests for such an address answered with nothing but a status."""
        self._refusals += [(part, status)] * times
        self._do("Fetch.enable", patterns=[{"urlPattern": "*/api/*"}])

    @contextmanager
    def held_back(self, part: str) -> Iterator[None]:
        """Have answers from such an address wait until this is over."""
        self._held = part
        answers = {"urlPattern": f"*{part}*", "requestStage": "Response"}
        self._do("Fetch.enable", patterns=[{"urlPattern": "*/api/*"}, answers])
        yield
        self._held = None
        for request in self._waiting:
            self._do("Fetch.continueRequest", requestId=request)
        self._waiting.clear()

    def holds_back(self) -> None:
        """Wait until an answer is held back."""
        while not self._waiting:
            self._hear()

    def value(self, script: str) -> Any:
        """Work something out on the page."""
        return self._run(script, None).get("value")

    def reads(self, text: str, selector: str = "body") -> None:
        """Wait until it can be read there."""
        self.wait_until(f"{_first(selector)}?.innerText.includes({json.dumps(text)})", text)

    def wait_until(self, condition: str, what: str) -> None:
        became_true = self.value(
            "new Promise((done) => {"
            f" const looks = {_SOON * 1000 / _EVERY}; let look = 0;"
            f" const see = () => ({condition}) ? done(true) : look++ > looks ? done(false)"
            f" : setTimeout(see, {_EVERY}); see(); }})"
        )
        assert became_true, f"not there: {what}\n{self.text()}"

    def picture(self, file: Path) -> None:
        """Take a picture of the whole page."""
        taken = self._do("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(taken["data"]))

    def _touch(self, found: str, frame: str | None) -> None:
        """Press where something is, found at once: scripts may build the page anew at any time."""
        place = (
            f"(() => {{ const it = {found}; it.scrollIntoView({{block: 'center'}});"
            " const {x, y, width, height} = it.getClientRects()[0];"
            " return JSON.stringify({x: x + width / 2, y: y + height / 2}); })()"
        )
        self._press(json.loads(self._run(place, frame)["value"]))

    def _run(self, script: str, frame: str | None) -> dict[str, Any]:
        """Run it among the page's own scripts, and wait for what it promises."""
        assert frame is None
        done = self._do("Runtime.evaluate", expression=script, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"]

    def _open_tab(self) -> None:
        super()._open_tab()
        for domain in ("Runtime", "Network"):
            self._do(f"{domain}.enable")
        self._do("Emulation.setScriptExecutionDisabled", value=False)

    def _hear(self) -> dict[str, Any]:
        told = super()._hear()
        about = told.get("params", {})
        match told.get("method"):
            case "Network.requestWillBeSent":
                self.hosts.add(urlsplit(about["request"]["url"]).netloc)
            case "Fetch.requestPaused":
                self._answer(about["requestId"], about)
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(about["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if about["type"] in _FAULTS:
                self.complaints.append(json.dumps(about["args"]))
        return told

    def _answer(self, request: str, about: dict[str, Any]) -> None:
        url = about["request"]["url"]
        refusal = next((each for each in self._refusals if each[0] in url), None)
        if "responseStatusCode" in about and self._held and self._held in url:
            self._waiting.append(request)
        elif refusal:
            self._refusals.remove(refusal)
            status = refusal[1]
            self._tell("Fetch.fulfillRequest", requestId=request, responseCode=status)
        else:
            self._tell("Fetch.continueRequest", requestId=request)


def _first(selector: str, text: str = "") -> str:
    kind, words = json.dumps(selector), json.dumps(text)
    return (
        f"[...document.querySelectorAll({kind})]"
        f".find((each) => !{words} || each.innerText.trim() === {words})"
    )
