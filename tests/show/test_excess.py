"""Excess deaths over time."""

import re
from dataclasses import dataclass

import pandas as pd
import pytest

from analysis.errors import DisclosureError
from analysis.show import charts


@dataclass
class Shown:
    """A protected table, as a chart sees one."""

    frame: pd.DataFrame
    by: tuple = ("week",)
    title: str = "Excess deaths"
    name: str = "excess"


def table(deaths, expected, **limits):
    weeks = [f"2020-W{week:02d}" for week in range(1, len(deaths) + 1)]
    frame = pd.DataFrame({"week": weeks, "numerator": deaths, "expected": expected, **limits})
    hidden = frame.iloc[:, 1:].isna().map({True: "[c]", False: ""}.get).add_suffix("_status")
    return Shown(pd.concat([frame, hidden], axis=1))


def text_of(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


def test_the_alt_text_gives_the_weeks_furthest_above_and_below():
    # differences: 10, -20, 500
    chart = charts.excess(table([1_010, 980, 1_500], [1_000, 1_000, 1_000]))

    assert "deaths are above it in 2 of 3 weeks." in chart.alt
    assert "Furthest above in week 3 of 2020, 1,500 deaths against 1,000;" in chart.alt
    assert "furthest below in week 2 of 2020, 980 deaths against 1,000." in chart.alt


def test_an_interval_is_named_where_there_is_one():
    without = charts.excess(table([1_010, 980], [1_000, 1_000]))
    limits = {"expected_lower_ci": [900, 900], "expected_upper_ci": [1_100, 1_100]}
    with_interval = charts.excess(table([1_010, 980], [1_000, 1_000], **limits))

    assert "prediction interval" not in " ".join(text_of(without))
    assert "prediction interval" in " ".join(text_of(with_interval))
    assert without.digest != with_interval.digest


def test_a_week_that_is_not_shown_is_a_gap_and_counted():
    chart = charts.excess(table([1_010, None, 990], [1_000, 1_234, 1_000]))

    assert "Not shown: 1 confidential." in chart.alt
    assert "1,234" not in chart.alt + chart.picture


def test_no_week_with_both_values_is_an_error():
    with pytest.raises(DisclosureError, match="no week has both numerator and expected"):
        charts.excess(table([1_010, None], [None, 1_000]))
