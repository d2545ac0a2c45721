"""Counts at every level of a hierarchy, in one frame.

A hierarchy (England and Wales, country, region, local authority; all occupations, major group to
unit group) is a column a level. Readers want one table with a row for each code of each level.
"""

from collections.abc import Mapping, Sequence

import ibis
import pandas as pd

from analysis.statistics.counts import count_deaths


def count_levels(
    deaths: ibis.Table | pd.DataFrame,
    population: pd.DataFrame,
    levels: Mapping[str, str],
    by: Sequence[str],
    level: str,
    code: str,
) -> pd.DataFrame:
    """Return counts of deaths and people by each level of a hierarchy.

    Parameters
    ----------
    deaths, population
        As in ``count_deaths``; both have a column for every level.
    levels
        Name of each level and its column, from the whole to the parts, such as
        ``{"Country": "ctry20cd", "Region": "rgn20cd"}``.
    by
        Further columns that name a group.
    level, code
        Names of the columns that say the level and the code of a row.

    Returns
    -------
    DataFrame
        One row per level, code, group and age band: ``level``, ``code``, ``by``, ``age_band``,
        ``numerator``, ``denominator``. A code that stands at two levels (Wales as a country and
        as a region) is kept at the first.

    Raises
    ------
    RatesError
        As ``count_deaths``.
    """
    frames = []
    for name, column in levels.items():
        counts = count_deaths(deaths, population, [column, *by]).rename(columns={column: code})
        frames.append(counts.assign(**{level: name}))
    stacked = pd.concat(frames, ignore_index=True)
    first = stacked.groupby(code)[level].transform("first")
    return stacked[stacked[level] == first].reset_index(drop=True)
