"""The gate refuses a page that shows anything unprotected, in outputs and in metadata."""

import copy

import pytest

from analysis.disclosure.gate import check_page
from analysis.errors import DisclosureError

TABLE = {
    "output_type": "execute_result",
    "data": {"text/html": "<table></table>", "text/plain": "a table"},
    "metadata": {"bulletin": {"kind": "table", "name": "a", "caption": "A", "digest": "0"}},
}


def page(*outputs, cell_metadata=None, metadata=None):
    cell = {"cell_type": "code", "metadata": cell_metadata or {}, "outputs": list(outputs)}
    return {"cells": [cell], "metadata": metadata or {"kernelspec": {}}}


def changed(**changes):
    return copy.deepcopy(TABLE) | changes


def test_a_protected_table_passes():
    check_page(page(TABLE), "msoa")


@pytest.mark.parametrize(
    ("fault", "notebook"),
    [
        ("printed text", page({"output_type": "stream", "name": "stdout", "text": "5"})),
        ("an error with its traceback", page({"output_type": "error", "ename": "E"})),
        ("an output of another type", page(changed(metadata={}))),
        ("a table in the form image/png", page(changed(data={"image/png": "x"}))),
        ("whose metadata holds frame", page(changed(metadata=TABLE["metadata"] | {"frame": 1}))),
        ("cell 1: its metadata holds deaths", page(TABLE, cell_metadata={"deaths": [1, 2]})),
        ("the notebook's metadata holds secret", page(TABLE, metadata={"secret": 1})),
    ],
)
def test_anything_else_is_refused(fault, notebook):
    with pytest.raises(DisclosureError, match=fault):
        check_page(notebook, "msoa")


def test_every_fault_is_named_and_no_content_is_printed():
    faulty = page(
        {"output_type": "stream", "name": "stdout", "text": "Mrs A, 3 March"},
        changed(metadata={}),
    )

    with pytest.raises(DisclosureError) as raised:
        check_page(faulty, "msoa")

    assert "2 faults" in str(raised.value)
    assert "Mrs A" not in str(raised.value)
