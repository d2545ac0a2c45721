"""How a protected table is laid out on a page."""

import re

import pandas as pd
import pytest

from analysis.disclosure.html import COUNTED, LONGEST, shown_cells
from analysis.disclosure.protect import protect

MONTHS = ("2020-03", "2020-04", "2020-05", "2020-06")


def rates(months=MONTHS, groups=("1", "2")):
    rows = [
        (group, month, 40, 1_000_000, 90.0, 80.0, 100.0) for group in groups for month in months
    ]
    columns = ["imd_decile", "month", "numerator", "denominator", "asmr", "lower_ci", "upper_ci"]
    return pd.DataFrame(rows, columns=columns)


def html(frame, by=("imd_decile", "month"), pivot="", columns=()):
    table = protect(frame, list(by), "ons-user-guide", title="Rates", name="rates")
    return table.show(columns, pivot)._repr_mimebundle_()[0]["text/html"]


def test_many_columns_put_a_rate_and_its_interval_into_one():
    shown = ["imd_decile", "month", "numerator", "asmr"]

    three = html(rates(MONTHS[:3]), pivot="month", columns=shown)
    four = html(rates(), pivot="month", columns=shown)

    # 3 months x (deaths, rate, interval) are 9 columns, 4 months 12
    assert three.count(">Confidence interval</th>") == 3
    assert "<td>90.0</td><td>80.0 to 100.0</td>" in three
    assert four.count(">Rate (confidence interval)</th>") == 4
    assert four.count('<td>90.0<span class="limits"> (80.0 to 100.0)</span></td>') == 8


def test_each_value_of_a_pivot_starts_with_a_line():
    page = html(rates(), pivot="month", columns=["imd_decile", "month", "numerator", "asmr"])

    assert page.count('<td class="first">40</td>') == 8
    assert page.count('class="num first">Deaths<') == 4


def test_a_pivot_of_numbers_says_what_they_count():
    page = html(rates(MONTHS[:1]), pivot="imd_decile", columns=["imd_decile", "month", "numerator"])

    assert '<th scope="colgroup" colspan="2">Deprivation decile (1 = most deprived)</th>' in page
    assert re.findall(r'colspan="1">(\w+)<', page) == ["1", "2"]


def test_an_interval_says_of_each_limit_whether_it_is_calculated():
    frame = pd.DataFrame(
        {"area_name": ["A", "B"], "asmr": [0.0, None], "asmr_status": ["", "[x]"]}
        | {"lower_ci": [0.0, None], "lower_ci_status": ["", "[x]"]}
        | {"upper_ci": [None, None], "upper_ci_status": ["[x]", "[x]"]}
    )

    cells = shown_cells(frame, ["area_name"], ["asmr"])

    assert list(cells) == ["Area", "Rate", "Confidence interval"]
    assert cells.to_numpy().tolist() == [["A", "0.0", "0.0 to [x]"], ["B", "[x]", "[x]"]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (COUNTED, None),
        (COUNTED + 1, "21 rows."),
        (LONGEST, "400 rows."),
        (LONGEST + 1, "The first 400 of 401 rows are shown."),
    ],
)
def test_a_long_table_says_how_many_rows_it_has(rows, said):
    groups = [f"{number:03}" for number in range(rows)]

    page = html(rates(MONTHS[:1], groups))

    assert page.count("<tr>") == 1 + min(rows, LONGEST)
    assert re.findall(r"(?:The first [\d,]+ of )?[\d,]+ rows[^<]*\.", page) == (
        [said] if said else []
    )


def test_only_long_names_take_two_lines():
    page = html(rates(MONTHS[:1], ["2", "Yorkshire and The Humber", "Occupations of other kinds"]))

    assert '<th scope="row">Yorkshire and The Humber</th>' in page  # 24 letters
    assert '<th scope="row" class="long">Occupations of other kinds</th>' in page


def test_a_table_without_rows_says_so():
    page = html(rates().head(0))

    assert re.search(r'<td class="none" colspan="\d+">None\.</td>', page)


def test_a_table_says_under_which_rule_it_was_protected():
    monthly = html(rates())
    whole = html(rates(MONTHS[:1]).drop(columns="month"), by=["imd_decile"])

    link = '<a href="methods.html#rules">Rule</a>: '
    assert f"{link}ons-2020, deprivation by month: counts are printed." in monthly
    assert f"{link}ons-2020, deprivation: counts are printed." in whole
