"""Headless Chromium, driven through a pipe in its own protocol: no port, no other package."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.3
_FIRST_SPARE = 20  # the browser reads its commands from 3 and answers to 4
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--remote-debugging-pipe",
)
# Rules of WCAG 2 A and AA, and what axe holds to be good practice.
_AXE = """
axe.run(document, {resultTypes: ['violations']}).then(
  found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' | ')}`))
"""


class BrowserError(RuntimeError):
    """The browser did not do what was asked, or is not there."""


class Browser:
    """One page of a browser, in which files are opened one after the other."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._unread = b""
        self._last_id = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Open a file in a window of that many CSS pixels, and wait until it is laid out."""
        self.visit(path.resolve().as_uri(), width, height)

    def visit(self, address: str, width: int, height: int = 900) -> None:
        """Open what stands at an address, and wait until it has loaded."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._events.clear()
        self._call("Page.navigate", url=address)
        while not self._named("Page.loadEventFired"):
            self._read()
        self.evaluate("document.fonts.ready.then(() => true)")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        result = self._call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise BrowserError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait_for(self, expression: str, seconds: float) -> Any:
        """The value of an expression, asked for again until it is true."""
        until = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > until:
                said = self.evaluate("document.body.innerText")
                raise BrowserError(f"{expression} is not true after {seconds} s:\n{said}")
            time.sleep(_POLL_SECONDS)
        return value

    def write(self, text: str) -> None:
        """Type into the field that has the focus."""
        self._call("Input.insertText", text=text)

    def pictured(self) -> bytes:
        """The window as a picture, in PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot")["data"])

    def printed(self) -> bytes:
        """The page as the browser prints it to PDF, on paper of the page's own size."""
        printed = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(printed["data"])

    def accessibility_violations(self) -> list[str]:
        """What axe finds wrong: rule and elements."""
        axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.evaluate(f"{axe}; true")
        return [str(found) for found in self.evaluate(_AXE)]

    def requests(self) -> list[str]:
        """The addresses fetched since the page was opened; data: and what was blocked left out."""
        blocked = {
            event["params"]["requestId"]
            for event in self._named_all("loadingFailed")
            if event["params"].get("blockedReason")
        }
        asked = [
            event["params"]["request"]["url"]
            for event in self._named_all("requestWillBeSent")
            if event["params"]["requestId"] not in blocked
        ]
        return [url for url in asked if not url.startswith("data:")]

    def complaints(self) -> list[str]:
        """Errors and warnings of the page's console, and exceptions that nothing caught."""
        logged = [event["params"]["entry"]["text"] for event in self._named_all("entryAdded")]
        said = [event["params"] for event in self._named_all("consoleAPICalled")]
        thrown = [event["params"] for event in self._named_all("exceptionThrown")]
        return [*logged, *(str(event) for event in (*said, *thrown))]

    def dialogs(self) -> list[str]:
        """What scripts of the page said in dialogs."""
        return [str(event["params"]) for event in self._named_all("javascriptDialogOpening")]

    def _named(self, method: str) -> bool:
        return any(event["method"] == method for event in self._events)

    def _named_all(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self._events if event["method"].endswith(f".{name}")]

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        unsent = json.dumps(message).encode() + b"\0"
        while unsent:
            unsent = unsent[os.write(self._commands, unsent) :]
        while True:
            answer = self._read()
            if answer.get("id") == self._last_id:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return dict(answer["result"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            read = os.read(self._answers, 1 << 16)
            if not read:
                raise BrowserError("the browser has ended")
            self._unread += read
        text, self._unread = self._unread.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self._events.append(message)
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with a profile folder of its own; ends with the context."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise BrowserError("chromium is missing: make setup installs it, or says how")
    commands_in, commands = (_moved(end) for end in os.pipe())
    answers, answers_out = (_moved(end) for end in os.pipe())

    def as_three_and_four() -> None:
        os.dup2(commands_in, 3)
        os.dup2(answers_out, 4)

    process = subprocess.Popen(
        [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
        preexec_fn=as_three_and_four,  # noqa: PLW1509 (no thread of ours holds a lock here)
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(commands_in)
    os.close(answers_out)
    try:
        yield Browser(commands, answers)
    finally:
        for end in (commands, answers):
            with suppress(OSError):
                os.close(end)
        process.terminate()
        process.wait(timeout=20)


def _moved(end: int) -> int:
    """The same end of a pipe under a number that is not in the way."""
    moved = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_SPARE)
    os.close(end)
    return moved
