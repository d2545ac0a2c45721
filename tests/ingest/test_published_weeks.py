"""The weekly workbook of 2020, read."""

import pytest

from analysis.errors import InputError
from analysis.ingest.published_weeks import read_daily_covid19, read_weekly

PATH = "real/ons-weekly-deaths/publishedweek532020.xlsx"


def test_weekly_registrations_have_the_printed_totals(shared):
    weekly = read_weekly(shared / PATH, "registrations")

    persons = weekly[weekly["sex"] == "Persons"]
    # 614,114 deaths, 9 of them of unknown age
    assert persons["numerator"].sum() == 614_105
    assert weekly["week_ended"].nunique() == 53
    assert (weekly["week_ended"].dt.day_name() == "Friday").all()


def test_sexes_sum_to_persons(shared):
    weekly = read_weekly(shared / PATH, "covid19 registrations")

    sums = weekly.groupby("sex")["numerator"].sum()
    assert sums["Persons"] == sums["F"] + sums["M"] == 80_830


def test_regions_have_neither_sex_nor_age(shared):
    weekly = read_weekly(shared / PATH, "covid19 occurrences")

    regions = weekly[weekly["sex"].isna()]
    assert regions["area_code"].nunique() == 10
    assert regions["age_band"].isna().all()


def test_days_of_all_regions_are_residents(shared):
    daily = read_daily_covid19(shared / PATH)

    sums = daily.groupby("area_code")["numerator"].sum()
    assert sums["K04000001"] == 84_449
    assert sums.drop("K04000001").sum() == 84_349
    assert daily["death_date"].min().isoformat()[:10] == "2020-01-30"


def test_a_missing_workbook_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="bulletin data fetch"):
        read_weekly(tmp_path / "week.xlsx", "registrations")
