"""What every page imports, imported once, in the process that kernels are forked from.

Importing this module has effects on purpose: it is named as the preload of the fork server and is
never imported elsewhere. Nothing here may start a thread, open a socket or load a backend of
matplotlib: a fork copies memory, not threads, and the inline backend hooks itself into the shell
that exists at its import, so a backend loaded here would leave every page without its charts.
"""

import atexit
import ctypes
import importlib
import os
import sys
from contextlib import suppress

from analysis.run.garbage import collect_less, end

# matplotlib reads the variable when it is imported, before a kernel could set it.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

# Nobody debugs a page that papermill runs: each kernel would import a debugger that is never used.
sys.modules["debugpy"] = None

# What a kernel imports before its first cell, and libraries that the package imports late.
LIBRARIES = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "pandas",
    "pandas.io.formats.csvs",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
    "duckdb",
    "duckdb.func",
    "ibis.backends.duckdb",
    "ibis.backends.duckdb.converter",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)

# Warm processes give way to the one that they come from: they wait for what it counts and answers.
NICE = 5

# Numbers of glibc's mallopt: what a process gives back to the system at once, and what it asks for.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3


def preload() -> None:
    """Import the libraries, and the modules behind every name that a page may use.

    What cannot be imported is left to the page that needs it, which says so with its traceback.
    """
    os.nice(NICE)
    collect_less()
    atexit.register(end, 0)  # the server alone: what is forked from it does not come there
    with suppress(Exception):
        _keep_memory()
    for name in LIBRARIES:
        with suppress(Exception):
            importlib.import_module(name)
    package = importlib.import_module("analysis")
    for name in package.__all__:
        with suppress(Exception):
            getattr(package, name)
    with suppress(Exception):
        _read_once()


def _keep_memory() -> None:
    """Use memory again that was freed: to ask the system for more costs more than to fill it.

    A warm process lives for one page or one book, and gives everything back at its end.
    """
    import pyarrow

    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    memory = ctypes.CDLL(None)
    memory.mallopt(_MMAP_THRESHOLD, 2**25)  # the largest that there is
    memory.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    memory.mallopt(_TOP_PAD, 2**26)


def _read_once() -> None:
    """Read what every page reads and keeps: rules, fonts and styles of charts, local addresses."""
    from jupyter_client.localinterfaces import local_ips

    from analysis.disclosure.rules import rule_sets
    from analysis.show.chart import svg
    from analysis.show.sheet import Sheet
    from analysis.show.style import house_style

    rule_sets()
    local_ips()
    with house_style():
        sheet = Sheet(height=100)
        sheet.axes(20, 20, 50, 50)
        sheet.text(10, 10, "Deaths", bold=True)
        svg(sheet.figure, "", "", "")


preload()
