"""Ranked areas."""

import re

import pytest

from analysis.errors import DisclosureError
from analysis.show import charts


@pytest.fixture
def areas(make_table):
    rows = [
        (f"Area {rank}", "London" if rank < 4 else "Wales", 60, 200.0 - rank)
        for rank in range(1, 61)
    ]
    return make_table(["area_name", "region"], *rows, ("All", "All", 900, 150.0))


def text_of(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


def test_the_extremes_are_named_with_their_values(areas):
    chart = charts.ranked(areas, label="area_name", reference="All", highest=2, lowest=2)

    text = text_of(chart)
    assert {"Area 1 199.0", "Area 2 198.0", "Area 59 141.0", "Area 60 140.0"} <= set(text)
    assert "Area 3 197.0" not in text
    assert "of 60 areas, from 199.0 to 140.0." in chart.alt
    assert "Highest: Area 1 199.0 and Area 2 198.0." in chart.alt


def test_the_comparator_is_a_line_and_not_an_area(areas):
    chart = charts.ranked(areas, label="area_name", reference="All")

    assert "All: 150.0" in text_of(chart)
    assert "Rank among 60 areas, highest first" in text_of(chart)


def test_highlighted_areas_are_named_by_what_they_share(areas):
    chart = charts.ranked(areas, label="area_name", highlight="London", within="region")

    assert "London" in text_of(chart)
    assert len(re.findall(r"<use[^>]*fill: #f46a25", chart.picture)) >= 3


def test_what_is_not_there_cannot_be_highlighted_or_compared_with(areas):
    with pytest.raises(DisclosureError, match="no region is Scotland"):
        charts.ranked(areas, label="area_name", highlight="Scotland", within="region")
    with pytest.raises(DisclosureError, match="0 rows of area_name are 'Scotland'"):
        charts.ranked(areas, label="area_name", reference="Scotland")


def test_a_chart_of_336_areas_is_small(make_table):
    rows = [(f"Area {rank}", 60, 400.0 - rank) for rank in range(336)]

    picture = charts.ranked(make_table(["area_name"], *rows), label="area_name").picture

    assert len(picture) < 150_000


def test_three_areas_are_enough(make_table):
    table = make_table(["area_name"], ("A", 50, 1.0), ("B", 50, 2.0), ("C", 50, 3.0))

    assert "Highest: C 3.0, B 2.0 and A 1.0." in charts.ranked(table, label="area_name").alt


def test_areas_of_one_level_are_called_by_it(make_table):
    rows = [("Local authority", f"Area {rank}", 60, 50.0 - rank) for rank in range(9)]

    chart = charts.ranked(make_table(["area_level", "area_name"], *rows), label="area_name")

    assert "Rank among 9 local authorities, highest first" in text_of(chart)
