"""Funnel plots: how far a ratio, rate or proportion may lie from its target by chance alone.

Lines of the funnel, and the class of each area. Limits are exact Poisson ones (Wilson's for
proportions); they know nothing of overdispersion, so that of many areas more than 1 in 20 may lie
outside the inner lines for reasons that are not theirs.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special
from scipy.optimize import elementwise

from analysis.errors import RatesError
from analysis.statistics.checks import require_levels
from analysis.statistics.intervals import poisson_limits, proportion_limits

LEVELS = (0.95, 0.998)
NOT_SIGNIFICANT = "Not significant"


def funnel_axis(largest: float, points: int = 100) -> np.ndarray:
    """Return counts of deaths from 1 to ``largest``, evenly spread on a logarithmic axis.

    Whole numbers, each once, so there are fewer than ``points`` at the narrow end.
    """
    if not np.isfinite(largest) or largest < 1:
        raise RatesError(
            f"largest is {largest}: an axis of a funnel runs from 1 death up.\n"
            f"Give the largest number of deaths of an area."
        )
    return np.unique(np.round(np.geomspace(1, np.ceil(largest), points)))


def ratio_lines(
    observed, per: float = 1, confidence: float | Sequence[float] = LEVELS
) -> pd.DataFrame:
    """Return the lines of a funnel of standardised ratios.

    Parameters
    ----------
    observed
        Deaths at which to draw, such as :func:`funnel_axis` gives.
    per
        1 for a ratio, 100 for one in per cent.
    confidence
        Levels of the lines.

    Returns
    -------
    DataFrame
        One row per level and count: ``confidence``, ``observed``, and where these deaths lie
        just on the lower line, ``lower_expected`` (deaths expected), ``lower_excess`` (observed
        less expected, over expected), ``lower_line`` (the ratio); the same for the upper line.

    References
    ----------
    Spiegelhalter DJ (2005), Funnel plots for comparing institutional performance, Statistics in
    Medicine 24, 1185-1202.
    """
    observed = np.atleast_1d(np.asarray(observed, dtype=float))
    frames = []
    for level in require_levels(confidence):
        # Deaths lie on the lower line where the deaths expected are their own upper limit.
        upper_expected, lower_expected = poisson_limits(observed, "exact", level)
        frame = {"confidence": level, "observed": observed}
        for side, expected in (("lower", lower_expected), ("upper", upper_expected)):
            some = np.where(expected > 0, expected, np.nan)
            frame[f"{side}_expected"] = expected
            frame[f"{side}_excess"] = (observed - expected) / some
            frame[f"{side}_line"] = per * observed / some
        frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)


def rate_lines(
    observed,
    target: float,
    per: float = 100_000,
    years: float = 1,
    confidence: float | Sequence[float] = LEVELS,
) -> pd.DataFrame:
    """Return the lines of a funnel of rates, standardised or crude.

    Parameters
    ----------
    observed
        Deaths at which to draw.
    target
        The rate at the middle of the funnel, per ``per``: see :func:`pooled_target`.
    years
        Years that the deaths were counted over; the population of a line is of one year.

    Returns
    -------
    DataFrame
        One row per level and count: ``confidence``, ``observed``, ``lower_population``,
        ``lower_line`` (rate), ``upper_population``, ``upper_line``.
    """
    lines = ratio_lines(observed, target, confidence)
    populations = {
        f"{side}_population": per * lines[f"{side}_expected"] / target / years
        for side in ("lower", "upper")
    }
    columns = ["lower_population", "lower_line", "upper_population", "upper_line"]
    return lines.assign(**populations)[["confidence", "observed", *columns]]


def funnel_limits(
    expected, per: float = 1, confidence: float | Sequence[float] = LEVELS
) -> pd.DataFrame:
    """Return between which ratios chance alone would leave each area.

    Parameters
    ----------
    expected
        Deaths expected of each area (or its population times the target rate).
    per
        1 for ratios, 100 for per cent; or the target rate, for limits of rates.
    confidence
        Levels of the limits.

    Returns
    -------
    DataFrame
        One row per area, in order: ``lower_95``, ``upper_95``, ``lower_998``, ``upper_998``: the
        lines of :func:`ratio_lines` at these expected deaths. Where even no deaths would be no
        surprise the lower limit is 0. Where nothing is expected there are none (NaN).
    """
    index = expected.index if isinstance(expected, pd.Series) else None
    expected = np.asarray(expected, dtype=float)
    some = np.where(expected > 0, expected, 1)
    columns = {}
    for level in require_levels(confidence):
        tail, name = (1 - level) / 2, f"{100 * level:.10g}".replace(".", "")
        none_is_rare = np.exp(-some) < tail
        bracket = np.zeros_like(some), np.where(none_is_rare, some, 1)
        low = elementwise.find_root(_no_more_than, bracket, args=(some, tail)).x
        bracket = np.full_like(some, 1e-9), some + 10 * np.sqrt(some) + 20
        high = elementwise.find_root(_at_least, bracket, args=(some, tail)).x
        lower = np.where(none_is_rare, low, 0)
        for side, deaths in (("lower", lower), ("upper", high)):
            columns[f"{side}_{name}"] = np.where(expected > 0, per * deaths / some, np.nan)
    return pd.DataFrame(columns, index=index)


def proportion_lines(
    denominator, target: float, per: float = 1, confidence: float | Sequence[float] = LEVELS
) -> pd.DataFrame:
    """Return the lines of a funnel of proportions, a row per level and ``denominator``.

    ``target`` is the proportion at the middle, per ``per``. Columns: ``confidence``,
    ``denominator``, ``lower_line``, ``upper_line`` (Wilson's limits of the target).
    """
    people = np.atleast_1d(np.asarray(denominator, dtype=float))
    frames = []
    for level in require_levels(confidence):
        lower, upper = proportion_limits(target / per * people, people, level)
        frame = {"confidence": level, "denominator": people}
        frames.append(pd.DataFrame({**frame, "lower_line": per * lower, "upper_line": per * upper}))
    return pd.concat(frames, ignore_index=True)


def pooled_target(deaths, rates, per: float = 100_000) -> float:
    """Return the rate at the middle of a funnel of standardised rates.

    ``deaths`` over ``rates`` is the population that would have these deaths at the standardised
    rate; the target is all deaths over all such populations. Areas without deaths have none.
    """
    deaths, rates = np.asarray(deaths, dtype=float), np.asarray(rates, dtype=float)
    some = (deaths > 0) & (rates > 0)
    return float(per * deaths[some].sum() / (per * deaths[some] / rates[some]).sum())


def funnel_class(
    observed, expected, confidence: float | Sequence[float] = LEVELS
) -> pd.Categorical:
    """Return where each area lies: outside which lines, high or low, or not significant.

    Parameters
    ----------
    observed, expected
        Deaths that there were and that were expected (or the population times the target rate).
    confidence
        Levels of the lines, the outermost passed wins.

    Returns
    -------
    Categorical
        ``Low (0.001)``, ``Low (0.025)``, ``Not significant``, ``High (0.025)``,
        ``High (0.001)`` for 95 and 99.8%, ordered; the number is the chance of lying as far out
        on that side. Missing where nothing is expected.
    """
    observed, expected = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    levels = sorted(require_levels(confidence))
    tails = [f"{(1 - level) / 2:.10g}" for level in levels]
    found = np.full(observed.shape, NOT_SIGNIFICANT, dtype=object)
    for level, tail in zip(levels, tails, strict=True):
        lower, upper = poisson_limits(observed, "exact", level)
        found[expected < lower] = f"High ({tail})"
        found[expected > upper] = f"Low ({tail})"
    found[~(expected > 0)] = None
    order = [f"Low ({tail})" for tail in reversed(tails)]
    order += [NOT_SIGNIFICANT, *(f"High ({tail})" for tail in tails)]
    return pd.Categorical(found, categories=order, ordered=True)


def _no_more_than(deaths: np.ndarray, expected: np.ndarray, tail: float) -> np.ndarray:
    return special.gammaincc(deaths + 1, expected) - tail


def _at_least(deaths: np.ndarray, expected: np.ndarray, tail: float) -> np.ndarray:
    return special.gammainc(deaths, expected) - tail
