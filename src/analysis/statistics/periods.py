"""Life expectancy of a period, where the period is one that has it: whole years.

Deaths have seasons, so the life table of a few months would say how long people live if it were
always spring. The statistic says so itself, ``[z]`` (not applicable); a page need not decide.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.statistics.groups import Groups
from analysis.statistics.lifetables import expectancy_gap, life_expectancy

NOT_APPLICABLE = "[z]"


def whole_years(date_from: date, date_to: date) -> int:
    """Return how many whole years a period is, both days included; 0 where it is not whole years.

    A year runs from a day to the day before it comes round again: 1 January to 31 December, or 1
    March 2019 to 29 February 2020.
    """
    following = date_to + timedelta(days=1)
    years = following.year - date_from.year
    # A year from 29 February comes round on 1 March where there is no such day.
    leap_day = (date_from.month, date_from.day) == (2, 29)
    starts = {(3, 1), (2, 29)} if leap_day else {(date_from.month, date_from.day)}
    return max(years, 0) if (following.month, following.day) in starts else 0


def period_expectancy(
    counts: pd.DataFrame,
    by: Sequence[str],
    date_from: date,
    date_to: date,
    annualised: bool,
    ages: Sequence[int] = (0, 65),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the life expectancy of each group in a period of whole years.

    Parameters
    ----------
    counts
        One row per group and age band: ``by``, ``age_band``, ``numerator`` (deaths of the
        period), ``denominator``.
    by
        Columns that name a group.
    date_from, date_to
        First and last day of the period.
    annualised
        Whether the denominators are person-years of the period already; else they are people,
        who live a year in each year of it.
    ages
        Ages to give.

    Returns
    -------
    DataFrame
        One row per group and age: ``by``, ``age``, ``numerator`` and ``denominator`` (at that age
        and over), ``life_expectancy`` (further years), ``lower_ci``, ``upper_ci``,
        ``standard_error``, and ``life_expectancy_status``: ``[z]``, and no values, where the
        period is not whole years.

    Raises
    ------
    RatesError
        As :func:`analysis.statistics.lifetables.life_expectancy`.
    """
    years = whole_years(date_from, date_to)
    lived = counts["denominator"] * (1 if annualised else max(years, 1))
    table = life_expectancy(counts.assign(denominator=lived), by, confidence=confidence)
    # Deaths and people of each age band and those above it.
    groups = pd.Series(Groups(table, by).codes, index=table.index)[::-1]
    above = table[::-1].groupby(groups, sort=False)[["numerator", "denominator"]].cumsum()
    table = table.assign(**above)
    table = table[table["age"].isin(list(ages))].drop(columns="age_band").reset_index(drop=True)
    values = ["life_expectancy", "lower_ci", "upper_ci", "standard_error"]
    return table.assign(
        **{name: table[name] if years else np.nan for name in values},
        life_expectancy_status="" if years else NOT_APPLICABLE,
    )


def period_gap(
    life: pd.DataFrame, by: Sequence[str], rank: str, first, last, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many years more the last rank lives than the first.

    Parameters
    ----------
    life
        What :func:`period_expectancy` gives, with ``rank`` among its groups.
    by
        The other columns that name a row, ``age`` among them.
    rank, first, last
        The column of ranks, and its two ends, such as 1 and 10.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``fewest`` (deaths at the end that has fewer), ``gap``,
        ``gap_lower_ci``, ``gap_upper_ci``, ``gap_status`` (``[z]`` where ``life`` says so).
    """
    gap = expectancy_gap(life, by, rank, first, last, confidence)
    ends = life[life[rank].isin([first, last])]
    groups = Groups(ends, by)
    says = np.zeros(groups.size, dtype=bool)
    says[groups.codes[ends["life_expectancy_status"] == NOT_APPLICABLE]] = True
    about = groups.frame.assign(
        fewest=groups.min(ends["numerator"].to_numpy(float)).astype(np.int64),
        gap_status=np.where(says, NOT_APPLICABLE, ""),
    )
    names = {"lower_ci": "gap_lower_ci", "upper_ci": "gap_upper_ci"}
    return gap.rename(columns=names).merge(about, on=list(by), validate="one_to_one")
