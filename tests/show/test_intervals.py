"""Dot-and-interval plots."""

import re

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.show import charts
from analysis.show.nothing import WORDS


def text_of(chart):
    """Lines of text in the picture, in the order they were drawn."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


def test_rows_stand_highest_first_in_each_panel(occupations):
    text = text_of(charts.intervals(occupations, label="occupation", panel="sex", reference="All"))

    names = [line for line in text if line in ("Nurses", "Drivers", "Smiths", "Female", "Male")]
    assert names == ["Female", "Nurses", "Drivers", "Male", "Nurses", "Drivers", "Smiths"]


def test_rows_can_keep_the_order_of_the_table(make_table):
    table = make_table(["sex"], ("F", 50, 10.0), ("M", 60, 20.0))

    text = text_of(charts.intervals(table, label="sex", order=False))

    assert [line for line in text if line in ("Female", "Male")] == ["Female", "Male"]


def test_a_hidden_value_is_nowhere_in_the_chart(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex")

    # Women among smiths: 9 deaths, a rate of 71.7 with limits 69.7 and 74.7
    for hidden in ("71.7", "69.7", "74.7"):
        assert hidden not in chart.picture
        assert hidden not in chart.alt


def test_the_number_of_values_not_shown_and_unreliable_is_said(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex")

    said = "1 value is of low reliability [u] (hollow marks). Not shown: 1 not calculated."
    assert said in chart.alt
    assert said in " ".join(text_of(chart))


def test_a_value_of_low_reliability_is_hollow(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex")

    assert len(re.findall("fill: #ffffff; stroke: #f46a25", chart.picture)) == 1


def test_the_alt_text_gives_highest_lowest_and_comparator(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex", reference="All")

    assert (
        "Male, 3 occupations: highest Nurses, 61.0 (95% confidence interval 59.0 to 64.0); "
        "lowest Smiths, 12.0 (95% confidence interval 10.0 to 15.0); "
        "comparator All, 31.1 (95% confidence interval 29.1 to 34.1)." in chart.alt
    )


def test_a_comparator_that_is_not_there_is_an_error(occupations):
    with pytest.raises(DisclosureError, match="no row of occupation is 'Everybody' where sex is F"):
        charts.intervals(occupations, label="occupation", panel="sex", reference="Everybody")


def test_beside_a_comparator_alone_nothing_is_shown(make_table):
    chart = charts.intervals(make_table(["sex"], ("F", 50, 1.0)), label="sex", reference="F")

    assert WORDS in chart.alt


def test_only_the_highest_are_drawn_on_request_and_that_is_said(occupations):
    chart = charts.intervals(occupations, label="occupation", panel="sex", top=2)

    text = " ".join(text_of(chart))
    assert "Smiths" not in text
    assert "The 2 highest of each panel; the table has them all." in text
    assert "2 occupations, the highest of 4" in chart.alt


def test_codes_are_drawn_as_the_words_given(make_table):
    table = make_table(["soc2010_major"], ("1", 50, 10.0), ("9", 50, 20.0))

    chart = charts.intervals(table, label="soc2010_major", names={"9": "Elementary occupations"})

    assert "Elementary occupations" in text_of(chart)
    assert "highest Elementary occupations, 20.0" in chart.alt


def test_a_long_label_is_wrapped(make_table):
    long = "Information technology and telecommunications professionals"
    chart = charts.intervals(make_table(["o"], (long, 50, 9.0), ("B", 50, 8.0)), label="o")

    text = text_of(chart)
    assert "Information technology and" in text
    assert long not in text


def test_one_very_wide_interval_does_not_squeeze_the_others(make_table):
    table = make_table(["o"], ("A", 50, 10.0), ("B", 50, 8.0))
    frame = table.frame.assign(upper_ci=[900.0, 9.0])
    wide = type(table)(frame, table.by, table.title, table.name, table.rules)

    ticks = [line for line in text_of(charts.intervals(wide, label="o")) if line.isdigit()]

    assert max(map(int, ticks)) < 20


def test_ratios_stand_on_a_scale_with_1_in_it(make_table):
    table = make_table(["o"], ("A", 50, 2.0), ("B", 50, 0.5))
    frame = table.frame.assign(ratio=[2.0, 0.5], ratio_status="")
    ratios = type(table)(frame, table.by, table.title, table.name, table.rules)

    chart = charts.intervals(ratios, label="o", measure="ratio")

    assert "1" in text_of(chart)
    assert "A ratio of 1 is no difference." in text_of(chart)


def test_a_ratio_stands_beside_1_on_a_scale_with_ticks():
    frame = pd.DataFrame({"sex": ["F", "M"], "numerator": 900, "fewest": 90, "rii": [2.2, 2.4]})
    frame = frame.assign(rii_lower_ci=frame["rii"] - 0.1, rii_upper_ci=frame["rii"] + 0.1)
    table = protect(frame, ["sex"], "ons-user-guide", title="Indices", name="indices")

    text = text_of(charts.intervals(table, label="sex", measure="rii"))

    assert {"1", "1.5", "2", "2.20", "2.40"} <= set(text)
    assert "Lines show 95% confidence intervals. A ratio of 1 is no difference." in " ".join(text)


def test_the_interval_of_a_smoothed_ratio_is_not_called_one_of_confidence():
    frame = pd.DataFrame({"area_name": ["A", "B"], "numerator": [1, 4], "smoothed": [1.1, 1.2]})
    frame = frame.assign(smoothed_lower_ci=0.9, smoothed_upper_ci=1.4)
    table = protect(frame, ["area_name"], "ons-user-guide", title="Smoothed", name="smoothed")

    chart = charts.intervals(table, label="area_name", measure="smoothed")

    assert "highest B, 1.20 (95% interval 0.90 to 1.40)" in chart.alt
    assert "Lines show 95% intervals." in " ".join(text_of(chart))
