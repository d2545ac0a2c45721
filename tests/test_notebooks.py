"""The committed pages: their parameters, their imports, and that nothing clerical is in them."""

import ast
import itertools
import json
import re

import pytest

from analysis.disclosure.gate import check_page
from analysis.params import PageParams, load_edition
from tests.conftest import ROOT

FIRST = load_edition(ROOT / "params" / "demo-2020-06-12.yml")
PAGES = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(path):
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def test_every_page_of_the_editions_has_its_notebook():
    assert {path.stem for path in PAGES} == set(FIRST.pages)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
class TestPage:
    def test_the_parameters_cell_holds_the_values_of_the_first_edition(self, path):
        cell = next(c for c in code_cells(path) if "parameters" in c["metadata"].get("tags", []))
        declared = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in ast.parse(source(cell)).body
        }

        assert list(declared) == list(PageParams.model_fields)
        assert declared == FIRST.page(path.stem).as_cell()

    def test_it_imports_only_the_names_of_the_package(self, path):
        nodes = [n for cell in code_cells(path) for n in ast.walk(ast.parse(source(cell)))]

        assert not [n for n in nodes if isinstance(n, ast.Import)]
        assert {n.module for n in nodes if isinstance(n, ast.ImportFrom)} == {"analysis"}

    def test_it_defines_and_decides_nothing(self, path):
        clerical = (ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try, ast.ClassDef)
        nodes = [n for cell in code_cells(path) for n in ast.walk(ast.parse(source(cell)))]

        assert not [type(n).__name__ for n in nodes if isinstance(n, clerical)]

    def test_it_is_committed_as_it_ran_and_shows_only_what_is_protected(self, path):
        counts = [cell["execution_count"] for cell in code_cells(path)]

        assert counts == list(range(1, len(counts) + 1))
        check_page(read(path), path.stem)

    def test_it_has_no_path_or_time_of_the_machine(self, path):
        text = path.read_text(encoding="utf-8")

        assert str(ROOT) not in text
        assert not re.search(r'"(start_time|end_time|duration|iopub|execution)"', text)

    def test_it_is_stamped_last(self, path):
        last = code_cells(path)[-1]

        assert last["outputs"][0]["metadata"]["bulletin"]["kind"] == "stamp"

    def test_its_tables_and_charts_have_names_of_their_own(self, path):
        names = [
            output["metadata"]["bulletin"]["name"]
            for cell in code_cells(path)
            for output in cell["outputs"]
            if output["metadata"]["bulletin"]["kind"] in {"table", "chart"}
        ]

        assert len(names) == len(set(names))

    def test_a_sentence_stands_before_each_shown_cell(self, path):
        cells = read(path)["cells"]
        hidden = {"parameters", "remove-cell", "remove-input"}
        for before, cell in itertools.pairwise(cells):
            tags = set(cell["metadata"].get("tags", []))
            if cell["cell_type"] == "code" and not tags & hidden:
                assert before["cell_type"] == "markdown"
                assert source(before).strip()


def test_downloads_of_the_pages_have_names_of_their_own():
    names = re.findall(r'name=\\"([a-z0-9-]+)\\"', "".join(p.read_text() for p in PAGES))

    assert len(names) == len(set(names))
