"""Funnel plots."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import pytest

from analysis.errors import DisclosureError
from analysis.show import charts


@dataclass
class Shown:
    """A protected table, as a chart sees one."""

    frame: pd.DataFrame
    by: tuple = ("area_name",)
    title: str = "Ratios"
    name: str = "ratios"


def table(*ratios, status=""):
    names = [f"Area {turn}" for turn in range(len(ratios))]
    frame = pd.DataFrame({"area_name": names, "smr": ratios})
    frame = frame.assign(
        expected=[10.0 + turn for turn in range(len(ratios))],
        lower_95=0.5,
        upper_95=1.5,
        lower_998=0.2,
        upper_998=1.8,
    )
    return Shown(frame.assign(**{f"{c}_status": "" for c in frame.columns[1:]}))


def test_the_alt_text_counts_areas_by_where_they_lie():
    # inside: 1.0, 1.5; beyond 95%: 1.6 above, 0.4 below; beyond 99.8%: 1.9 and 2.5 above, 0.1 below
    alt = charts.funnel(table(1.0, 1.5, 1.6, 0.4, 1.9, 2.5, 0.1), label="area_name").alt

    assert (
        "of 7 areas. Inside the 95% limits: 2; between the 95% and 99.8% limits: 1 high and 1 low; "
        "outside the 99.8% limits: 2 high and 1 low. Highest: Area 5 2.50 and Area 4 1.90."
    ) in alt


def test_areas_lie_where_the_table_says_not_where_rounding_puts_them():
    shown = table(1.5, 1.0)  # the ratio and its limit, both 1.50 as rounded
    told = shown.frame.assign(place=["Above 95% limits", "Inside 95% limits"], place_status="")

    assert "limits: 1 high and 0 low" in charts.funnel(Shown(told), label="area_name").alt
    assert "limits: 0 high and 0 low" in charts.funnel(shown, label="area_name").alt


def test_an_area_without_a_size_is_left_out_and_counted():
    shown = table(1.0, 1.2, 1.1)
    frame = shown.frame.assign(expected=[10.0, float("nan"), 0.0], expected_status=["", "[c]", ""])

    chart = charts.funnel(Shown(frame), label="area_name")

    assert "of 1 area. Inside the 95% limits: 1;" in chart.alt
    assert "Not shown: 2 without a size or limits." in chart.alt


def test_no_area_with_limits_is_an_error():
    frame = table(1.0, 1.2).frame.assign(expected=0.0)

    with pytest.raises(DisclosureError, match="no area has a value, a size above 0"):
        charts.funnel(Shown(frame), label="area_name")


def test_7201_areas_are_a_png():
    chart = charts.funnel(table(*[1 + turn % 7 / 10 for turn in range(7_201)]), label="area_name")

    assert isinstance(chart.picture, bytes)
    assert len(chart.picture) < 400_000


def test_names_of_the_extremes_do_not_overlap():
    chart = charts.funnel(table(2.5, 2.51, 2.52), label="area_name")

    heights = [
        float(y)
        for y, text in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', chart.picture)
        if text.startswith("Area ")
    ]
    assert len(heights) == 3
    assert min(abs(a - b) for a, b in pairwise(heights)) >= 12
