"""A browser without a window, told what to do over a pipe (the DevTools protocol of Chromium)."""

import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 20  # seconds for one answer
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing can leave, whatever a page asks for
    "--remote-debugging-pipe",
)


@contextmanager
def open_browser(folder: Path) -> Iterator["Browser"]:
    """Start the browser, with its profile in ``folder``; without one, skip (or fail in CI)."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        reason = "there is no chromium, which opens the pages of the site"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Chromium reads from file 3 and writes to file 4, so ours have higher numbers.
    ends = [_raised(end) for pair in (os.pipe(), os.pipe()) for end in pair]
    to_read, write, read, to_write = ends
    null = os.open(os.devnull, os.O_RDWR)
    process = os.posix_spawn(
        program,
        [program, *_OPTIONS, f"--user-data-dir={folder}"],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, to_read, 3),
            (os.POSIX_SPAWN_DUP2, to_write, 4),
            (os.POSIX_SPAWN_DUP2, null, 1),
            (os.POSIX_SPAWN_DUP2, null, 2),
        ],
        setsid=True,
    )
    for end in (to_read, to_write, null):
        os.close(end)
    try:
        yield Browser(read, write)
    finally:
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(read)
        os.close(write)


class Browser:
    """One tab. Since its page was opened: ``faults``, and ``asked``, the addresses it asked for."""

    def __init__(self, read: int, write: int):
        self._read, self._write = read, write
        self._rest, self._number, self._session = b"", 0, None
        self._loaded = False
        self.faults: list[str] = []
        self.asked: list[str] = []
        target = self._tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self._tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network"):
            self._tell(f"{part}.enable")

    def open(self, page: Path, width: int = 1300, place: str = "", scripts: bool = True) -> None:
        """Open a page from disk, at a ``#place`` of it, and wait until it is loaded."""
        self.faults, self.asked, self._loaded = [], [], False
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        self._tell("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._tell("Page.navigate", url=page.resolve().as_uri() + place)
        end = time.monotonic() + PATIENCE
        while not self._loaded:
            self._note(self._next(end))

    def run(self, script: str) -> Any:
        """Return the value of an expression of JavaScript on the page; a promise is waited for."""
        said = self._tell(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def _tell(self, method: str, **values: Any) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": values}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self._next(end)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._note(answer)

    def _next(self, end: float) -> dict:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            assert ready, f"the browser did not answer in {PATIENCE} seconds"
            part = os.read(self._read, 1 << 16)
            assert part, "the browser has ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _note(self, message: dict) -> None:
        method, about = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(about["exceptionDetails"].get("exception", {})))
        elif method == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.faults.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "assert"):
            self.faults.append(json.dumps(about["args"]))


def _raised(end: int) -> int:
    raised = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(end)
    return raised
