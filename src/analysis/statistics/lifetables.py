"""Life expectancy from an abridged life table: deaths and people of whole years by age band.

A period life table: how long people would live if they met this period's rates at every age. It
needs a year or more of deaths, since they have seasons.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, require_levels
from analysis.statistics.groups import factorize, require_columns
from analysis.statistics.standardise import add_limits


def life_expectancy(
    counts: pd.DataFrame,
    by: Sequence[str],
    ages: Sequence[int] | None = None,
    infant_share: float = 0.1,
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the life expectancy of each group at each age.

    Parameters
    ----------
    counts
        One row per group and age band: ``by``, ``age_band``, ``numerator`` (deaths) and
        ``denominator`` (person-years). Bands as ``<1``, ``1-4``, ``5-9`` ... ``90+``, or the
        ages they start at; the last is open, and the bands of every group are the same.
    by
        Columns that name a group; may be empty.
    ages
        Ages to give, such as ``[0, 65]``; all starts of bands without.
    infant_share
        Share of the first year that infants who die in it have lived; half the band elsewhere.
    confidence
        Level of the limits, or several, as for :func:`analysis.statistics.rates.asmr`.

    Returns
    -------
    DataFrame
        One row per group and age: ``by``, ``age`` (years), ``age_band``, ``numerator``,
        ``denominator``, ``life_expectancy`` (further years), ``lower_ci``, ``upper_ci``,
        ``standard_error``. Without deaths in the open band life has no end there, and without
        people in a band no rate: such a group has no life expectancy (NaN) up to that age.

    Raises
    ------
    RatesError
        As :func:`analysis.statistics.rates.asmr`; a band that is not an age, bands with a gap,
        an age that no band starts at.

    References
    ----------
    Chiang CL (1984), The life table and its applications, Krieger. Silcocks PBS, Jenner DA, Reza
    R (2001), Life expectancy as a summary of mortality in a population, Journal of Epidemiology
    and Community Health 55, 38-43 (variance of the open band). Eayres D, Williams ES (2004),
    Evaluation of methodologies for small area life expectancy estimation, ibid. 58, 243-249.
    """
    levels = require_levels(confidence)
    if not 0 < infant_share < 1:
        raise RatesError(f"infant_share is {infant_share}: not between 0 and 1.\nUsual is 0.1.")
    require_columns(counts, ["age_band"])
    starts, names = _bands(counts["age_band"])
    cells = Cells(counts, by, pd.Series(1.0, index=pd.Index(names, name="age_band")))
    shape = (cells.groups.size, len(names))
    place = cells.groups.codes * len(names) + cells.band
    died, lived = np.zeros(shape), np.zeros(shape)
    died.flat[place], lived.flat[place] = cells.numerator, cells.denominator
    expectancy, error = _life_table(died, lived, starts, infant_share)

    table = cells.groups.frame.loc[np.repeat(np.arange(shape[0]), shape[1])]
    table = table.reset_index(drop=True).assign(
        age=np.tile(starts, shape[0]),
        age_band=np.tile(np.asarray(names, dtype=object), shape[0]),
        numerator=died.ravel().astype(np.int64),
        denominator=lived.ravel(),
        life_expectancy=expectancy.ravel(),
    )

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        half = special.ndtri((1 + level) / 2) * error.ravel()
        return expectancy.ravel() - half, expectancy.ravel() + half

    table = add_limits(table, levels, 1, limits).assign(standard_error=error.ravel())
    if ages is None:
        return table
    unknown = sorted(set(ages) - set(starts.tolist()))
    if unknown:
        raise RatesError(
            f"age {unknown[0]}: no band starts there ({', '.join(map(str, starts))} do).\n"
            f"Give ages at the start of a band."
        )
    return table[table["age"].isin(list(ages))].reset_index(drop=True)


def expectancy_gap(
    life: pd.DataFrame, by: Sequence[str], rank: str, first, last, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many years more the last rank lives than the first, by group.

    ``life`` is what :func:`life_expectancy` gives with ``rank`` among its groups; ``by`` are the
    other columns that name a group, ``age`` among them where there are several. One row per
    group: ``by``, ``gap``, ``lower_ci``, ``upper_ci`` (the two sides taken as independent).
    """
    by = [by] if isinstance(by, str) else list(by)
    require_columns(life, [*by, rank, "life_expectancy", "standard_error"])
    ends = []
    for code in (first, last):
        end = life[life[rank] == code]
        if len(end) == 0 or (end.duplicated(by).any() if by else len(end) > 1):
            raise RatesError(
                f"{rank} {code}: {'no row' if len(end) == 0 else 'several rows for a group'}.\n"
                f"A gap is between one row of the first and one of the last rank in each group."
            )
        ends.append(end[[*by, "life_expectancy", "standard_error"]])
    how = {"on": by} if by else {"how": "cross"}
    both = ends[0].merge(ends[1], suffixes=("_first", "_last"), **how)
    gap = both["life_expectancy_last"] - both["life_expectancy_first"]
    (level,) = require_levels(confidence)
    error = np.hypot(both["standard_error_first"], both["standard_error_last"])
    half = special.ndtri((1 + level) / 2) * error
    return both[by].assign(gap=gap, lower_ci=gap - half, upper_ci=gap + half)


def _bands(column: pd.Series) -> tuple[np.ndarray, list]:
    """Return the ages at which bands start, in order, and the bands' names."""
    _, names = factorize(column)
    starts = {}
    for name in names:
        found = re.fullmatch(r"(<1)|(\d+)(?:-(\d+)|\+)?", str(name))
        if not found:
            raise RatesError(
                f"age_band {name}: not an age.\nWrite bands as <1, 1-4, 5-9 ... 90+, or as ages."
            )
        first = 0 if found[1] else int(found[2])
        starts[first] = (name, 0 if found[1] else found[3] and int(found[3]))
    order = sorted(starts)
    for age, following in pairwise(order):
        name, end = starts[age]
        if end is not None and end + 1 != following:
            raise RatesError(
                f"age_band {name}: the next band starts at {following}, not at {end + 1}.\n"
                f"A life table needs every age from its first on."
            )
    if len(order) < len(names) or len(order) < 2:
        raise RatesError(
            f"age_band: {len(names)} names for {len(order)} ages.\n"
            f"A life table needs two bands at least, each under one name."
        )
    return np.array(order), [starts[age][0] for age in order]


def _life_table(died, lived, starts, infant_share) -> tuple[np.ndarray, np.ndarray]:
    """Further years and their standard error, a row per group and a column per band."""
    width = np.diff(starts).astype(float)
    share = np.where((starts[:-1] == 0) & (width == 1), infant_share, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = died / lived
        dying = width * rate[:, :-1] / (1 + (1 - share) * width * rate[:, :-1])
        unknown = np.logical_or.accumulate(np.isnan(rate)[:, ::-1], axis=1)[:, ::-1]
        dying = np.where(np.isnan(dying), 0, np.minimum(dying, 1))
        alive = np.cumprod(np.column_stack([np.ones(len(died)), 1 - dying]), axis=1)
        years = np.empty_like(rate)
        years[:, :-1] = width * (alive[:, 1:] + share * (alive[:, :-1] - alive[:, 1:]))
        open_rate = np.where(rate[:, -1] > 0, rate[:, -1], np.nan)
        years[:, -1] = alive[:, -1] / open_rate
        ahead = np.cumsum(years[:, ::-1], axis=1)[:, ::-1]
        expectancy = np.where(unknown | (alive == 0), np.nan, ahead / alive)
        variance = np.empty_like(rate)
        survival = np.where(
            died[:, :-1] > 0, dying**2 * (1 - dying) / np.maximum(died[:, :-1], 1), 0
        )
        lost = (1 - share) * width + np.where(alive[:, 1:] > 0, expectancy[:, 1:], 0)
        variance[:, :-1] = alive[:, :-1] ** 2 * lost**2 * survival
        variance[:, -1] = alive[:, -1] ** 2 / (open_rate**2 * died[:, -1])
        total = np.cumsum(variance[:, ::-1], axis=1)[:, ::-1]
        return expectancy, np.sqrt(total) / np.where(alive > 0, alive, np.nan)
