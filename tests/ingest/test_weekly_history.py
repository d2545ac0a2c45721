"""Weekly deaths of the years before: the file, and the workbooks of 2010 to 2020."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.ingest.weekly_history import read_history, read_workbooks
from analysis.statistics.excess import five_year_average
from analysis.synthesis.open_files import WEEKLY
from analysis.vocabulary import WEEKLY_AGES

# Deaths registered in a year of weeks, from the row of totals of each workbook.
TOTALS = {
    "2010": 493_166, "2011": 484_391, "2012": 496_616, "2013": 503_665, "2014": 497_700,
    "2015": 539_007, "2016": 524_474, "2017": 533_125, "2018": 539_340, "2019": 527_234,
    "2020": 614_114,
}  # fmt: skip


@pytest.fixture(scope="module")
def workbooks(shared):
    return read_workbooks([shared / "real" / path for path in WEEKLY])


def whole(weekly):
    return weekly.query("area_code == 'K04000001' and sex == 'Persons' and age_group == 'All ages'")


def test_years_have_the_printed_totals_and_their_weeks(workbooks):
    weekly = whole(workbooks)

    year = weekly["week"].str[:4]
    assert weekly.groupby(year)["numerator"].sum().to_dict() == TOTALS
    assert weekly.groupby(year).size().loc[["2014", "2015", "2020"]].tolist() == [52, 53, 53]


def test_sexes_and_ages_sum_to_persons_of_known_age(workbooks):
    ages = workbooks[workbooks["age_group"].isin(WEEKLY_AGES)]

    sums = ages.pivot_table(index=["week", "age_group"], columns="sex", values="numerator")
    total = whole(workbooks).set_index("week")["numerator"]
    unknown = total - sums["Persons"].groupby("week").sum()
    assert (sums["Persons"] - sums["F"] - sums["M"]).abs().max() <= 2
    # Ages of a few weeks of 2020 were corrected after their total.
    assert unknown.between(-4, 61).all()
    assert unknown.mean() == pytest.approx(2.1, abs=0.1)


def test_regions_sum_to_all_but_non_residents(workbooks):
    regions = workbooks[workbooks["area_code"] != "K04000001"]

    sums = regions.groupby("week")["numerator"].sum()
    total = whole(workbooks).set_index("week")["numerator"]
    assert regions["area_code"].nunique() == 10
    # ONS's regions of weeks 45 to 51 of 2012 do not sum to the total it printed.
    odd = (total - sums).index.isin([f"2012-W{number}" for number in range(45, 52)])
    assert (total - sums)[~odd].between(0, 140).all()
    assert (total - sums)[odd].abs().min() > 190


def test_five_year_average_is_within_8_deaths_a_week_of_the_published_one(workbooks):
    weekly = whole(workbooks)

    ours = five_year_average(weekly, [], 2020).merge(weekly[["week", "average"]], on="week")

    difference = ours["expected"] - ours["average"]
    assert difference[1:].abs().max() < 8
    assert difference[0] == pytest.approx(25)  # week 1, revised by ONS


def test_excess_of_spring_2020_is_the_published_one(workbooks):
    weekly = whole(workbooks)
    ours = five_year_average(weekly, [], 2020).merge(weekly[["week", "average"]], on="week")
    spring = ours[ours["week"].between("2020-W10", "2020-W26")]  # to 26 June

    # 229,249 registered, 171,093 the average as published
    assert spring["numerator"].sum() == 229_249
    assert spring["average"].sum() == 171_093
    assert spring["excess"].sum() == pytest.approx(229_249 - 171_093, abs=30)


def table(**changes):
    row = {
        "week": "2019-W01", "area_code": "K04000001", "sex": "Persons", "age_group": "All ages",
        "numerator": 10_955, "average": np.nan,
    }  # fmt: skip
    return pd.DataFrame([row | changes])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (table().drop(columns="average"), "no column average"),
        (table(numerator=-1), "0 cells twice, 1 below 0"),
        (pd.concat([table(), table()]), "1 cells twice"),
        (table(week=None), "without week"),
    ],
)
def test_a_file_that_gives_no_weekly_deaths_is_refused(rows, message, tmp_path):
    rows.to_parquet(tmp_path / "weekly.parquet")

    with pytest.raises(InputError, match=message):
        read_history(tmp_path / "weekly.parquet")


def test_a_missing_or_damaged_file_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="bulletin data demo"):
        read_history(tmp_path / "weekly.parquet")
    (tmp_path / "weekly.parquet").write_bytes(b"not parquet")
    with pytest.raises(InputError, match="not a readable Parquet file"):
        read_history(tmp_path / "weekly.parquet")
    with pytest.raises(InputError, match="bulletin data fetch"):
        read_workbooks([tmp_path / "week.xls"])
