"""Two rates compared: ratio, difference, and whether chance explains what is between them.

Counts in, comparisons out, with limits that hold where deaths are few. The two sides are taken as
independent; where one is part of the other the limits are a little too wide.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy
from scipy import special

from analysis.errors import RatesError
from analysis.statistics import ratios
from analysis.statistics.checks import Cells, require_levels
from analysis.statistics.intervals import WeightedSum, weighted_limits
from analysis.statistics.significance import adjust_p_values, mark_overlap
from analysis.statistics.standardise import add_limits, weighted_sum

__all__ = ["adjust_p_values", "asmr_difference", "asmr_ratio", "mark_overlap", "rate_ratio"]


def asmr_ratio(
    a: pd.DataFrame,
    b: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series | str,
    per: float = 100_000,
    interval: str = "gamma",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the ratio of the standardised rate of each group of ``a`` to that of its comparator.

    Parameters
    ----------
    a
        Counts as for :func:`analysis.statistics.rates.asmr`: ``by``, ``age_band``,
        ``numerator``, ``denominator``.
    b
        Counts of the comparators, in the same form with some or all of the ``by`` columns: a
        group is compared with the comparator that shares those codes. Without any of them there
        is one comparator for all.
    by, standard, per
        As for ``asmr``.
    interval
        ``gamma`` (Fay 1999; with one age band the exact conditional limits), ``midp`` (the same
        with half the probability of what was seen, narrower), or ``log`` (normal limits of the
        logarithm, for large counts).
    confidence
        Level of the limits, or several, as for ``asmr``.

    Returns
    -------
    DataFrame
        One row per group of ``a``: ``by``, ``numerator``, ``comparator_numerator``, ``asmr``,
        ``comparator_asmr``, ``ratio``, ``lower_ci``, ``upper_ci`` (of the ratio) and
        ``p_value``, two-sided, of a ratio of 1. Without deaths in the comparator the ratio and
        its upper limit are infinite; without deaths on either side there is no ratio (NaN).

    Raises
    ------
    RatesError
        As ``asmr``; a group whose comparator is not in ``b``.

    References
    ----------
    Fay MP (1999), Approximate confidence intervals for rate ratios from directly standardized
    rates with sparse data, Communications in Statistics 28, 2141-2160.
    """
    levels = require_levels(confidence)
    limits = ratios.choose(interval)
    table, ours, theirs = _both_sides(a, b, by, standard, per)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["ratio"] = ours.rate / theirs.rate
    table = add_limits(table, levels, 1, lambda level: limits(ours, theirs, (1 - level) / 2))
    return table.assign(p_value=ratios.p_value(interval, ours, theirs))


def asmr_difference(
    a: pd.DataFrame,
    b: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series | str,
    per: float = 100_000,
    interval: str = "gamma",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the standardised rate of each group of ``a`` less that of its comparator.

    The limits recover the variance of the difference from the limits of the two rates (MOVER),
    so that they hold wherever those do; ``interval`` is any method of ``asmr``, and ``normal``
    gives the usual normal limits of a difference. Parameters, rows and errors as
    :func:`asmr_ratio`, with ``difference`` per ``per`` person-years in place of ``ratio``, and
    ``p_value`` two-sided from the normal distribution.

    References
    ----------
    Zou GY, Donner A (2008), Construction of confidence limits about effect measures: a general
    approach, Statistics in Medicine 27, 1693-1702.
    """
    levels = require_levels(confidence)
    table, ours, theirs = _both_sides(a, b, by, standard, per, interval)
    difference = ours.rate - theirs.rate
    table["difference"] = per * difference

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = weighted_limits(ours, interval, level)
        low, high = weighted_limits(theirs, interval, level)
        down = np.hypot(ours.rate - lower, high - theirs.rate)
        return difference - down, difference + np.hypot(upper - ours.rate, theirs.rate - low)

    error = np.sqrt(ours.variance + theirs.variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.ndtr(-np.abs(difference) / error)
    return add_limits(table, levels, per, limits).assign(p_value=p_value)


def rate_ratio(
    deaths, people, comparator_deaths, comparator_people, interval="exact", confidence=0.95
) -> pd.DataFrame:
    """Return ratios of crude rates, from four arrays (or numbers) of one length.

    Parameters
    ----------
    deaths, people, comparator_deaths, comparator_people
        Counts, and person-years above 0, of each side.
    interval
        ``exact`` (conditional on the deaths of both sides), ``midp`` or ``log``.
    confidence
        Level of the limits.

    Returns
    -------
    DataFrame
        One row per pair: ``ratio``, ``lower_ci``, ``upper_ci``, ``p_value`` (two-sided, twice
        the smaller tail, in step with the limits) and ``p_exact`` (sum of the probabilities of
        all splits no likelier than the one seen, as R's ``poisson.test``).
    """
    (level,) = require_levels(confidence)
    sides = []
    for count, years in ((deaths, people), (comparator_deaths, comparator_people)):
        count, years = np.atleast_1d(count).astype(float), np.atleast_1d(years).astype(float)
        if not (np.isfinite(count) & (count >= 0) & np.isfinite(years) & (years > 0)).all():
            raise RatesError(
                "deaths or people: a ratio of crude rates needs finite deaths, 0 or more, and "
                "finite people above 0, and this does not hold.\nLeave such pairs out by name."
            )
        weight = 1 / years
        sides.append(WeightedSum(count, weight * count, weight**2 * count, weight_max=weight))
    ours, theirs = sides
    method = {"exact": "gamma"}.get(interval, interval)
    lower, upper = ratios.choose(method)(ours, theirs, (1 - level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = ours.rate / theirs.rate
    share = theirs.weight_max / (ours.weight_max + theirs.weight_max)
    return pd.DataFrame(
        {
            "ratio": ratio,
            "lower_ci": lower,
            "upper_ci": upper,
            "p_value": ratios.p_value(method, ours, theirs),
            "p_exact": _no_likelier(ours.numerator, ours.numerator + theirs.numerator, share),
        }
    )


def _both_sides(a, b, by, standard, per, interval="gamma"):
    """Sum both sides, and repeat each comparator for every group that is compared with it."""
    by = [by] if isinstance(by, str) else list(by)
    shared = [column for column in by if column in b.columns]
    ours, theirs = Cells(a, by, standard), Cells(b, shared, standard)
    total, comparator = weighted_sum(ours, interval, True), weighted_sum(theirs, interval, True)
    place = np.zeros(ours.groups.size, dtype=int)
    if shared:
        index = theirs.groups.frame.reset_index(names="_place")
        place = ours.groups.frame[shared].merge(index, on=shared, how="left")["_place"].to_numpy()
        if np.isnan(place).any():
            lost = np.flatnonzero(np.isnan(place))
            raise RatesError(
                f"{ours.groups.name(lost[0])}: no comparator ({len(lost):,} such groups).\n"
                f"Each group is compared with the rows of b that share its {', '.join(shared)}."
            )
        place = place.astype(int)
    comparator = comparator.take(place)
    table = ours.groups.frame.assign(
        numerator=total.numerator.astype(np.int64),
        comparator_numerator=comparator.numerator.astype(np.int64),
        asmr=per * total.rate,
        comparator_asmr=per * comparator.rate,
    )
    return table, total, comparator


def _no_likelier(deaths: np.ndarray, both: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Sum the binomial probabilities that are no greater than that of the split that was seen."""
    seen = scipy.stats.binom.pmf(deaths, both, share) * (1 + 1e-7)
    mode = both * share
    under = deaths < mode
    # On the other side of the mode probabilities fall steadily: halve the range until it is found.
    near, far = np.where(under, np.ceil(mode), np.floor(mode)), np.where(under, both + 1, -1.0)
    while (np.abs(far - near) > 1).any():
        middle = np.where(np.abs(far - near) > 1, np.round((near + far) / 2), near)
        likely = scipy.stats.binom.pmf(middle, both, share) > seen
        moved = np.abs(far - near) > 1
        near, far = np.where(moved & likely, middle, near), np.where(moved & ~likely, middle, far)
    at_near = scipy.stats.binom.pmf(near, both, share) <= seen
    far = np.where(at_near, near, far)
    low, high = np.where(under, deaths, far), np.where(under, far, deaths)
    tails = scipy.stats.binom.cdf(low, both, share) + scipy.stats.binom.sf(high - 1, both, share)
    return np.where(deaths == mode, 1.0, np.minimum(tails, 1.0))
