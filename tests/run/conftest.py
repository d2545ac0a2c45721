"""Small pages for the tests of the run."""

import nbformat
import pytest


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def write_page(tmp_path):
    """Write a page with a parameters cell (``edition``) and the given cells; return its path."""

    def write(name, *cells, parameters='edition = "none"'):
        first = [code(parameters, "parameters")] if parameters is not None else []
        notebook = nbformat.v4.new_notebook(
            cells=[*first, *(code(cell) if isinstance(cell, str) else cell for cell in cells)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    return write
