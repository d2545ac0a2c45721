"""Nowcasts of the real deaths of spring 2020 beside the estimates that ONS published."""

import numpy as np
import pandas as pd
import pytest

from analysis.standards.weeks import week_code
from analysis.statistics.delays import chain_ladder

WORKBOOK = "real/ons-weekly-deaths/publishedweek532020.xlsx"
BY_DAY = "real/ons-deaths-involving-covid-mar-jun2020/table_9.csv"


@pytest.fixture(scope="module")
def estimates(shared):
    """ONS's estimated occurrences of each week of 2020 and their limits, as of January 2021."""
    sheet = pd.read_excel(
        shared / WORKBOOK, sheet_name="Estimated total deaths 2020", header=None, dtype=object
    ).set_index(0)
    week = pd.to_datetime(sheet.loc["Week ended"].iloc[1:])
    rows = {
        "estimate": "Estimated total death occurrences",
        "lower": "Lower 95% confidence interval of estimate",
        "upper": "Upper 95% confidence interval of estimate",
    }
    found = {name: pd.to_numeric(sheet.loc[label].iloc[1:]) for name, label in rows.items()}
    return pd.DataFrame(found).set_index(week.map(lambda day: week_code(day.date())).rename("week"))


@pytest.fixture(scope="module")
def deaths(shared):
    """Real deaths of a week: registered within 7 days of the death, and by 4 July 2020."""
    table = pd.read_csv(shared / BY_DAY, skiprows=11, usecols=[0, 1, 2], header=0)
    table.columns = ["day", "by_july", "within_7_days"]
    day = pd.to_datetime(table["day"], errors="coerce", format="%Y-%m-%d %H:%M:%S")
    table = table[day.notna()].assign(week=day.dropna().map(lambda d: week_code(d.date())))
    counts = table.astype({"by_july": int, "within_7_days": int}).groupby("week")
    weeks = counts[["within_7_days", "by_july"]].sum()
    return weeks[(counts.size() == 7)]


def test_the_sheets_are_read_as_printed(estimates, deaths):
    assert estimates.loc["2020-W16"].tolist() == [20_922, 20_824, 21_047]
    assert deaths.loc["2020-W11"].tolist() == [7_949, 10_422]
    assert len(deaths) == 16


def test_deaths_registered_in_summer_are_as_complete_as_ons_estimates(estimates, deaths):
    """Some 3.5% of the deaths of March waited longer than 15 weeks, as inquests do."""
    share = deaths["by_july"] / estimates["estimate"].reindex(deaths.index)

    assert share["2020-W11":"2020-W16"].tolist() == pytest.approx([0.965] * 6, abs=0.004)
    assert share["2020-W17":"2020-W26"].is_monotonic_decreasing


def test_a_chain_ladder_on_real_deaths_comes_near_the_estimates_of_ons(estimates, deaths):
    """Deaths of June as known within 7 days, developed by the weeks before.

    ONS's model had learnt the delays of 2015 to 2018; ours knows those of April and May 2020
    alone, and adds the share that came after July from the deaths of March.
    """
    known = deaths.loc["2020-W17":"2020-W26"].astype(float)
    triangle = known.assign(by_july=known["by_july"].where(known.index <= "2020-W22", np.nan))

    ladder = chain_ladder(triangle).origins.set_index("origin")
    waiting = deaths.loc["2020-W11":"2020-W16", "by_july"].sum()
    waiting /= estimates.loc["2020-W11":"2020-W16", "estimate"].sum()
    ours = (ladder["ultimate"] / waiting).loc["2020-W23":"2020-W26"]

    theirs = estimates["estimate"].reindex(ours.index)
    difference = ours / theirs - 1
    # Ours is 1 to 2% below in weeks 23 to 25, and 5% in week 26, which ONS put above the others.
    assert difference.abs().max() < 0.06
    assert difference.iloc[:3].abs().max() < 0.03
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.025)
    limits = ladder.loc["2020-W23":"2020-W26", ["lower_ci", "upper_ci"]] / waiting
    overlap = (limits["lower_ci"] <= estimates["upper"].reindex(ours.index)) & (
        limits["upper_ci"] >= estimates["lower"].reindex(ours.index)
    )
    assert overlap.sum() >= 3
