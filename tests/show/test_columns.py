"""Stacked columns."""

import re

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.show import charts


def text_of(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


def table(*rows):
    frame = pd.DataFrame(rows, columns=["month", "cause", "numerator"])
    return protect(frame, ["month", "cause"], "ons-user-guide", title="Deaths", name="deaths")


def hidden(protected, row):
    """The same table with one count confidential."""
    frame = protected.frame.copy()
    frame["numerator"] = frame["numerator"].astype(float).mask(frame.index == row)
    frame["numerator_status"] = frame["numerator_status"].mask(frame.index == row, "[c]")
    return type(protected)(frame, protected.by, protected.title, protected.name, protected.rules)


MONTHS = (
    ("2020-03", "COVID-19", 1_500),
    ("2020-03", "Not COVID-19", 8_000),
    ("2020-04", "COVID-19", 6_000),
    ("2020-04", "Not COVID-19", 9_000),
)


def test_columns_hold_their_numbers_and_name_their_parts():
    text = text_of(charts.stacked(table(*MONTHS), x="month", stack="cause"))

    assert {"1,500", "8,000", "6,000", "9,000", "COVID-19", "Not COVID-19", "Mar"} <= set(text)


def test_the_alt_text_gives_the_parts_of_each_column():
    alt = charts.stacked(table(*MONTHS), x="month", stack="cause").alt

    assert "March 2020: Not COVID-19 8,000 and COVID-19 1,500;" in alt


def test_a_column_with_a_hidden_part_is_not_drawn():
    chart = charts.stacked(hidden(table(*MONTHS), 2), x="month", stack="cause")

    assert "9,000" not in text_of(chart)
    assert "Apr" in text_of(chart)
    assert "1 month with a part that is not shown: no column is drawn." in " ".join(text_of(chart))
    assert "Not shown: 1 confidential." in chart.alt


def test_no_whole_column_is_an_error():
    with pytest.raises(DisclosureError, match="in no month are all parts of cause shown"):
        charts.stacked(hidden(table(*MONTHS[:2]), 0), x="month", stack="cause")
