"""Counts: deaths and people at risk by group and age band.

The population is the spine: every group and band with people in it is there, with 0 deaths where
nobody died. Deaths come as rows or already counted, in a frame or a lazy Ibis table; only counts
leave the engine. Nothing here reads a file or makes a rate.
"""

import math
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
    keys = [*by, "age_band"]
    require_columns(population, ["age_band", "denominator"])
    placed = _counted(deaths, keys).dropna(subset=keys)
    crossed = {c: _levels(placed[c]) for c in by if c not in population.columns}
    people = Groups(population, [column for column in keys if column not in crossed])
    lived = people.sum(as_numbers(population["denominator"]))

    person, places = _cross(people, crossed)
    levels = dict(zip(people.by, people.levels, strict=True)) | crossed
    sizes = [len(levels[column]) for column in keys]
    cell = _cells([places[column] for column in keys], sizes)
    order = np.argsort(cell, kind="stable")
    place = _positions(cell[order], [_found(levels[c], placed[c]) for c in keys], sizes)
    _require_people(placed[place < 0], keys)

    counts = pd.DataFrame({c: levels[c].array.take(places[c][order]) for c in keys})
    died = np.bincount(place, weights=placed["numerator"], minlength=len(counts))
    return counts.assign(numerator=died.astype(np.int64), denominator=lived[person[order]])


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
    counted = _counted(deaths, keys)
    return counted.groupby(keys, dropna=False, observed=True, as_index=False).sum()


def _counted(deaths, keys: list[str]) -> pd.DataFrame:
    """Deaths with their codes, checked; a group may have several rows."""
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
    return deaths[keys].assign(numerator=numerator)


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
    return deaths.group_by(keys).aggregate(numerator=counted).to_pyarrow().to_pandas()


def _levels(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(column.cat.categories, dtype=column.dtype))
    return factorize(column)[1]


def _cross(people: Groups, crossed: Mapping[str, pd.Series]) -> tuple[np.ndarray, dict]:
    """Every group of people with every value of the crossed columns: its place among the people,
    and the place of each of its codes among the levels of their column.
    """
    many = math.prod(len(levels) for levels in crossed.values())
    person = np.repeat(np.arange(people.size), many)
    places = {c: place[person] for c, place in zip(people.by, people.places, strict=True)}
    value = np.tile(np.arange(many), people.size)
    for column, levels in crossed.items():
        value, places[column] = np.divmod(value, len(levels))
    return person, places


def _cells(places: list[np.ndarray], sizes: list[int]) -> np.ndarray:
    """One number for the places of each row, in the order of the places."""
    cell = np.zeros(len(places[0]), dtype=np.int64)
    for place, size in zip(places, sizes, strict=True):
        cell = cell * size + place
    return cell


def _found(levels: pd.Series, column: pd.Series) -> np.ndarray:
    """Places of values among the levels; -1 for one nobody lives in."""
    position, values = factorize(column)
    known = pd.Index(levels.astype(object)).get_indexer(pd.Index(values.astype(object)))
    return known[position]


def _positions(spine: np.ndarray, died: list[np.ndarray], sizes: list[int]) -> np.ndarray:
    """Find the cell of the sorted spine that each row of deaths belongs to; -1 where none is."""
    wanted = np.where(np.any([place < 0 for place in died], axis=0), -1, _cells(died, sizes))
    place = np.searchsorted(spine, wanted)
    return np.where(np.append(spine, -2)[place] == wanted, place, -1)


def _require_people(lost: pd.DataFrame, keys: list[str]) -> None:
    if lost.empty:
        return
    groups = lost.groupby(keys, observed=True, as_index=False).sum()
    where = ", ".join(f"{column} {groups[column].iloc[0]}" for column in keys)
    raise RatesError(
        f"{where}: {lost['numerator'].sum():,.0f} deaths in {len(groups):,} groups and age bands "
        f"that the population does not have.\n"
        f"Without people there is no rate, and the deaths would be lost unseen.\n"
        f"Give a population with these codes, or leave the deaths out by name beforehand."
    )


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
