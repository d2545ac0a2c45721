"""A reader finds each row of a long download, and nothing that the download does not hold."""

import json
import re

import nbformat
import pytest

from analysis.disclosure.html import LONGEST
from analysis.publish.find import TO, place_searches, write_searches
from tests.publish.samples import areas_table, page, shown


@pytest.fixture
def make(tmp_path):
    """Write the download of a table, and a page that shows its first three rows."""

    def write(areas, columns=("area_name", "numerator", "asmr")):
        whole = areas_table(areas)
        (tmp_path / "areas.csv").write_text(whole.to_csv())
        first = whole.select(
            "first", "First areas", area_code=["E06000000", "E06000001", "E06000002"]
        )
        data, metadata = first.show(columns)._repr_mimebundle_()
        output = shown(data, **metadata["bulletin"])
        notebook = page()
        notebook.cells[2].outputs = [output]
        nbformat.write(notebook, tmp_path / "areas.ipynb")
        return write_searches([tmp_path / "areas.ipynb"], tmp_path), data["text/html"]

    return write


def read(path):
    """What a browser makes of the script: the rows, and what is known about them."""
    text = path.read_text()
    about, rows = re.fullmatch(
        r'\(window\.bulletinFind \?\?= \{\}\)\["areas"\] = \{\.\.\.(.*),rows:`(.*)`\};\n',
        text,
        re.S,
    ).groups()
    about, table, above = json.loads(about), [], []
    for line in rows.replace(TO, " to ").split("\n"):
        above = [
            above[place] if cell == "=" else (words[int(cell)] if words else cell)
            for place, (cell, words) in enumerate(
                zip(line.split("\t"), about["words"], strict=True)
            )
        ]
        table.append(above)
    return about, table


def test_every_row_of_the_download_is_found_as_the_page_would_show_it(make, tmp_path):
    make(LONGEST + 1)

    about, rows = read(tmp_path / "areas.js")

    assert len(rows) == 2 * (LONGEST + 1)
    columns = ["Area", "Cause", "Deaths", "Rate", "Confidence interval", "Area code", "Region"]
    assert about["columns"] == columns
    assert [about["columns"][place] for place in about["searched"]] == ["Area", "Area code"]
    # 10 deaths: a rate of low reliability; 9 deaths: none
    assert rows[16] == [
        "Ash 008",
        "All causes",
        "10",
        "50.0 [u]",
        "40.0 to 60.5",
        "E06000008",
        "Wales",
    ]
    assert rows[15] == ["Ash 007", "COVID-19", "9", "[x]", "[x]", "E06000007", "Wales"]
    assert about["statuses"] == {"[u]": "low reliability", "[x]": "not calculated"}


def test_a_search_holds_nothing_that_is_not_in_the_download(make, tmp_path):
    make(LONGEST + 1, columns=())

    _, rows = read(tmp_path / "areas.js")

    in_download = set(re.split(r"[,\n]", (tmp_path / "areas.csv").read_text())) | {"to"}
    said = {
        word for row in rows for cell in row for word in re.split(r" (?=to |\[)|(?<=to) ", cell)
    }
    assert {word.replace(",", "") for word in said} <= in_download


def test_only_measures_that_the_page_shows_are_found(make, tmp_path):
    make(LONGEST + 1, columns=["area_name", "numerator"])

    assert read(tmp_path / "areas.js")[0]["columns"] == [
        "Area", "Cause", "Deaths", "Area code", "Region",
    ]  # fmt: skip


def test_a_table_that_a_page_shows_whole_has_no_search(make, tmp_path):
    searches, html = make(LONGEST)

    assert searches == []
    assert not (tmp_path / "areas.js").exists()
    assert place_searches(html, searches) == html


def test_the_search_stands_above_the_last_table_of_its_download(make):
    searches, html = make(LONGEST + 1)
    other = html.replace("areas.csv", "other.csv")

    body = place_searches(html + html + other, searches)

    assert searches == [{"download": "areas", "thing": "area", "count": 401}]
    assert body.count('<div class="bulletin-find"') == 1
    before, after = body.split('<div class="bulletin-find" data-download="areas"')
    assert before == html
    assert after.endswith(html + other)
    assert "To search all 401 areas on this page, switch scripts on" in after


def test_a_table_whose_rows_are_cut_has_the_search_before_others(make):
    searches, html = make(LONGEST + 1)
    cut = areas_table(LONGEST + 1)._repr_mimebundle_()[0]["text/html"]

    body = place_searches(cut + html, searches)

    assert body.startswith('<div class="bulletin-find"')
