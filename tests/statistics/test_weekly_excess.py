"""Weekly deaths beside an average and a model, by group; and the real weeks of 2010 to 2020."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.ingest.weekly_history import read_workbooks
from analysis.standards.holidays import holidays_in_week
from analysis.standards.weeks import weeks_of
from analysis.statistics.weekly_excess import weekly_excess
from analysis.synthesis.open_files import WEEKLY

WHOLE = {"sex": "Persons"}


def invented(level=1_000.0, lost=0.1, noise=0.01, seed=1):
    """Six years of history and 20 weeks of 2020, with a season and fewer deaths at holidays."""
    random = np.random.default_rng(seed)
    weeks = [week for year in range(2014, 2020) for week in weeks_of(year)] + weeks_of(2020)[:20]
    turn = np.arange(len(weeks))
    holidays = np.array([holidays_in_week(week) for week in weeks])
    mean = level * np.exp(0.1 * np.cos(2 * np.pi * turn / 52.18) - lost * holidays)
    mean = mean * np.exp(noise * random.standard_normal(len(weeks)))
    return pd.DataFrame(
        {"week": weeks, "sex": "Persons", "numerator": random.poisson(mean)}
    ).assign(involving=0, is_history=lambda rows: rows["week"] < "2020")


def test_excess_is_deaths_less_those_predicted_and_less_the_average():
    rows = invented()
    rows.loc[rows["week"] == "2020-W15", ["numerator", "involving"]] += [700, 600]

    found = weekly_excess(rows, ["sex"], WHOLE)
    week = found.weeks.set_index("week").loc["2020-W15"]
    total = found.totals("2020-W14", "2020-W16").iloc[0]

    assert week["excess"] == pytest.approx(week["numerator"] - week["predicted"])
    assert week["excess_lower_ci"] > 500
    assert week["above_average"] == pytest.approx(week["numerator"] - week["average"])
    assert total["excess"] == pytest.approx(700, abs=100)
    assert total["relative_excess"] == pytest.approx(100 * total["excess"] / total["predicted"])
    assert total["covid_share"] == pytest.approx(100 * 600 / total["above_average"])


def test_weeks_with_holidays_are_expected_to_have_fewer_registrations():
    found = weekly_excess(invented(), ["sex"], WHOLE).weeks.set_index("week")

    # Good Friday is in week 15: 10% fewer
    ratio = found.loc["2020-W15", "predicted"] / found.loc["2020-W13", "predicted"]
    assert ratio == pytest.approx(np.exp(-0.1), rel=0.04)


def test_weeks_of_epidemics_are_left_out_of_every_group_and_told():
    rows = invented()
    bad = rows["week"].between("2018-W02", "2018-W05")
    rows = rows.assign(numerator=rows["numerator"].where(~bad, rows["numerator"] * 2))
    men = rows.assign(sex="M", numerator=rows["numerator"].where(~bad, 10_000))

    found = weekly_excess(pd.concat([rows, men]), ["sex"], WHOLE)

    assert {"2018-W02", "2018-W03", "2018-W04", "2018-W05"} <= set(found.epidemics["week"])
    predicted = found.weeks.pivot(index="week", columns="sex", values="predicted")
    assert predicted["M"].to_numpy() == pytest.approx(predicted["Persons"].to_numpy())


def test_no_deaths_involving_covid19_above_no_excess_have_no_share():
    rows = invented()
    rows.loc[~rows["is_history"], "numerator"] = 500

    assert weekly_excess(rows, ["sex"], WHOLE).totals("2020-W01")["covid_share"].isna().all()


def test_prediction_limits_of_a_sum_allow_for_weeks_that_follow_one_another():
    inside = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        rows = invented(seed=seed, noise=0, level=10_000)
        drift = np.zeros(len(rows))
        for turn in range(1, len(rows)):
            drift[turn] = 0.4 * drift[turn - 1] + 0.03 * random.standard_normal()
        rows = rows.assign(numerator=(rows["numerator"] * np.exp(drift)).round())
        total = weekly_excess(rows, ["sex"], WHOLE).totals("2020-W01").iloc[0]
        inside.append(total["excess_lower_ci"] <= 0 <= total["excess_upper_ci"])

    assert 0.82 < np.mean(inside) <= 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (invented().assign(is_history=False), "no years before"),
        (invented().query("week < '2020'"), "nothing to compare"),
        (invented().drop(columns="involving"), "no column involving"),
    ],
)
def test_what_cannot_be_compared_is_refused(rows, message):
    with pytest.raises(RatesError, match=message):
        weekly_excess(rows, ["sex"], WHOLE)


def test_a_span_without_weeks_is_refused():
    with pytest.raises(RatesError, match="2020-W01 to 2020-W20"):
        weekly_excess(invented(), ["sex"], WHOLE).totals("2021-W01")


TOP = {"area_code": "K04000001", "sex": "Persons", "age_group": "All ages"}


@pytest.fixture(scope="module")
def weekly(shared):
    """Published weekly registrations of 2010 to 2020, in every margin."""
    weekly = read_workbooks([shared / "real" / path for path in WEEKLY])
    return weekly.assign(involving=0, is_history=weekly["week"] < "2020")


@pytest.fixture(scope="module")
def published(weekly):
    """Excess deaths of 2020 by every margin."""
    return weekly_excess(weekly, list(TOP), TOP)


def test_winters_with_influenza_are_left_out(published):
    weeks = set(published.epidemics["week"])

    # 2010/11, 2014/15, 2016/17 and 2017/18, and the cold March of 2018
    assert {"2010-W52", "2015-W02", "2015-W03", "2017-W03", "2018-W02", "2018-W10"} <= weeks
    assert len(weeks) < 20


def test_excess_of_spring_2020_with_real_deaths(published):
    total = published.totals("2020-W10", "2020-W26")
    whole = total.set_index(["area_code", "sex", "age_group"]).loc[
        ("K04000001", "Persons", "All ages")
    ]

    # 58,156 above the five-year average as published; fewer above a model that knows the trend
    assert whole["above_average"] == pytest.approx(58_156, abs=30)
    assert 49_000 < whole["excess"] < 56_000
    assert whole["excess_lower_ci"] < 54_028 < whole["excess_upper_ci"]
    london = total[total["area_code"] == "E12000007"]["relative_excess"].item()
    assert london == total[total["area_code"] != "K04000001"]["relative_excess"].max()


def test_weeks_of_2019_lie_in_the_interval_of_the_years_before(weekly):
    before = weekly[weekly["week"] < "2020"].assign(is_history=weekly["week"] < "2019")
    found = weekly_excess(before, list(TOP), TOP)
    weeks, total = found.weeks, found.totals("2019-W01")

    inside = weeks["numerator"].between(weeks["predicted_lower_ci"], weeks["predicted_upper_ci"])
    year = (total["excess_lower_ci"] <= 0) & (total["excess_upper_ci"] >= 0)
    assert 0.92 < inside.mean() < 0.99
    # The whole of a year without an epidemic is as expected in most margins.
    assert year.mean() > 0.6
