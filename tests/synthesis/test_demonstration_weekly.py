"""The invented weekly registrations of the years before the demonstration data."""

from datetime import timedelta

import pandas as pd
import pytest
from dateutil.easter import easter

from analysis.ingest.weekly_history import read_history
from analysis.standards.weeks import week_code, weeks_of
from analysis.vocabulary import WEEKLY_AGES


@pytest.fixture(scope="module")
def weekly(small):
    return read_history(small / "weekly.parquet")


def cell(weekly, area="K04000001", sex="Persons", age="All ages"):
    rows = weekly.query("area_code == @area and sex == @sex and age_group == @age")
    return rows.set_index("week")["numerator"]


def test_every_week_of_ten_years_is_there_in_every_margin(weekly):
    weeks = [week for year in range(2010, 2020) for week in weeks_of(year)]

    # all; three sexes by seven ages; ten regions
    assert len(weekly) == len(weeks) * (1 + 3 * len(WEEKLY_AGES) + 10)
    assert cell(weekly).index.tolist() == weeks


def test_margins_are_of_the_same_deaths(weekly):
    by_sex = sum(cell(weekly, sex=sex, age=age) for sex in "FM" for age in WEEKLY_AGES)
    by_age = sum(cell(weekly, age=age) for age in WEEKLY_AGES)
    regions = sorted(set(weekly["area_code"]) - {"K04000001"})
    by_region = sum(cell(weekly, area=area) for area in regions)

    pd.testing.assert_series_equal(by_sex, by_age)
    pd.testing.assert_series_equal(by_sex, by_region)
    # People from elsewhere, and those of unknown age, are in the total alone.
    assert 0 < (cell(weekly) - by_sex).sum() < 0.003 * cell(weekly).sum()


def test_the_years_lead_up_to_2020(weekly, small):
    records = pd.read_parquet(small / "records.parquet")
    involving = records["icd10_mentions"].map(
        lambda codes: codes is not None and any(code[:3] == "U07" for code in codes)
    )
    ordinary = (~involving).sum()  # some thousands more than usual died in April

    assert cell(weekly)["2019-W01":].sum() == pytest.approx(0.985 * ordinary, rel=0.03)


def test_offices_close_on_good_friday_and_winters_differ(whole):
    total = cell(read_history(whole / "weekly.parquet"))
    fridays = [2012, 2014, 2015, 2016, 2017, 2018, 2019]
    week = pd.Series([week_code(easter(year) - timedelta(2)) for year in fridays])
    before = pd.Series([week_code(easter(year) - timedelta(9)) for year in fridays])
    february = [total[f"{year}-W06"] for year in range(2010, 2020)]

    share = total[week].to_numpy() / total[before].to_numpy()
    assert share.max() < 0.95
    assert max(february) > 1.1 * min(february)
