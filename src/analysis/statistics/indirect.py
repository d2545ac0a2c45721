"""Indirect standardisation: the deaths that a reference's rates would give, and those there were.

Counts and a reference in, ratios and rates out. Ratios of two groups are not comparable with each
other unless their populations have the same ages; each compares its group with the reference.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, as_numbers, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.intervals import poisson_limits
from analysis.statistics.standardise import add_limits


def smr(
    counts: pd.DataFrame,
    by: Sequence[str],
    reference: pd.DataFrame | None = None,
    per: float = 1,
    interval: str = "exact-byar",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the standardised mortality ratio of each group.

    Parameters
    ----------
    counts
        One row per group and age band (and other strata, such as sex, where the reference has
        them): ``by``, ``age_band``, ``numerator``, ``denominator``.
    by
        Columns that name a group; may be empty.
    reference
        Deaths and people of the reference: ``age_band``, ``numerator`` (it need not be whole),
        ``denominator``, and any columns of ``counts`` whose values have a reference of their
        own (``sex``, a region). Without it the reference is all groups of ``counts`` together.
    per
        1 for a ratio, 100 for one in per cent.
    interval
        ``exact-byar`` (exact below 10 deaths, Byar from 10), ``exact``, ``byar``, ``midp``,
        ``log``, ``ons``, ``normal``, ``vandenbroucke``, ``ury-wiggins``: limits of the deaths
        over those expected, which are taken as known.
    confidence
        Level of the limits, or several, as for :func:`analysis.statistics.rates.asmr`.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``denominator``, ``expected`` (deaths at the
        reference's rates), ``smr``, ``lower_ci``, ``upper_ci``. Where no deaths are expected
        there is no ratio (NaN).

    Raises
    ------
    RatesError
        As ``asmr``; a cell that the reference lacks or has twice; a reference with negative,
        missing or infinite numbers, or without people where ``counts`` has some.

    References
    ----------
    Breslow NE, Day NE (1987), Statistical methods in cancer research II, IARC, chapter 2.
    """
    levels = require_levels(confidence)
    groups, deaths, people, expected, _ = _compare(counts, by, reference)
    some = np.where(expected > 0, expected, np.nan)
    table = groups.frame.assign(
        numerator=deaths.astype(np.int64),
        denominator=people,
        expected=expected,
        smr=per * deaths / some,
    )

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = poisson_limits(deaths, interval, level)
        return lower / some, upper / some

    return add_limits(table, levels, per, limits)


def indirect_rate(
    counts: pd.DataFrame,
    by: Sequence[str],
    reference: pd.DataFrame | None = None,
    per: float = 100_000,
    interval: str = "exact-byar",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the indirectly standardised rate: the ratio times the reference's crude rate.

    Parameters and errors as :func:`smr`, with ``per`` the size of the population of the rate.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``denominator``, ``expected``,
        ``reference_rate`` and ``indirect_rate``, ``lower_ci``, ``upper_ci``, all three per
        ``per`` person-years. The reference's crude rate is over the cells that the group has.
    """
    levels = require_levels(confidence)
    groups, deaths, people, expected, crude = _compare(counts, by, reference)
    factor = crude / np.where(expected > 0, expected, np.nan)
    table = groups.frame.assign(
        numerator=deaths.astype(np.int64),
        denominator=people,
        expected=expected,
        reference_rate=per * crude,
        indirect_rate=per * deaths * factor,
    )

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = poisson_limits(deaths, interval, level)
        return lower * factor, upper * factor

    return add_limits(table, levels, per, limits)


def _compare(counts, by, reference):
    """Sum deaths, people and expected deaths by group, and the reference's crude rate."""
    cells = Cells(counts, by, bands=None)
    groups = cells.groups
    if reference is None:
        pooled = Groups(counts, ["age_band"])
        reference = pooled.frame.assign(
            numerator=pooled.sum(cells.numerator), denominator=pooled.sum(cells.denominator)
        )
    require_columns(reference, ["age_band", "numerator", "denominator"])
    keys = [c for c in reference.columns if c not in ("numerator", "denominator")]
    keys = [column for column in keys if column in counts.columns]
    require_columns(counts, ["age_band"])
    strata = Groups(counts, [*dict.fromkeys([*groups.by, *keys])])
    if (strata.count() > 1).any():
        where = strata.name(int(np.argmax(strata.count() > 1)))
        raise RatesError(
            f"{where}: more than one row.\nGive counts one row per group and age band, and a "
            f"reference with the columns that divide them further."
        )
    died, lived = _reference_of(counts, reference, keys)
    without = (lived == 0) & (cells.denominator > 0)
    if without.any():
        raise RatesError(
            f"{cells.where(int(np.argmax(without)))}, age_band "
            f"{counts['age_band'].iloc[int(np.argmax(without))]}: the reference has no people "
            f"({without.sum():,} such cells), so no rate to expect deaths from.\n"
            f"Join bands, or take a larger reference."
        )
    rate = died / np.where(lived > 0, lived, 1)
    expected = groups.sum(rate * cells.denominator)
    crude = groups.sum(died) / np.where(groups.sum(lived) > 0, groups.sum(lived), np.nan)
    return groups, groups.sum(cells.numerator), groups.sum(cells.denominator), expected, crude


def _reference_of(counts, reference, keys) -> tuple[np.ndarray, np.ndarray]:
    died, lived = as_numbers(reference["numerator"]), as_numbers(reference["denominator"])
    wrong = ~(np.isfinite(died) & (died >= 0) & np.isfinite(lived) & (lived >= 0))
    wrong |= (lived == 0) & (died > 0)
    if wrong.any():
        row = reference[keys].iloc[int(np.argmax(wrong))]
        raise RatesError(
            f"reference, {', '.join(f'{key} {row[key]}' for key in keys)}: negative, missing or "
            f"infinite, or deaths without people ({wrong.sum():,} such cells).\n"
            f"A reference rate is deaths over people."
        )
    if reference.duplicated(keys).any():
        row = reference.loc[reference.duplicated(keys), keys].iloc[0]
        raise RatesError(
            f"reference, {', '.join(f'{key} {row[key]}' for key in keys)}: more than one row.\n"
            f"Each cell has one reference rate."
        )
    joined = counts[keys].merge(
        reference[keys].assign(_died=died, _lived=lived), on=keys, how="left"
    )
    lost = joined["_lived"].isna()
    if lost.any():
        row = joined[lost].iloc[0]
        raise RatesError(
            f"{', '.join(f'{key} {row[key]}' for key in keys)}: not in the reference "
            f"({lost.sum():,} such cells).\nEvery cell needs a rate to expect deaths from."
        )
    return joined["_died"].to_numpy(), joined["_lived"].to_numpy()
