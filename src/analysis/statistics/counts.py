"""Counts: deaths and people at risk by group and age band.

The population is the spine: every group and band with people in it is there, with 0 deaths where
nobody died. Deaths come as rows or already counted, in a frame or a lazy Ibis table; only counts
leave the engine. Nothing here reads a file or makes a rate.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers
from analysis.statistics.groups import Groups, factorize, require_columns


def count_deaths(deaths, population: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return deaths and people by group and age band, with a 0 where nobody died.

    Parameters
    ----------
    deaths
        DataFrame or Ibis table with the ``by`` columns and ``age_band``. With a column
        ``numerator`` its values are summed; without, each row is one death. A row without a code
        in ``by`` or without an age band has no place here (:func:`unplaced` counts them).
    population
        One row per group and age band, or finer: ``age_band``, ``denominator`` (people or
        person-years) and some or all of ``by``. Columns of ``by`` that it lacks (month, cause)
        are crossed: each of their values among the deaths gets the whole population, each
        category where the column is categorical.
    by
        Columns that name a group; may be empty.

    Returns
    -------
    DataFrame
        One row per group and age band, sorted: ``by``, ``age_band``, ``numerator`` (whole
        numbers), ``denominator``.

    Raises
    ------
    RatesError
        Deaths in a group or band that the population lacks; a group or band missing in the
        population; a count that is not a whole number, 0 or more.
    """
    by = [by] if isinstance(by, str) else list(by)
    require_columns(population, ["age_band", "denominator"])
    placed = counted_deaths(deaths, by)
    crossed = [column for column in by if column not in population.columns]
    shared = [column for column in by if column not in crossed]

    people = _sum_by(population, [*shared, "age_band"], "denominator")
    for column in crossed:
        people = people.merge(_levels(placed[column]).to_frame(column), how="cross")
    people = people[[*by, "age_band", "denominator"]]

    keys = [*by, "age_band"]
    spine, died = _same_keys(people, placed, keys)
    place = _positions(spine, died)
    lost = place < 0
    if lost.any():
        first = placed[lost].iloc[0]
        where = ", ".join(f"{column} {first[column]}" for column in keys)
        raise RatesError(
            f"{where}: {placed.loc[lost, 'numerator'].sum():,.0f} deaths in {lost.sum():,} groups "
            f"and age bands that the population does not have.\n"
            f"Without people there is no rate, and the deaths would be lost unseen.\n"
            f"Give a population with these codes, or leave the deaths out by name beforehand."
        )
    numerator = np.bincount(place, weights=placed["numerator"], minlength=len(people))
    counts = people.assign(numerator=numerator.astype(np.int64))
    return counts[[*keys, "numerator", "denominator"]].sort_values(keys, ignore_index=True)


def unplaced(deaths, by: Sequence[str]) -> int:
    """Return how many deaths have no code in some column of ``by``, or no age band.

    ``deaths`` is as for :func:`count_deaths`, which leaves these out.
    """
    by = [by] if isinstance(by, str) else list(by)
    grouped = _grouped(deaths, by)
    return int(grouped.loc[grouped[[*by, "age_band"]].isna().any(axis=1), "numerator"].sum())


def add_totals(
    counts: pd.DataFrame, totals: Mapping[str, str], crossed: Sequence[str] = ()
) -> pd.DataFrame:
    """Add rows of totals, with codes of their own, below the rows they sum.

    Parameters
    ----------
    counts
        One row per group (and age band, if there): columns that name it, ``numerator`` and, if
        there, ``denominator``.
    totals
        The code of the total of each column: ``{"sex": "Persons", "month": "All months"}``. With
        several, every combination is made (Persons in all months).
    crossed
        Columns over which the population is repeated rather than divided, such as month and
        cause: the denominator of their total is that of any one value, not the sum.

    Returns
    -------
    DataFrame
        The rows of ``counts``, then the totals. Categories gain the code of the total, last.

    Raises
    ------
    RatesError
        The code of a total is there already; a crossed column has denominators that differ.
    """
    sums = [column for column in ("numerator", "denominator") if column in counts.columns]
    require_columns(counts, [*totals, "numerator"])
    keys = [column for column in counts.columns if column not in sums]
    for column, code in totals.items():
        if (counts[column] == code).any():
            raise RatesError(
                f"column {column}: {code} is there already, so its deaths would count twice.\n"
                f"Add each total once, to counts without totals."
            )
        counts = _add_total(counts, keys, sums, column, code, column in crossed)
    return counts


def counted_deaths(deaths, by: Sequence[str]) -> pd.DataFrame:
    """Return deaths by group and age band, non-empty ones only, those without a code left out."""
    grouped = _grouped(deaths, by)
    return grouped.dropna(subset=[*by, "age_band"]).reset_index(drop=True)


def _grouped(deaths, by: Sequence[str]) -> pd.DataFrame:
    keys = [*by, "age_band"]
    deaths = counted_in_engine(deaths, keys)
    require_columns(deaths, keys)
    if "numerator" not in deaths.columns:
        deaths = deaths[keys].assign(numerator=1)
    numerator = as_numbers(deaths["numerator"])
    bad = ~np.isfinite(numerator) | (numerator < 0) | (numerator != np.floor(numerator))
    if bad.any():
        first = deaths[bad].iloc[0]
        where = ", ".join(f"{column} {first[column]}" for column in keys)
        raise RatesError(
            f"{where}: numerator is {first['numerator']}, not a whole number of deaths "
            f"({bad.sum():,} such rows).\nCounts of deaths are whole numbers, 0 or more."
        )
    grouped = deaths[keys].assign(numerator=numerator)
    return grouped.groupby(keys, dropna=False, observed=True, as_index=False).sum()


def counted_in_engine(deaths, keys: Sequence[str]) -> pd.DataFrame:
    """Return a frame as it is, and a lazy Ibis table counted by ``keys`` where it lies.

    What comes back from the engine is counts, never records.
    """
    if isinstance(deaths, pd.DataFrame):
        return deaths
    missing = [column for column in keys if column not in deaths.columns]
    if missing:
        raise RatesError(
            f"no column {', '.join(missing)} in the deaths.\n"
            f"Derive it, or leave it out of the columns to count by."
        )
    counted = deaths.numerator.sum() if "numerator" in deaths.columns else deaths.count()
    return deaths.group_by(keys).aggregate(numerator=counted).execute()


def _sum_by(rows: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    groups = Groups(rows, keys)
    return groups.frame.assign(**{column: groups.sum(as_numbers(rows[column]))})


def _levels(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(column.cat.categories, dtype=column.dtype))
    return factorize(column)[1]


def _same_keys(people: pd.DataFrame, deaths: pd.DataFrame, keys: list[str]) -> tuple:
    """Give both frames the same codes for the values of each key; -1 for one nobody lives in."""
    spine, died = [], []
    for column in keys:
        position, levels = factorize(people[column])
        values = pd.Index(levels.astype(object))
        spine.append((position, len(levels)))
        died.append(values.get_indexer(pd.Index(deaths[column].astype(object))))
    return spine, died


def _positions(spine: list[tuple[np.ndarray, int]], died: list[np.ndarray]) -> np.ndarray:
    """Find the row of the spine that each group of deaths belongs to; -1 where there is none."""
    cell = np.zeros(len(spine[0][0]), dtype=np.int64)
    wanted = np.zeros(len(died[0]), dtype=np.int64)
    lost = np.zeros(len(wanted), dtype=bool)
    for (position, many), found in zip(spine, died, strict=True):
        cell = cell * many + position
        lost |= found < 0
        wanted = wanted * many + np.maximum(found, 0)
    place = pd.Index(cell).get_indexer(wanted)
    return np.where(lost, -1, place)


def _add_total(counts, keys, sums, column, code, repeated) -> pd.DataFrame:
    others = [key for key in keys if key != column]
    groups = Groups(counts, others)
    if repeated and "denominator" in sums:
        people = as_numbers(counts["denominator"])
        least, most = groups.min(people), groups.max(people)
        differ = np.flatnonzero(most > least)
        if len(differ):
            raise RatesError(
                f"{groups.name(differ[0])}: denominators of {column} run from "
                f"{least[differ[0]]:,.10g} to {most[differ[0]]:,.10g} ({len(differ):,} such "
                f"groups).\nThe total of a crossed column keeps one population, so each of its "
                f"values must have the same.\nLeave {column} out of crossed to add them up."
            )
    total = groups.frame
    for name in sums:
        if repeated and name == "denominator":
            total = total.assign(denominator=most)
        else:
            total = total.assign(**{name: groups.sum(as_numbers(counts[name]))})
        if pd.api.types.is_integer_dtype(counts[name].dtype):
            total[name] = total[name].astype(counts[name].dtype)
    if isinstance(counts[column].dtype, pd.CategoricalDtype):
        counts = counts.assign(**{column: counts[column].cat.add_categories([code])})
        total[column] = pd.Categorical([code] * len(total), dtype=counts[column].dtype)
    else:
        total[column] = code
    return pd.concat([counts, total[counts.columns]], ignore_index=True)
