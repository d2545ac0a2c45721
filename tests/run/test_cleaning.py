import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.errors import PageError
from analysis.run.cleaning import clean_notebook


def chart(name="by-age"):
    about = {"kind": "chart", "name": name, "alt": "Rates rise.", "caption": "Rates by age"}
    data = {"image/svg+xml": "<svg/>", "text/plain": "Rates rise."}
    return new_output("display_data", data, metadata={"bulletin": about})


def test_words_of_a_chart_become_those_of_a_figure():
    page = new_notebook(cells=[new_code_cell("chart", outputs=[chart()])])

    cell = clean_notebook(page).cells[0]

    assert cell.metadata.mystnb == {
        "image": {"alt": "Rates rise."},
        "figure": {"name": "by-age", "caption": "Rates by age"},
    }
    assert cell.outputs == page.cells[0].outputs


def test_words_of_a_chart_that_is_gone_go_with_it():
    page = new_notebook(cells=[new_code_cell("chart", outputs=[chart()])])
    cleaned = clean_notebook(page)
    cleaned.cells[0].outputs = []

    assert "mystnb" not in clean_notebook(cleaned).cells[0].metadata


def test_one_cell_shows_one_chart():
    page = new_notebook(cells=[new_code_cell("x", outputs=[chart("a"), chart("b")])])

    with pytest.raises(PageError, match="cell 1: it shows 2 charts"):
        clean_notebook(page)


def test_ids_times_paths_and_marks_of_tools_are_gone():
    page = new_notebook(
        cells=[
            new_markdown_cell("# Page", metadata={"papermill": {"duration": 1}}),
            new_code_cell("x", metadata={"execution": {"iopub.busy": "t"}, "tags": ["hide-input"]}),
        ],
        metadata={
            "papermill": {"output_path": "/home/someone/page.ipynb"},
            "language_info": {"name": "python", "version": "3.11.2"},
        },
    )

    cleaned = clean_notebook(page)

    assert [cell.id for cell in cleaned.cells] == ["cell-01", "cell-02"]
    assert [dict(cell.metadata) for cell in cleaned.cells] == [{}, {"tags": ["hide-input"]}]
    text = nbformat.writes(cleaned)
    assert "someone" not in text
    assert "3.11.2" not in text


def test_cells_that_ran_are_numbered_from_one():
    result = new_output("execute_result", {"text/plain": "1"}, execution_count=7)
    page = new_notebook(
        cells=[
            new_code_cell("never run"),
            new_code_cell("1", execution_count=7, outputs=[result]),
            new_code_cell("2", execution_count=9),
        ]
    )

    cells = clean_notebook(page).cells

    assert [cell.execution_count for cell in cells] == [None, 1, 2]
    assert cells[1].outputs[0].execution_count == 1


def test_cleaning_changes_nothing_of_what_it_is_given_and_nothing_the_second_time():
    page = new_notebook(cells=[new_code_cell("chart", outputs=[chart()])])
    before = nbformat.writes(page)

    once = clean_notebook(page)

    assert nbformat.writes(page) == before
    assert nbformat.writes(clean_notebook(once)) == nbformat.writes(once)
