"""The gate: what an executed page may hold.

A page shows protected tables, charts and prose made from them, and its stamp; each says what it
is in the output's metadata. Anything else (a printed line, a frame, a bare figure, a key of
metadata that nobody asked for) would reach a reader unprotected, and is refused.
"""

from collections.abc import Iterator

from analysis.errors import DisclosureError

# Kind of output, and the forms in which it may come.
KINDS = {
    "table": {"text/html", "text/plain"},
    "chart": {"image/svg+xml", "image/png", "text/plain"},
    "prose": {"text/markdown", "text/plain"},
    "stamp": {"text/html", "text/plain"},
}
ABOUT = {"kind", "name", "caption", "alt", "digest", "said", "drawn"}
NOTEBOOK_METADATA = {"kernelspec", "language_info", "jupytext", "bulletin"}
CELL_METADATA = {"tags", "mystnb"}


def check_page(notebook: dict, page: str) -> None:
    """Refuse a page that shows, or carries in metadata, anything that is not protected.

    Parameters
    ----------
    notebook
        An executed notebook (nbformat 4).
    page
        Its name, for the message.

    Raises
    ------
    DisclosureError
        Every fault of the page, each with the cell it is in; no content is printed.
    """
    faults = list(_faults(notebook))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise DisclosureError(
            f"Page {page!r} would show what is not protected ({len(faults)} faults):\n{listed}\n"
            "Show only a Table made by protect(), a chart or prose made from one, or the stamp."
        )


def _faults(notebook: dict) -> Iterator[str]:
    extra = set(notebook.get("metadata", {})) - NOTEBOOK_METADATA
    if extra:
        yield f"the notebook's metadata holds {', '.join(sorted(extra))}"
    for number, cell in enumerate(notebook["cells"], start=1):
        extra = set(cell.get("metadata", {})) - CELL_METADATA
        if extra:
            yield f"cell {number}: its metadata holds {', '.join(sorted(extra))}"
        if cell.get("attachments"):
            yield f"cell {number}: it has attachments"
        for output in cell.get("outputs", []):
            for fault in _output_faults(output):
                yield f"cell {number}: {fault}"


def _output_faults(output: dict) -> Iterator[str]:
    if output["output_type"] == "stream":
        yield f"printed text ({output.get('name', 'stdout')})"
        return
    if output["output_type"] == "error":
        yield "an error with its traceback"
        return
    about = output.get("metadata", {}).get("bulletin", {})
    kind = about.get("kind") if isinstance(about, dict) else None
    if kind not in KINDS:
        yield f"an output of another type ({', '.join(sorted(output.get('data', {})))})"
        return
    forms = set(output["data"]) - KINDS[kind]
    if forms:
        yield f"a {kind} in the form {', '.join(sorted(forms))}"
    extra = (set(output["metadata"]) - {"bulletin"}) | (set(about) - ABOUT)
    if extra:
        yield f"a {kind} whose metadata holds {', '.join(sorted(extra))}"
