"""Running the committed pages as they are, to keep their outputs in ``notebooks/``.

The parameters cell of a committed page holds the values of one edition; the page is run with them,
not with injected ones, so that nbval, which runs it in the same way, finds the same outputs.
"""

from pathlib import Path

import nbformat

from analysis.disclosure.gate import check_page
from analysis.errors import PageError
from analysis.params import EditionParams
from analysis.run.cleaning import clean_notebook
from analysis.run.declared import require_declared
from analysis.run.kernels import warm_kernels
from analysis.run.plan import page_folder


def refresh_notebooks(params: EditionParams, root: Path) -> list[str]:
    """Run every page of an edition in place and return their names.

    A notebook is replaced only if the page succeeds and passes the gate.

    Raises
    ------
    PageError
        A page fails, or its cell does not hold the values of the edition.
    DisclosureError
        A page shows what is not protected.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = {name: page_folder(root) / f"{name}.ipynb" for name in params.pages}
    require_declared([(path, params.page(name).as_cell()) for name, path in paths.items()])
    warm_kernels()
    for name, path in paths.items():
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}})
        try:
            client.execute()
        except CellExecutionError as fault:
            raise PageError(f"{path}: {fault.ename}: {fault.evalue}") from None
        cleaned = clean_notebook(notebook)
        check_page(cleaned, name)
        part = path.with_suffix(".part")
        nbformat.write(cleaned, part)
        part.replace(path)
    return list(paths)
