"""Charts over an ordered axis."""

import re

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.show import charts


def text_of(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture)


@pytest.fixture
def deciles(make_table):
    # Rates fall by 10 a decile: women 110 to 20, men 210 to 120
    rows = [
        (sex, decile, 50, start - 10.0 * decile)
        for sex, start in (("M", 220), ("F", 120))
        for decile in range(10, 0, -1)
    ]
    return make_table(["sex", "imd_decile"], *rows)


def test_a_gradient_names_its_ends_and_its_series(deciles):
    text = text_of(charts.gradient(deciles, x="imd_decile"))

    assert {"Most deprived", "Least deprived", "Deprivation decile", "Female", "Male"} <= set(text)
    assert [line for line in text if line.isdigit()][:10] == [str(d) for d in range(1, 11)]


def test_the_alt_text_of_a_gradient_gives_both_ends_of_each_series(deciles):
    alt = charts.gradient(deciles, x="imd_decile").alt

    assert alt.startswith(
        "Chart of the age-standardised mortality rate (deaths per 100,000 people) "
        "by deprivation decile and sex."
    )
    assert (
        "Female, from 110.0 in decile 1 (the highest) to 20.0 in decile 10 (the lowest); "
        "Male, from 210.0 in decile 1 (the highest) to 120.0 in decile 10 (the lowest)." in alt
    )


def test_each_series_has_a_marker_of_its_own(deciles):
    picture = charts.gradient(deciles, x="imd_decile").picture

    shapes = dict(re.findall(r'<path id="([^"]+)" d="([^"]+)"', picture))
    used = re.findall(r'<use xlink:href="#([^"]+)"[^>]*fill: (#\w+)', picture)
    by_colour = {}
    for key, colour in used:
        by_colour.setdefault(colour, set()).add(shapes[key])
    assert by_colour["#f46a25"].isdisjoint(by_colour["#12436d"])


def test_panels_share_one_key(make_table):
    rows = [
        (sex, month, decile, 50, 10.0 * decile)
        for sex in ("F", "M")
        for month in ("2020-03", "2020-04", "2020-05")
        for decile in (1, 2)
    ]
    table = make_table(["sex", "month", "imd_decile"], *rows)

    text = text_of(charts.gradient(table, x="imd_decile", panel="month"))

    assert text.count("Female") == 1
    assert [line for line in text if "2020" in line] == ["March 2020", "April 2020", "May 2020"]


def test_a_value_not_shown_breaks_the_line_and_keeps_its_place(make_table):
    rows = [("2020-03", 50, 10.0), ("2020-04", 9, 71.7), ("2020-05", 50, 12.0)]
    chart = charts.months(make_table(["month"], *rows), colour=None)

    assert {"Mar", "Apr", "May", "2020"} <= set(text_of(chart))
    assert "71.7" not in chart.picture + chart.alt
    assert "from 10.0 in March 2020 (the lowest) to 12.0 in May 2020 (the highest)" in chart.alt
    assert "Not shown: 1 not calculated." in chart.alt


def age_table(*rows):
    frame = pd.DataFrame(rows, columns=["sex", "age_band", "numerator", "age_specific_rate"])
    frame = frame.assign(lower_ci=0.0, upper_ci=frame["age_specific_rate"] * 2 + 1)
    return protect(frame, ["sex", "age_band"], "ons-user-guide", title="T", name="ages")


def test_age_bands_stand_in_order_on_a_logarithmic_scale():
    table = age_table(("F", "90+", 50, 900.0), ("F", "<1", 50, 9.0), ("F", "5-9", 50, 1.0))

    chart = charts.by_age(table)

    text = text_of(chart)
    ages = [line.replace("&lt;", "<") for line in text]
    assert [line for line in ages if line in ("<1", "5-9", "90+")] == ["<1", "5-9", "90+"]
    assert {"1", "10", "100", "1,000"} <= set(text)
    assert "from 9.0 at ages under 1 to 900.0 at ages 90 and over (the highest)" in chart.alt


def test_a_rate_of_0_has_no_place_on_a_logarithmic_scale_and_is_counted():
    frame = age_table(("F", "<1", 50, 9.0), ("F", "5-9", 50, 0.0)).frame
    table = age_table(("F", "<1", 50, 9.0), ("F", "5-9", 50, 5.0))
    zero = type(table)(frame, table.by, table.title, table.name, table.rules)

    assert "Not shown: 1 with no deaths." in charts.by_age(zero).alt


def test_many_values_are_a_line_with_few_labels(make_table):
    rows = [(f"2020-W{week:02d}", 50 + week, 10.0) for week in range(1, 54)]
    table = make_table(["week"], *rows)

    chart = charts.lines(table, x="week", measure="numerator")

    weeks = [line for line in text_of(chart) if line.isdigit() and int(line) <= 53]
    assert 5 <= len(weeks) <= 27
    assert "Week of 2020" in text_of(chart)
    assert "from 51 in week 1 of 2020 (the lowest) to 103 in week 53 of 2020" in chart.alt


def test_days_stand_at_their_dates(make_table):
    table = make_table(["day"], ("2020-03-01", 50, 1.0), ("2020-03-11", 50, 2.0))

    chart = charts.lines(table, x="day", measure="asmr")

    assert {"1 Mar", "11 Mar"} <= set(text_of(chart))


def delay_table(*shares):
    frame = pd.DataFrame({"delay": range(len(shares)), "share": shares})
    return protect(frame, ["delay"], "ons-user-guide", title="Delays", name="delays")


def test_the_alt_text_of_delays_gives_the_days_of_half_and_nine_in_ten():
    alt = charts.delays(delay_table(0.0, 20.0, 50.0, 80.0, 90.0, 99.5)).alt

    assert alt == (
        "Step chart of the per cent of deaths registered, by days since death. "
        "50% within 2 days, 90% within 4 days and 99.5% within 5 days."
    )


def test_a_long_key_goes_on_in_another_line():
    places = ["Hospital", "Care home", "Home", "Hospice", "Other communal establishment"]
    frame = pd.DataFrame([(p, d, 50.0 * d) for p in places for d in (0, 1, 2)])
    frame.columns = ["place_of_death", "delay", "share"]
    by = ["place_of_death", "delay"]
    table = protect(frame, by, "ons-user-guide", title="Delays", name="delays")

    picture = charts.delays(table, colour="place_of_death").picture

    where = {
        text: (float(x), float(y))
        for x, y, text in re.findall(
            r'<text[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', picture
        )
        if text in places
    }
    assert len({y for _, y in where.values()}) == 2
    assert max(x for x, _ in where.values()) < 350


def test_life_expectancy_stands_on_a_scale_without_0():
    frame = pd.DataFrame({"imd_decile": [1, 2, 3], "life_expectancy": [78.0, 80.0, 83.0]})
    frame = frame.assign(numerator=900, lower_ci=frame["life_expectancy"] - 1, upper_ci=84.0)
    table = protect(frame, ["imd_decile"], "ons-user-guide", title="Lives", name="lives")

    chart = charts.gradient(table, x="imd_decile", colour=None, measure="life_expectancy")

    # 77 to 84 years and a twentieth to each side
    marks = [float(text) for text in text_of(chart) if re.fullmatch(r"\d\d(\.\d)?", text)]
    assert min(marks) >= 76
    assert "from 78.0 in decile 1 (the lowest) to 83.0 in decile 3 (the highest)" in chart.alt
