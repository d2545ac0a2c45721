"""What every page imports, imported once, in the process that kernels are forked from.

Importing this module has effects on purpose: it is named as the preload of the fork server and is
never imported elsewhere. Nothing here may start a thread, open a socket or load a backend of
matplotlib: a fork copies memory, not threads, and the inline backend hooks itself into the shell
that exists at its import, so a backend loaded here would leave every page without its charts.
"""

import importlib
import os
from contextlib import suppress

# matplotlib reads the variable when it is imported, before a kernel could set it.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

# What a kernel imports before its first cell, and libraries that the package imports late.
LIBRARIES = (
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


def preload() -> None:
    """Import the libraries, and the modules behind every name that a page may use.

    What cannot be imported is left to the page that needs it, which says so with its traceback.
    """
    for name in LIBRARIES:
        with suppress(Exception):
            importlib.import_module(name)
    package = importlib.import_module("analysis")
    for name in package.__all__:
        with suppress(Exception):
            getattr(package, name)


preload()
