"""Age-standardised, crude and age-specific mortality rates.

Counts in, rates out. Nothing here opens a file, knows a place or hides a number.
The formulae are those of book/methods.md, under the same names.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.statistics.checks import Cells, require_levels
from analysis.statistics.comparisons import asmr_difference, asmr_ratio
from analysis.statistics.groups import Groups
from analysis.statistics.intervals import poisson_limits, weighted_limits
from analysis.statistics.standardise import add_limits, weighted_sum

__all__ = ["age_specific_rates", "asmr", "asmr_difference", "asmr_ratio", "crude_rate"]


def asmr(
    counts: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series | str,
    per: float = 100_000,
    interval: str = "ons",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return one directly standardised mortality rate per group.

    Parameters
    ----------
    counts
        One row per group and age band: the ``by`` columns, ``age_band``, ``numerator`` (deaths,
        whole numbers) and ``denominator`` (person-years). A band without people and without
        deaths adds nothing to the rate.
    by
        Columns that name a group, such as ``["sex", "imd_decile"]``; empty for one rate over
        all rows.
    standard
        Standard population indexed by ``age_band``: the bands to standardise over, the same for
        every group. Or the name of a column of ``counts`` that holds each band's weight, where
        groups have bands of their own.
    per
        Size of the population that the rate is for.
    interval
        Method of the limits: ``ons`` (normal from 100 deaths, Dobson on exact limits below),
        ``dobson-exact``, ``dobson-byar``, ``normal``, ``gamma``, ``tiwari``, ``log`` and others,
        see :func:`analysis.statistics.intervals.weighted_limits`.
    confidence
        Level of the limits, between 0 and 1, or several levels.

    Returns
    -------
    DataFrame
        One row per group, in the order of the groups' values: ``by``, ``numerator``,
        ``denominator`` and, in deaths per ``per`` person-years, ``asmr``, ``lower_ci``,
        ``upper_ci``. Several levels give ``lower_ci_95``, ``upper_ci_95``, ``lower_ci_99_8``
        and so on. A group without deaths has a rate of 0, a lower limit of 0, and an upper limit
        only where the method has one, else NaN; a group without people has no rate (NaN).

    Raises
    ------
    RatesError
        A band is missing, doubled or not in the standard; a count is negative, fractional or not
        finite; a denominator is negative, or 0 with deaths; the level is outside (0, 1). The
        message names the group, the band, the value and how many more there are.

    References
    ----------
    Dobson AJ and others (1991), Confidence intervals for weighted sums of Poisson parameters,
    Statistics in Medicine 10, 457-462. The other methods cite theirs in ``intervals``.
    """
    levels = require_levels(confidence)
    cells = Cells(counts, by, standard)
    total = weighted_sum(cells, interval)
    rates = _counted(cells.groups, total.numerator, cells.groups.sum(cells.denominator))
    rates["asmr"] = per * total.rate
    return add_limits(rates, levels, per, lambda level: weighted_limits(total, interval, level))


def crude_rate(
    counts: pd.DataFrame,
    by: Sequence[str],
    per: float = 100_000,
    interval: str = "exact-byar",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return one crude rate per group: all its deaths over all its person-years.

    Parameters
    ----------
    counts
        Rows with the ``by`` columns, ``numerator`` (deaths, whole numbers) and ``denominator``
        (person-years); the rows of a group are summed, so ``age_band`` may be there or not.
    by
        Columns that name a group; empty for one rate over all rows.
    per
        Size of the population that the rate is for.
    interval
        Method of the limits: ``exact-byar`` (exact below 10 deaths, Byar from 10), ``exact``,
        ``byar``, ``midp``, ``ons`` ..., see
        :func:`analysis.statistics.intervals.poisson_limits`.
    confidence
        Level of the limits, or several, as in :func:`asmr`.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``denominator`` and, per ``per`` person-years,
        ``crude_rate``, ``lower_ci``, ``upper_ci``. A group without people has no rate (NaN).

    Raises
    ------
    RatesError
        As :func:`asmr`, bands apart.
    """
    levels = require_levels(confidence)
    cells = Cells(counts, by, bands=None)
    deaths = cells.groups.sum(cells.numerator)
    people = cells.groups.sum(cells.denominator)
    rates = _counted(cells.groups, deaths, people)
    return _add_crude(rates, "crude_rate", deaths, people, per, interval, levels)


def age_specific_rates(
    counts: pd.DataFrame,
    by: Sequence[str],
    per: float = 100_000,
    interval: str = "exact-byar",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the rate of each age band of each group.

    Parameters
    ----------
    counts
        One row per group and age band: ``by``, ``age_band``, ``numerator``, ``denominator``.
    by, per, interval, confidence
        As :func:`crude_rate`.

    Returns
    -------
    DataFrame
        The rows of ``counts`` in their order: ``by``, ``age_band``, ``numerator``,
        ``denominator`` and, per ``per`` person-years, ``age_specific_rate``, ``lower_ci``,
        ``upper_ci``. A band without people has no rate (NaN).

    Raises
    ------
    RatesError
        As :func:`asmr`; a band may be missing but not doubled.
    """
    levels = require_levels(confidence)
    cells = Cells(counts, by)
    kept = [*cells.groups.by, "age_band", "numerator", "denominator"]
    return _add_crude(
        counts[kept].reset_index(drop=True),
        "age_specific_rate", cells.numerator, cells.denominator, per, interval, levels,
    )  # fmt: skip


def _counted(groups: Groups, deaths: np.ndarray, people: np.ndarray) -> pd.DataFrame:
    return groups.frame.assign(numerator=deaths.astype(np.int64), denominator=people)


def _add_crude(rates, name, deaths, people, per, interval, levels) -> pd.DataFrame:
    people = np.where(people > 0, people, np.nan)
    rates = rates.assign(**{name: per * deaths / people})

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = poisson_limits(deaths, interval, level)
        return lower / people, upper / people

    return add_limits(rates, levels, per, limits)
