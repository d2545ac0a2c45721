"""Standardised rates of fine tables, at a cost that grows with deaths and not with cells.

Of 3.7 million groups of LSOA, sex and week one in six has a death. A rate is a sum over the cells
that have deaths, so only those are looked at; every other group has a rate of 0.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, as_numbers, require_levels
from analysis.statistics.counts import counted_in_engine
from analysis.statistics.groups import Groups, factorize, require_columns
from analysis.statistics.intervals import WeightedSum, weighted_limits
from analysis.statistics.standardise import add_limits
from analysis.statistics.weighted import NEEDS_WEIGHTS


def fine_asmr(
    deaths,
    population: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series,
    per: float = 100_000,
    interval: str = "ons",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the standardised rate of each group that has deaths.

    The same rates and limits as ``asmr(count_deaths(deaths, population, by), by, standard)``,
    less the groups without deaths, whose rate and lower limit are 0.

    Parameters
    ----------
    deaths
        DataFrame or Ibis table with ``by`` and ``age_band``, as for
        :func:`analysis.statistics.counts.count_deaths`: a row per death, or counts in
        ``numerator``. Rows without a code or an age band are left out.
    population
        One row per group and age band, or finer: ``age_band``, ``denominator``, and some or all
        of ``by``; the columns it lacks (week, cause) are crossed with the whole of it.
    by, standard, per, interval, confidence
        As for :func:`analysis.statistics.rates.asmr`.

    Returns
    -------
    DataFrame
        As ``asmr``, one row per group with deaths, in the order of the groups' values.

    Raises
    ------
    RatesError
        As ``asmr`` and ``count_deaths``.
    """
    return FinePopulation(population, by, standard).asmr(deaths, per, interval, confidence)


class FinePopulation:
    """A checked population with the weight of each of its cells, for several fine tables."""

    def __init__(self, population: pd.DataFrame, by: Sequence[str], standard: pd.Series):
        self.by = [by] if isinstance(by, str) else list(by)
        require_columns(population, ["age_band", "denominator"])
        self.shared = [column for column in self.by if column in population.columns]
        self.crossed = [column for column in self.by if column not in self.shared]
        keys = [*self.shared, "age_band"]
        if not set(population.columns) <= {*keys, "denominator"}:  # finer than the table
            finer = Groups(population, keys)
            people = finer.sum(as_numbers(population["denominator"]))
            population = finer.frame.assign(denominator=people)
        cells = Cells(population.assign(numerator=0), self.shared, standard)
        self._groups, self._bands = cells.groups, pd.Index(standard.index)
        size = (cells.groups.size, len(self._bands))
        peopled = cells.denominator > 0
        weight = np.zeros(size)
        share = cells.weight / standard.sum()
        weight[cells.groups.codes, cells.band] = np.divide(
            share, cells.denominator, out=np.full(len(share), np.nan), where=peopled
        )
        self._weight = weight
        self._people = cells.groups.sum(cells.denominator)
        self._levels = [pd.Index(factorize(cells.groups.frame[c])[1]) for c in self.shared]
        place = [
            level.get_indexer(cells.groups.frame[column])
            for level, column in zip(self._levels, self.shared, strict=True)
        ]
        self._sizes = [len(level) for level in self._levels]
        self._group_of = np.full(int(np.prod(self._sizes, initial=1)), -1, dtype=np.int32)
        self._group_of[_combine(place, self._sizes, cells.groups.size)] = np.arange(size[0])

    def asmr(
        self,
        deaths,
        per: float = 100_000,
        interval: str = "ons",
        confidence: float | Sequence[float] = 0.95,
    ) -> pd.DataFrame:
        """Return what :func:`fine_asmr` does."""
        levels = require_levels(confidence)
        keys = [*self.by, "age_band"]
        deaths = counted_in_engine(deaths, keys)
        require_columns(deaths, keys)
        codes = [
            self._code(deaths, column, level)
            for column, level in zip(self.shared, self._levels, strict=True)
        ]
        band, known = self._code(deaths, "age_band", self._bands)
        crossed = [factorize(deaths[column]) for column in self.crossed]
        placed = known & np.logical_and.reduce(
            [has for _, has in codes] + [position >= 0 for position, _ in crossed]
            or [np.ones(len(deaths), dtype=bool)]
        )
        numerator = self._numbers(deaths)
        outside = np.logical_or.reduce([position < 0 for position, _ in codes] or [band < 0])
        cell = _combine([np.maximum(p, 0) for p, _ in codes], self._sizes, len(deaths))
        group = np.where(outside, -1, self._group_of[cell])
        weight = self._weight[group, band]
        lost = placed & (numerator > 0) & ((group < 0) | (band < 0) | np.isnan(weight))
        if lost.any():
            row = deaths[keys].iloc[int(np.argmax(lost))]
            raise RatesError(
                f"{', '.join(f'{key} {row[key]}' for key in keys)}: deaths where the population "
                f"or the standard has nobody ({numerator[lost].sum():,.0f} deaths in "
                f"{lost.sum():,} rows).\nGive a population with these codes and ages, or leave "
                f"the deaths out by name beforehand."
            )
        kept = placed & (numerator > 0)
        return self._rates(
            group[kept].astype(np.int64), [(p[kept], v) for p, v in crossed],
            numerator[kept], weight[kept], per, interval, levels,
        )  # fmt: skip

    def _rates(self, group, crossed, numerator, weight, per, interval, levels) -> pd.DataFrame:
        code = group
        for position, values in crossed:
            code = code * len(values) + position
        present, place = np.unique(code, return_inverse=True)
        columns, rest = {}, present
        for column, (_, values) in zip(self.crossed[::-1], crossed[::-1], strict=True):
            rest, position = np.divmod(rest, len(values))
            columns[column] = values.array.take(position)
        for column in self.shared:
            columns[column] = self._groups.frame[column].array.take(rest)

        def total(values: np.ndarray) -> np.ndarray:
            return np.bincount(place, weights=values, minlength=len(present))

        sums = WeightedSum(
            total(numerator), total(weight * numerator), total(weight**2 * numerator),
            total(weight**3 * numerator) if interval == "bootstrap" else None,
            **self._weights_of(rest, interval),
        )  # fmt: skip
        table = pd.DataFrame({column: columns[column] for column in self.by}).assign(
            numerator=sums.numerator.astype(np.int64),
            denominator=self._people[rest],
            asmr=per * sums.rate,
        )
        table = add_limits(table, levels, per, lambda level: weighted_limits(sums, interval, level))
        return table if list(self.by) == self.shared + self.crossed else _sorted(table, self.by)

    def _weights_of(self, group: np.ndarray, interval: str) -> dict[str, np.ndarray]:
        if interval not in NEEDS_WEIGHTS:
            return {}
        each, place = np.unique(group, return_inverse=True)
        weight = self._weight[each]
        found = {
            "weight_max": np.nanmax(weight, axis=1),
            "weight_min": np.nanmin(weight, axis=1),
            "weight_mean": np.nanmean(weight, axis=1),
            "weight_square_mean": np.nanmean(weight**2, axis=1),
        }
        return {name: values[place] for name, values in found.items()}

    @staticmethod
    def _code(deaths, column: str, levels: pd.Index) -> tuple[np.ndarray, np.ndarray]:
        """Where each row's value stands among the levels (-1: nowhere), and whether it has one."""
        position, values = factorize(deaths[column])
        place = np.append(levels.get_indexer(pd.Index(values)), -1)
        return place[position], position >= 0

    @staticmethod
    def _numbers(deaths: pd.DataFrame) -> np.ndarray:
        if "numerator" not in deaths.columns:
            return np.ones(len(deaths))
        numerator = as_numbers(deaths["numerator"])
        wrong = ~(np.isfinite(numerator) & (numerator >= 0) & (numerator == np.floor(numerator)))
        if wrong.any():
            raise RatesError(
                f"numerator is {numerator[wrong][0]:g}, not a whole number of deaths "
                f"({wrong.sum():,} such rows).\nCounts of deaths are whole numbers, 0 or more."
            )
        return numerator


def _combine(places: list[np.ndarray], sizes: list[int], rows: int) -> np.ndarray:
    code = np.zeros(rows, dtype=np.int64)
    for place, size in zip(places, sizes, strict=True):
        code = code * size + place
    return code


def _sorted(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return table.sort_values(by, ignore_index=True)
