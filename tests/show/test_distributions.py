"""Distributions of small areas."""

import re

from analysis.show import charts


def text_of(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


def small_areas(make_table, extra=()):
    # South: 11, 12 ... 15; North: 21, 22 ... 25
    rows = [
        (f"{region[0]}{value}", region, 60, float(start + value))
        for region, start in (("South", 10), ("North", 20))
        for value in range(1, 6)
    ]
    return make_table(["msoa11cd", "rgn20nm"], *rows, *extra)


def test_groups_stand_by_their_median_highest_first(make_table):
    chart = charts.distribution(small_areas(make_table), group="rgn20nm")

    text = text_of(chart)
    assert [line for line in text if line in ("North", "South")] == ["North", "South"]
    assert {"23.0", "13.0"} <= set(text)
    # the middle half of 21 to 25 is 22 to 24
    assert "North 23.0 (22.0 to 24.0); South 13.0 (12.0 to 14.0)." in chart.alt


def test_areas_without_a_value_are_counted_and_not_in_the_median(make_table):
    hidden = [("N9", "North", 9, 977.7)]
    chart = charts.distribution(small_areas(make_table, hidden), group="rgn20nm")

    assert "North 23.0 (22.0 to 24.0)" in chart.alt
    assert "Not shown: 1 not calculated." in chart.alt
    assert "977" not in chart.picture


def test_7201_areas_are_a_small_picture(make_table):
    rows = [(f"E{code:05d}", f"Region {code % 10}", 60, 50.0 + code % 113) for code in range(7_201)]

    chart = charts.distribution(make_table(["msoa11cd", "rgn20nm"], *rows), group="rgn20nm")

    assert len(chart.picture) < 60_000
    assert "of 7,201 areas (MSOAs) by region" in chart.alt


def test_the_far_tail_is_cut_and_counted(make_table):
    rows = [(f"E{code:05d}", "North", 60, 50.0 + code % 10) for code in range(999)]
    far = ("E99999", "North", 60, 9_999.0)

    chart = charts.distribution(make_table(["msoa11cd", "rgn20nm"], *rows, far), group="rgn20nm")

    assert "1 area (MSOA) above 60.2 not drawn." in " ".join(text_of(chart))
