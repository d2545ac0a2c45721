"""Warm kernels: Jupyter kernels forked from a process that has imported everything.

A stock kernel imports pandas, matplotlib and the project anew for every page. A warm one is a fork
of a server that did so once (``run.warm``). Jupyter finds it through a kernel provisioner, so
papermill, nbclient and nbval use it unchanged and the notebooks keep the kernel name ``python3``.
Kernels of other languages or interpreters are started the stock way.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analysis.run.warm import WarmProcess, warm_up

PROVISIONER = "bulletin-warm"
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"

# History would be one database that parallel kernels lock against each other.
KERNEL_ARGUMENTS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=40")


def warm_kernels(*also: str) -> None:
    """Make warm kernels the default of this process and its children, and start warming.

    Returns at once; the imports go on in the server, those of the modules ``also`` last. Calling
    it again does nothing.
    """
    os.environ[VARIABLE] = PROVISIONER
    warm_up(*also)


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


class WarmKernel(WarmProcess):
    """A forked kernel."""

    def __init__(self, connection_file: str, environment: dict[str, str], folder: str) -> None:
        warm_kernels()
        super().__init__(_run_kernel, connection_file, environment, folder)


def _connection_file(cmd: list[str]) -> str | None:
    """The connection file of an IPython kernel on this interpreter, else None."""
    if cmd[1:3] != ["-m", "ipykernel_launcher"] or "-f" not in cmd[:-1]:
        return None
    if Path(cmd[0]).absolute() != Path(sys.executable).absolute():
        return None
    return cmd[cmd.index("-f") + 1]


def _run_kernel(connection_file: str, environment: dict[str, str], folder: str) -> None:
    """Be a kernel: runs in the forked process until it is told to shut down."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)

    from ipykernel.kernelapp import IPKernelApp

    threading.excepthook = _thread_fault
    # With a parent to watch (here the server) it prints no advice to the terminal.
    server = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=["-f", connection_file, server, *KERNEL_ARGUMENTS])


def _thread_fault(fault: threading.ExceptHookArgs) -> None:
    """Say nothing of a heartbeat whose port another program took: nobody listens to it."""
    if fault.thread is None or fault.thread.name != "Heartbeat":
        threading.__excepthook__(fault)
