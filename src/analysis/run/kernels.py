"""Warm kernels: Jupyter kernels forked from a process that has imported everything.

A stock kernel imports pandas, matplotlib and the project anew for every page. A warm one is a fork
of a server that did so once. Jupyter finds it through a kernel provisioner, so papermill, nbclient
and nbval use it unchanged and the notebooks keep the kernel name ``python3``. Kernels of other
languages or interpreters are started the stock way.

No kernel outlives the process that asked for it, however that process ends.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import types
import weakref
from multiprocessing import connection, forkserver, process
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

PROVISIONER = "bulletin-warm"
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"
PRELOAD = "analysis.run.preload"

# History would be one database that parallel kernels lock against each other.
KERNEL_ARGUMENTS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=40")

# Starting and polling touch lists of multiprocessing that are not made for threads.
_lock = threading.RLock()
_kernels: weakref.WeakSet["WarmKernel"] = weakref.WeakSet()


def warm_kernels() -> None:
    """Make warm kernels the default of this process and its children, and start warming.

    Returns at once; the imports go on in the server. Calling it again does nothing.
    """
    os.environ[VARIABLE] = PROVISIONER
    with _lock:
        forkserver.set_forkserver_preload([PRELOAD])
        forkserver.ensure_running()


def end_kernels() -> None:
    """End every warm kernel that this process has started and that still runs."""
    for kernel in list(_kernels):
        kernel.kill()


class WarmProvisioner(LocalProvisioner):
    """Start Python kernels by forking the warm server; otherwise as Jupyter does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that ``cmd`` would start."""
        connection_file = _connection_file(cmd)
        if connection_file is None:
            return await super().launch_kernel(cmd, **kwargs)
        folder = str(kwargs.get("cwd") or Path.cwd())
        environment = dict(kwargs.get("env") or os.environ)
        self.process = WarmKernel(connection_file, environment, folder)
        # The kernel leads a group of its own, now or in a moment: its id is the group's.
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info


class WarmKernel:
    """A forked kernel with the methods of ``subprocess.Popen`` that Jupyter calls."""

    stdin = stdout = stderr = None

    def __init__(self, connection_file: str, environment: dict[str, str], folder: str) -> None:
        self._process = multiprocessing.get_context("forkserver").Process(
            target=_run_kernel, args=(connection_file, environment, folder), daemon=True
        )
        warm_kernels()
        with _lock, _NoMain():
            self._process.start()
            _kernels.add(self)
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        with _lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code once the kernel has ended, None after ``timeout`` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                return None
            time.sleep(0.02)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel; nothing happens if it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class _NoMain:
    """Hide ``__main__`` while a process starts, or the kernel would import the command again."""

    def __enter__(self) -> None:
        self.main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")

    def __exit__(self, *_: object) -> None:
        sys.modules["__main__"] = self.main


def _connection_file(cmd: list[str]) -> str | None:
    """The connection file of an IPython kernel on this interpreter, else None."""
    if cmd[1:3] != ["-m", "ipykernel_launcher"] or "-f" not in cmd[:-1]:
        return None
    if Path(cmd[0]).absolute() != Path(sys.executable).absolute():
        return None
    return cmd[cmd.index("-f") + 1]


def _run_kernel(connection_file: str, environment: dict[str, str], folder: str) -> None:
    """Be a kernel: runs in the forked process until it is told to shut down."""
    os.setsid()
    _end_with_parent()
    gc.freeze()  # what came with the fork stays: walking it would copy the server's memory
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if "numpy" in sys.modules:  # forks share its global random state; random itself reseeds
        sys.modules["numpy"].random.seed()

    from ipykernel.kernelapp import IPKernelApp

    # With a parent to watch (here the server) it prints no advice to the terminal.
    server = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=["-f", connection_file, server, *KERNEL_ARGUMENTS])


def _end_with_parent() -> None:
    """Watch the process that asked for this kernel: its end, by any signal, ends the group."""
    parent = process.parent_process().sentinel

    def watch() -> None:
        connection.wait([parent])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
