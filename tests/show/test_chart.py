"""A chart shows itself as a picture with words, the same bytes on every run."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pandas as pd
import pytest

from analysis.disclosure.gate import check_page
from analysis.show import charts
from analysis.show.style import house_style

DRAW = """
import hashlib, pandas as pd
from analysis.disclosure.protect import protect
from analysis.show import charts
frame = pd.DataFrame({"sex": ["F", "M"] * 10, "imd_decile": sorted([*range(1, 11)] * 2)})
frame = frame.assign(numerator=50, asmr=[100 / (turn + 3) for turn in range(20)])
frame = frame.assign(lower_ci=frame["asmr"] * 0.9, upper_ci=frame["asmr"] * 1.15)
table = protect(frame, ["sex", "imd_decile"], "ons-user-guide", title="T", name="t")
picture = charts.gradient(table, x="imd_decile").picture
print(hashlib.sha256(picture.encode()).hexdigest())
"""


def draw_in_a_process_of_its_own(**environment):
    return subprocess.run(
        [sys.executable, "-c", DRAW],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_two_processes_draw_the_same_bytes_whatever_the_settings_of_the_machine(tmp_path):
    settings = tmp_path / "matplotlibrc"
    settings.write_text("font.size: 23\nsvg.fonttype: path\naxes.grid: True\nlines.linewidth: 9\n")

    plain = draw_in_a_process_of_its_own(PYTHONHASHSEED="1")
    odd = draw_in_a_process_of_its_own(
        PYTHONHASHSEED="2", MATPLOTLIBRC=str(settings), SOURCE_DATE_EPOCH="1"
    )

    assert plain == odd


def test_a_chart_is_svg_with_words_and_passes_the_gate(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex")

    data, metadata = chart._repr_mimebundle_()

    assert set(data) == {"image/svg+xml", "text/plain"}
    assert data["text/plain"] == f"{chart.alt}\n[chart rates-chart, data {chart.digest}]"
    assert metadata["bulletin"]["kind"] == "chart"
    assert metadata["bulletin"]["caption"] == "Deaths by group"
    output = {"output_type": "execute_result", "data": data, "metadata": metadata}
    cell = {"cell_type": "code", "metadata": {}, "outputs": [output]}
    check_page({"metadata": {}, "cells": [cell]}, "page")


def test_the_svg_has_a_role_a_title_and_a_description(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex")

    root = ElementTree.fromstring(chart.picture)

    title, description = root[0], root[1]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == chart.caption
    assert description.text == chart.alt


def test_the_svg_holds_no_date_software_or_style_that_would_leak_into_a_page(occupations):
    picture = charts.intervals(occupations, label="occupation", panel="sex").picture

    assert "<style" not in picture
    assert "<metadata" not in picture
    assert "atplotlib" not in picture
    assert not re.search(r"20\d\d-\d\d-\d\d", picture)


def test_every_id_that_the_svg_refers_to_is_there_once(occupations):
    picture = charts.intervals(occupations, label="occupation", panel="sex").picture

    ids = re.findall(r' id="([^"]+)"', picture)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', picture))
    assert len(ids) == len(set(ids))
    assert used <= set(ids)


def test_markup_in_a_name_is_text_in_the_svg(make_table):
    table = make_table(["occupation"], ("<b>&\"'", 50, 10.0), ("B", 50, 9.0), title="A < B & C")

    root = ElementTree.fromstring(charts.intervals(table, label="occupation").picture)

    assert root[0].text == "A < B & C"
    assert "<b>&\"'" in "".join(root.itertext())


def test_a_dollar_sign_is_not_read_as_mathematics(make_table):
    table = make_table(["occupation"], ("$x_1$", 50, 10.0), ("B", 50, 9.0))

    assert "$x_1$" in charts.intervals(table, label="occupation").picture


@pytest.mark.parametrize("column", ["asmr", "lower_ci", "upper_ci"])
def test_a_change_of_one_value_changes_digest_and_picture(make_table, column):
    def draw(change):
        table = make_table(["sex"], ("F", 50, 10.0), ("M", 60, 20.0))
        frame = table.frame.assign(**{column: table.frame[column] + [0, change]})
        return charts.intervals(
            type(table)(frame, table.by, table.title, table.name, table.rules), label="sex"
        )

    assert draw(0.1).digest != draw(0).digest
    assert draw(0.1).picture != draw(0).picture
    assert draw(0).digest == draw(0).digest


def test_a_change_of_the_number_of_hidden_values_changes_the_digest(make_table):
    one = make_table(["occupation"], ("A", 50, 10.0), ("B", 50, 9.0))
    two = make_table(["occupation"], ("A", 50, 10.0), ("B", 50, 9.0), ("C", 3, 9.0))

    digests = {charts.intervals(table, label="occupation").digest for table in (one, two)}

    assert len(digests) == 2


def test_above_5000_marks_a_chart_is_a_png_without_software_in_it(make_table):
    rows = [(f"E02{code:06d}", 50, 10.0 + code % 97) for code in range(5_001)]
    table = make_table(["area_code"], *rows)

    first, again = (charts.ranked(table, label="area_code") for _ in range(2))

    data, _ = first._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == first.picture == again.picture
    assert b"oftware" not in first.picture


def test_drawing_leaves_the_settings_of_matplotlib_as_they_were(occupations):
    import matplotlib as mpl

    before = hashlib.sha256(repr(mpl.rcParams).encode()).hexdigest()

    charts.intervals(occupations, label="occupation", panel="sex")
    with house_style():
        pass

    assert hashlib.sha256(repr(mpl.rcParams).encode()).hexdigest() == before


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (charts.intervals, {"label": "sex"}),
        (charts.gradient, {"x": "sex"}),
        (charts.ranked, {"label": "sex"}),
        (charts.distribution, {"group": "sex"}),
        (charts.by_age, {}),
        (charts.months, {}),
        (charts.lines, {"x": "week", "measure": "numerator"}),
        (charts.delays, {}),
        (charts.stacked, {"x": "month", "stack": "cause"}),
    ],
)
def test_no_chart_is_made_from_a_frame(function, arguments):
    from analysis.errors import DisclosureError

    with pytest.raises(DisclosureError, match="protected table"):
        function(pd.DataFrame({"sex": ["F"], "asmr": [1.0]}), **arguments)
