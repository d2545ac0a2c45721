"""What a small book is made of: an executed page, and what is said about its edition."""

from datetime import date

import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.disclosure.protect import protect
from analysis.disclosure.table import Table
from analysis.publish.info import EditionInfo
from analysis.run.cleaning import clean_notebook

TOC = """\
format: jb-book
root: index
parts:
  - caption: Results
    chapters:
      - file: deprivation
      - file: not_in_this_edition
        title: Left out
  - caption: Nothing of this is here
    chapters:
      - file: nowhere
  - caption: About
    chapters:
      - file: methods
"""
TABLE = (
    '<div class="bulletin-table-wrap"><table class="bulletin-table"><caption>Deaths</caption>'
    '<tr><th scope="row">1</th><td>426</td></tr></table></div>'
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def info(**changes):
    values = {
        "edition": "demo-2020-06-12",
        "title": "Deaths by deprivation",
        "status": "provisional",
        "released": date(2020, 6, 12),
        "next_release": date(2020, 7, 24),
        "contact": "The team, team@example.org",
        "banner": "Invented data",
        "code_version": "0.1.0",
    }
    return EditionInfo(**(values | changes))


def shown(data, kind, **about):
    metadata = {"bulletin": {"kind": kind, **about}}
    return new_output("execute_result", data, metadata=metadata, execution_count=1)


def page(*extra):
    chart = shown(
        {"image/svg+xml": SVG, "text/plain": "A square."},
        "chart",
        name="square",
        alt="A square, 9 wide.",
        caption="A square",
    )
    cells = [
        new_markdown_cell("# Deaths by deprivation\n\nSee {doc}`methods` and $d_i / n_i$."),
        new_code_cell(
            'edition = "demo"', metadata={"tags": ["parameters", "hide-input"]}, execution_count=1
        ),
        new_code_cell("table", outputs=[shown({"text/html": TABLE}, "table")], execution_count=1),
        new_code_cell("chart", outputs=[chart], execution_count=1),
    ]
    return clean_notebook(new_notebook(cells=[*cells, *extra]))


def areas_table(areas, first="Ash 000") -> Table:
    """A protected table of two causes by area; 2 to 11 deaths, so that some rates are hidden."""
    rows = [
        (f"E06{area:06}", cause, f"Ash {area:03}" if area else first, "Wales", 2 + area % 10)
        for area in range(areas)
        for cause in ("All causes", "COVID-19")
    ]
    by = ["area_code", "cause", "area_name", "region_name"]
    frame = pd.DataFrame(rows, columns=[*by, "numerator"])
    frame = frame.assign(denominator=9_000, asmr=50.0, lower_ci=40.0, upper_ci=60.5)
    return protect(frame, by, "ons-user-guide", title="Deaths by area", name="areas")
