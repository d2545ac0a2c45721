"""Weekly deaths of an edition in the margins of the weekly releases."""

from datetime import date

import pandas as pd
import pytest

from analysis.ingest.weekly_margins import weekly_margins

TOP = ("K04000001", "Persons", "All ages")


def deaths(*rows):
    columns = ["week", "residence", "rgn20cd", "sex", "age_band", "covid19", "numerator"]
    return pd.DataFrame(rows, columns=columns)


COUNTS = deaths(
    ("2020-W01", "E92000001", "E12000007", "F", "80-84", "none", 1),
    ("2020-W02", "E92000001", "E12000007", "F", "80-84", "due to", 5),
    ("2020-W02", "E92000001", "E12000007", "M", "1-4", "none", 2),
    ("2020-W02", "J99000001", None, "M", "25-29", "mentioned", 1),
    ("2020-W03", "W92000004", None, None, "25-29", "none", 4),
    ("2020-W03", "W92000004", "W92000004", "F", None, "none", 8),
)
HISTORY = pd.DataFrame(
    [
        ("2019-W52", *TOP, 9), ("2019-W52", "K04000001", "F", "<1", 3),
        ("2019-W52", "K04000001", "F", "85+", 4), ("2020-W02", *TOP, 99),
    ],
    columns=["week", "area_code", "sex", "age_group", "numerator"],
)  # fmt: skip


@pytest.fixture(scope="module")
def weekly():
    frame = weekly_margins(COUNTS, HISTORY, date(2020, 1, 4), date(2020, 1, 18))
    return frame.set_index(["area_code", "sex", "age_group", "week"]).sort_index()


def test_weeks_that_are_not_whole_and_published_weeks_of_the_edition_are_left_out(weekly):
    now = weekly[~weekly["is_history"]]

    # The period begins with week 2, and ends with the Saturday after week 3.
    assert now.index.unique("week").tolist() == ["2020-W02", "2020-W03"]
    assert weekly.loc[(*TOP, "2020-W02"), "numerator"] == 8


def test_everybody_is_in_the_total_and_those_who_are_known_in_their_margin(weekly):
    now = weekly[~weekly["is_history"]]["numerator"]

    assert now.loc[TOP].tolist() == [8, 12]
    assert now.loc["K04000001", "F", "75-84"].tolist() == [5, 0]
    assert now.loc["K04000001", "Persons", "15-44"].tolist() == [1, 4]
    assert now.loc["K04000001", "F", "All ages"].tolist() == [5, 0]
    assert now.loc["E12000007", "Persons", "All ages"].tolist() == [7, 0]
    # Welsh deaths of unknown LSOA are Welsh; people from elsewhere are in no region.
    assert now.loc["W92000004", "Persons", "All ages"].tolist() == [0, 12]
    assert set(now.index.unique("area_code")) == {"E12000007", "K04000001", "W92000004"}


def test_deaths_involving_covid19_are_counted_beside(weekly):
    assert weekly.loc[(*TOP, "2020-W02"), "involving"] == 6
    assert weekly[weekly["is_history"]]["involving"].isna().all()


def test_men_and_women_of_all_ages_are_summed_in_the_years_before(weekly):
    assert weekly.loc[("K04000001", "F", "All ages", "2019-W52"), "numerator"] == 7


def test_weeks_have_the_day_that_ends_them(weekly):
    assert weekly.loc[(*TOP, "2020-W02"), "week_ended"] == "2020-01-10"
