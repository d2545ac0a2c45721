"""Weekly deaths of an edition in the margins of the weekly releases, and the years before.

The margins are England and Wales in all, by sex and age group, and by region: what the years before
are published by.
"""

from datetime import date, timedelta

import pandas as pd

from analysis.ingest.weekly_history import KEYS
from analysis.standards.weekly_ages import weekly_age
from analysis.standards.weeks import week_end
from analysis.vocabulary import (
    AGE_BANDS,
    ALL_AGES,
    ENGLAND_AND_WALES,
    INVOLVING,
    PERSONS,
    SEXES,
    WALES,
    WEEKLY_AGES,
)

CELL = ["area_code", "sex", "age_group"]


def weekly_margins(
    counts: pd.DataFrame, history: pd.DataFrame, first: date, last: date
) -> pd.DataFrame:
    """Return weekly deaths of the years before, and of an edition from ``first`` to ``last``.

    Parameters
    ----------
    counts
        Registrations of the edition: ``week residence rgn20cd sex age_band covid19 numerator``.
    history
        Registrations of the years before, as ``read_history`` gives.
    first, last
        First and last day of registration. Weeks that are not whole are left out.

    Returns
    -------
    DataFrame
        One row per cell of the margins and week: ``area_code sex age_group week week_ended``
        (``2020-03-27``) ``numerator``, ``involving`` (deaths involving COVID-19; missing in the
        years before), ``is_history``. Every cell has every week. Men and women of all ages are
        those of known age, as in the years before.
    """
    weeks = _whole_weeks(counts["week"], first, last)
    current = _current(counts[counts["week"].isin(weeks)], weeks)
    before = history[history["week"] < weeks[0]] if weeks else history
    before = pd.concat([before, _all_ages(before, ["numerator"])])
    both = pd.concat(
        [before[[*KEYS, "numerator"]].assign(is_history=True), current.assign(is_history=False)]
    )
    ended = {week: week_end(week).isoformat() for week in both["week"].unique()}
    both = both.assign(week_ended=both["week"].map(ended))
    columns = [*CELL, "week", "week_ended", "numerator", "involving", "is_history"]
    return both.sort_values([*CELL, "week"], ignore_index=True)[columns]


def _whole_weeks(weeks: pd.Series, first: date, last: date) -> list[str]:
    ends = {week: week_end(week) for week in sorted(weeks.dropna().unique())}
    return [week for week, end in ends.items() if first <= end - timedelta(6) and end <= last]


def _current(counts: pd.DataFrame, weeks: list[str]) -> pd.DataFrame:
    groups = {band: weekly_age(band) for band in AGE_BANDS}
    region = counts["rgn20cd"].where(
        counts["rgn20cd"].notna(), counts["residence"].where(counts["residence"] == WALES)
    )
    deaths = counts.assign(
        involving=counts["numerator"].where(counts["covid19"].isin(INVOLVING), 0),
        age_group=counts["age_band"].map(groups),
        region=region,
    )
    top = {"area_code": ENGLAND_AND_WALES, "sex": PERSONS, "age_group": ALL_AGES}
    by_sex = deaths.drop(columns="region").assign(area_code=ENGLAND_AND_WALES)
    parts = [
        by_sex.assign(**top),
        by_sex,
        by_sex.assign(sex=PERSONS),
        deaths.rename(columns={"region": "area_code"}).assign(sex=PERSONS, age_group=ALL_AGES),
    ]
    summed = pd.concat([part.dropna(subset=CELL)[[*KEYS, "numerator", "involving"]]
                        for part in parts])  # fmt: skip
    summed = summed.groupby(KEYS)[["numerator", "involving"]].sum()
    cells = summed.index.droplevel("week").unique().union(_cells(top))
    every = pd.MultiIndex.from_tuples(
        [(week, *cell) for cell in cells for week in weeks], names=KEYS
    )
    whole = summed.reindex(every, fill_value=0).reset_index()
    return pd.concat([whole, _all_ages(whole, ["numerator", "involving"])])


def _cells(top: dict[str, str]) -> pd.MultiIndex:
    ages = [(ENGLAND_AND_WALES, sex, age) for sex in (PERSONS, *SEXES) for age in WEEKLY_AGES]
    return pd.MultiIndex.from_tuples([tuple(top.values()), *ages], names=CELL)


def _all_ages(rows: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """Men and women of all ages."""
    sexes = rows[rows["sex"].isin(SEXES) & rows["age_group"].isin(WEEKLY_AGES)]
    summed = sexes.groupby(["week", "area_code", "sex"], as_index=False)[measures].sum()
    return summed.assign(age_group=ALL_AGES)
