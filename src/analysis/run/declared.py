"""The parameters cell of a page: what it declares, and whether that is what the page is given.

papermill warns of a name that a page does not know, and runs it with the value of another edition
for a name that it is not given. Here both are refused before the page runs.
"""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis.errors import PageError
from analysis.run.cleaning import PARAMETERS, tagged


def declared_parameters(notebook: NotebookNode) -> list[str]:
    """Return the names that the parameters cell assigns, in order.

    Raises
    ------
    PageError
        There is no such cell or more than one, or it does more than give values to names.
    """
    cells = tagged(notebook, PARAMETERS)
    if len(cells) != 1:
        raise PageError(f"{len(cells)} cells have the tag '{PARAMETERS}', where one is needed.")
    names = []
    try:
        lines = ast.parse(notebook.cells[cells[0]].source).body
    except SyntaxError as fault:
        raise PageError(f"the parameters cell is not Python: line {fault.lineno}.") from None
    for line in lines:
        if not (isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)):
            raise PageError(
                f"the parameters cell, line {line.lineno}: not of the form name = value."
            )
        names.append(line.targets[0].id)
    return names


def require_declared(pages: Sequence[tuple[Path, Mapping[str, Any]]]) -> None:
    """Refuse pages whose parameters cells are not exactly the parameters they are given.

    Parameters
    ----------
    pages
        For each page its notebook and its parameters by name.

    Raises
    ------
    PageError
        Every fault of every page: names that are missing, unknown, or given twice, and notebooks
        that are not there.
    """
    faults = [fault for page in pages for fault in _faults(*page)]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise PageError(
            f"{len(faults)} faults in the parameters cells of pages; no page was run:\n{listed}\n"
            "A parameters cell declares each field of PageParams once, and nothing else."
        )


def _faults(notebook: Path, parameters: Mapping[str, Any]) -> list[str]:
    try:
        names = declared_parameters(nbformat.read(notebook, as_version=4))
    except FileNotFoundError:
        return [f"{notebook}: no such notebook."]
    except nbformat.reader.NotJSONError:
        return [f"{notebook}: not a notebook."]
    except PageError as fault:
        return [f"{notebook}: {fault}"]
    odd = {
        "missing": sorted(set(parameters) - set(names)),
        "unknown": sorted(set(names) - set(parameters)),
        "given twice": sorted({name for name in names if names.count(name) > 1}),
    }
    return [f"{notebook}: {kind}: {', '.join(names)}" for kind, names in odd.items() if names]
