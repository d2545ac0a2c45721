"""What every page imports, imported once, in the process that kernels are forked from.

Importing this module has effects on purpose: it is named as the preload of the fork server and is
never imported elsewhere. Nothing here may start a thread, open a socket or load a backend of
matplotlib: a fork copies memory, not threads, and the inline backend hooks itself into the shell
that exists at its import, so a backend loaded here would leave every page without its charts.
"""

import importlib
import os
import pkgutil
from contextlib import suppress

# matplotlib reads the variable when it is imported, before a kernel could set it.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

LIBRARIES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "duckdb",
    "duckdb.func",
    "ibis.backends.duckdb",
    "pydantic",
    "yaml",
    "scipy.special",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)
# The floors that a page may use.
ROOMS = ("params", "standards", "ingest", "statistics", "disclosure", "show")


def _modules() -> list[str]:
    names = [*LIBRARIES, "analysis"]
    for room in ROOMS:
        name = f"analysis.{room}"
        names.append(name)
        with suppress(ImportError):
            path = getattr(importlib.import_module(name), "__path__", [])
            names += [module.name for module in pkgutil.walk_packages(path, f"{name}.")]
    return names


for _name in _modules():
    # A page that needs a module which cannot be imported says so itself, with its traceback.
    with suppress(Exception):
        importlib.import_module(_name)
