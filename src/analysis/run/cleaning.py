"""What an executed notebook keeps: source, outputs, and what the book needs to show them.

Ids, times, paths and the marks of tools are replaced or dropped, so that the same page run twice
is the same to the byte. Nothing here changes what a cell says or shows.
"""

import copy
from collections.abc import Iterator

from nbformat import NotebookNode

from analysis.errors import PageError

CELL_METADATA = ("tags", "mystnb")
INJECTED = "injected-parameters"
PARAMETERS = "parameters"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}


def clean_notebook(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook as it is published, and as it is committed.

    Cells get ids and execution counts by position; metadata keep the kernel's name, ``tags``,
    and ``mystnb``, which is written anew for every chart: its alternative text, name and caption
    become those of a figure of the book. The cell that papermill adds takes the place of the
    parameters cell that it overrules. Metadata of outputs are left as they are.

    Raises
    ------
    PageError
        A cell shows two charts: only one can be the figure of that cell.
    """
    cleaned = _with_parameters_folded(copy.deepcopy(notebook))
    cleaned.metadata = NotebookNode(kernelspec=KERNELSPEC, language_info=LANGUAGE)
    cleaned.nbformat, cleaned.nbformat_minor = 4, 5
    count = 0
    for position, cell in enumerate(cleaned.cells, start=1):
        cell.id = f"cell-{position:02d}"
        kept = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        cell.metadata = NotebookNode(kept)
        if cell.cell_type != "code":
            continue
        count += cell.execution_count is not None
        _number(cell, count if cell.execution_count is not None else None)
        _name_figure(cell, position)
    return cleaned


def tagged(notebook: NotebookNode, tag: str) -> list[int]:
    """Return the positions of the cells that carry ``tag``, from 0."""
    cells = enumerate(notebook.cells)
    return [position for position, cell in cells if tag in cell.metadata.get("tags", [])]


def _with_parameters_folded(notebook: NotebookNode) -> NotebookNode:
    injected, declared = tagged(notebook, INJECTED), tagged(notebook, PARAMETERS)
    if not injected or not declared:
        return notebook
    values = notebook.cells[injected[0]].source.removeprefix("# Parameters\n").rstrip("\n")
    notebook.cells[declared[0]].source = values
    del notebook.cells[injected[0]]
    return notebook


def _number(cell: NotebookNode, count: int | None) -> None:
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def _name_figure(cell: NotebookNode, position: int) -> None:
    charts = list(_charts(cell))
    if len(charts) > 1:
        raise PageError(
            f"cell {position}: it shows {len(charts)} charts, and a figure of the book is one.\n"
            "Show each chart as the last line of a cell of its own."
        )
    mystnb = {k: v for k, v in cell.metadata.get("mystnb", {}).items() if k not in _FIGURE}
    for chart in charts:
        mystnb["image"] = {"alt": chart["alt"]}
        mystnb["figure"] = {"name": chart["name"], "caption": chart["caption"]}
    cell.metadata.pop("mystnb", None)
    if mystnb:
        cell.metadata["mystnb"] = mystnb


_FIGURE = ("image", "figure")


def _charts(cell: NotebookNode) -> Iterator[dict]:
    for output in cell.outputs:
        about = output.get("metadata", {}).get("bulletin", {})
        if about.get("kind") == "chart":
            yield about
