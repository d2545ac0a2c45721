"""Warm processes: forked from a server that has imported everything, so that they start at once.

Kernels are such processes, and so is the work that is done apart from the run, such as building a
book while pages of the next edition run. None outlives the process that asked for it, however that
process ends.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable
from multiprocessing import connection, forkserver, process
from typing import Any

PRELOAD = "analysis.run.preload"

# Starting and polling touch lists of multiprocessing that are not made for threads.
_lock = threading.RLock()
_processes: weakref.WeakSet["WarmProcess"] = weakref.WeakSet()
context = multiprocessing.get_context("forkserver")


def warm_up(*also: str) -> None:
    """Start the server, which imports ``PRELOAD`` and the modules ``also``.

    Returns at once; the imports go on in the server. Calling it again does nothing.
    """
    with _lock:
        forkserver.set_forkserver_preload([PRELOAD, *also])
        forkserver.ensure_running()


def end_processes() -> None:
    """End every warm process that this process has started and that still runs."""
    for each in list(_processes):
        each.kill()


class WarmProcess:
    """A forked process with the methods of ``subprocess.Popen`` that Jupyter calls.

    It leads a group of its own, and runs ``target`` with ``args``, which are pickled.
    """

    stdin = stdout = stderr = None

    def __init__(self, target: Callable[..., None], *args: Any) -> None:
        self._process = context.Process(target=_begin, args=(target, *args), daemon=True)
        warm_up()
        with _lock, _NoMain():
            self._process.start()
            _processes.add(self)
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        with _lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code once the process has ended, None after ``timeout`` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                return None
            time.sleep(0.02)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process; nothing happens if it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it may end just now
                os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


class _NoMain:
    """Hide ``__main__`` while a process starts, or it would import the command again."""

    def __enter__(self) -> None:
        self.main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")

    def __exit__(self, *_: object) -> None:
        sys.modules["__main__"] = self.main


def _begin(target: Callable[..., None], *args: Any) -> None:
    os.setpgid(0, 0)
    _end_with_parent()
    gc.freeze()  # what came with the fork stays: walking it would copy the server's memory
    if "numpy" in sys.modules:  # forks share its global random state; random itself reseeds
        sys.modules["numpy"].random.seed()
    target(*args)


def _end_with_parent() -> None:
    """Watch the process that asked for this one: its end, by any signal, ends the group."""
    parent = process.parent_process().sentinel

    def watch() -> None:
        connection.wait([parent])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
