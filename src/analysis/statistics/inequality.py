"""Inequality over ranked groups: slope and relative index, and concentration.

A rate (or proportion, or life expectancy) by decile in, one index for each group of deciles out.
The slope index is the difference between the two ends of the scale that a straight line through
the deciles gives, the relative index their ratio. A line says little of a gradient that bends:
look at the deciles as well. Models on deaths are in ``inequality_models``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers, require_levels
from analysis.statistics.groups import require_columns
from analysis.statistics.ranked import Ranked
from analysis.statistics.scales import back, onto, slope, slope_back, spread, unit, unspread
from analysis.statistics.standardise import level_suffix

KINDS = ("normal", "rate", "proportion")
TRANSFORMS = ("none", "log", "logit")


def slope_index(
    rates: pd.DataFrame,
    by: Sequence[str],
    rank: str = "imd_decile",
    value: str = "asmr",
    population: str = "denominator",
    kind: str = "rate",
    transform: str = "none",
    multiplier: float = 1,
    standard_error: str | None = None,
    limits: tuple[str, str] = ("lower_ci", "upper_ci"),
    limits_confidence: float = 0.95,
    interval: str = "delta",
    hold_level: bool = True,
    confidence: float | Sequence[float] = 0.95,
    draws: int = 100_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the slope and relative index of inequality of each group.

    Parameters
    ----------
    rates
        One row per group and rank: ``by``, ``rank`` (its order is that of the scale, such as 1
        for the most deprived decile), ``value``, ``population``, and its standard error or
        limits. Two ranks at least.
    by
        Columns that name a group; may be empty.
    kind
        How the value varies: ``normal`` on its own scale (life expectancy, many deaths),
        ``rate`` on the logarithmic and ``proportion`` on the logit scale. The standard error is
        on that scale.
    transform
        Scale of the straight line: ``none``, ``log`` (rates) or ``logit`` (proportions); the
        ends of the line are carried back before they are compared.
    multiplier
        Turns the slope index into other units (100 for per cent); a negative one also turns its
        sign, and the relative index over, where a low value is the bad one.
    standard_error, limits, limits_confidence
        Column of standard errors; or, without it, the columns of limits and their level, from
        which the standard error follows as the width over twice the normal quantile.
    interval
        ``delta``: closed form, the relative index on the logarithmic scale. ``simulation``: the
        quantiles of indices of values drawn from their distributions.
    hold_level
        On a log or logit scale, whether the limits hold the mean of the line where it is and
        tilt it only, as ``phe_sii`` does, or let it rise and fall as well.
    confidence
        Level of the limits of the indices, or several.
    draws, seed
        Of the simulation.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``sii`` (value at the last rank's end less that at the first,
        in the unit of the value times the multiplier), ``rii`` (their ratio), ``sii_lower_ci``,
        ``sii_upper_ci``, ``rii_lower_ci``, ``rii_upper_ci``, ``intercept`` (value at the first
        end). Several levels give ``sii_lower_ci_95`` and so on. A value of 0 has no logarithm,
        so its group has no index on a log or logit scale (NaN), and no limits on any where its
        kind is not normal. The relative index is NaN where the line falls to 0 or below.

    Raises
    ------
    RatesError
        A rank twice in a group, fewer than two, a value or population missing or (population)
        not above 0, an upper limit below the lower, an unknown kind, scale or interval.

    References
    ----------
    Low A, Low A (2004), Measuring the gap: quantifying and comparing local health inequalities,
    Journal of Public Health 26, 388-395. Office for Health Improvement and Disparities,
    PHEindicatormethods, ``phe_sii``.
    """
    levels = require_levels(confidence)
    for name, given, known in (
        ("kind", kind, KINDS),
        ("transform", transform, TRANSFORMS),
        ("interval", interval, ("delta", "simulation")),
    ):
        if given not in known:
            raise RatesError(f"{name} is {given!r}: not one of {', '.join(known)}.\nChoose one.")
    scale = Ranked(rates, by, rank, value, population)
    errors = standard_errors(rates, kind, value, standard_error, limits, limits_confidence, scale)
    first, last = scale.ends(onto(scale.value, transform))
    start, end = back(first, transform), back(last, transform)

    result = scale.groups.frame.copy()
    sign = -1 if multiplier < 0 else 1
    with np.errstate(divide="ignore", invalid="ignore"):
        result["sii"] = multiplier * (end - start)
        relative = np.where((start > 0) & (end > 0), end / start, np.nan)
        result["rii"] = relative**sign
    held = hold_level and transform != "none"
    if interval == "simulation":
        found = _simulated(scale, errors, kind, transform, held, levels, draws, seed)
    elif held:
        found = _tilted(scale, errors, kind, transform, levels)
    else:
        found = _delta(scale, errors, kind, transform, start, end, levels)
    for level, (difference, ratio) in zip(levels, found, strict=True):
        suffix = level_suffix(levels, level)
        for name, pair in (("sii", multiplier * difference), ("rii", ratio**sign)):
            pair = pair[::sign]
            result[f"{name}_lower_ci{suffix}"], result[f"{name}_upper_ci{suffix}"] = pair
    return result.assign(intercept=start)


def standard_errors(rates, kind, value, standard_error, limits, level, scale) -> np.ndarray:
    """Return the standard error of each value on the scale of its kind."""
    if standard_error is not None:
        require_columns(rates, [standard_error])
        errors = as_numbers(rates[standard_error])
    else:
        require_columns(rates, limits)
        lower, upper = (spread(as_numbers(rates[column]), kind) for column in limits)
        (level,) = require_levels(level)
        errors = (upper - lower) / (2 * special.ndtri((1 + level) / 2))
    if (errors < 0).any():
        row = int(np.argmax(errors < 0))
        raise RatesError(
            f"{scale.groups.name(scale.groups.codes[row])}: the standard error of {value} is "
            f"below 0, or its upper limit below the lower ({(errors < 0).sum():,} such rows).\n"
            f"Give limits in order."
        )
    return np.where(np.isfinite(errors), errors, np.nan)


def _tilted(scale, errors, kind, transform, levels) -> list[tuple]:
    """Limits on a log or logit scale by those of the slope, the line turning about its mean."""
    steps = errors * unit(scale.value, kind) * slope(scale.value, transform)
    error = np.sqrt(scale.groups.sum(((scale.at_last - scale.at_first) * steps) ** 2))
    first, last = scale.ends(onto(scale.value, transform))
    middle, rise = (first + last) / 2, last - first
    found = []
    for level in levels:
        half = special.ndtri((1 + level) / 2) * error
        rises = np.array([rise - half, rise + half])
        start, end = back(middle - rises / 2, transform), back(middle + rises / 2, transform)
        found.append((end - start, end / start))
    return found


def _delta(scale, errors, kind, transform, start, end, levels) -> list[tuple]:
    """Limits by the delta method: the indices are nearly straight in the values."""
    steps = errors * unit(scale.value, kind) * slope(scale.value, transform)
    codes, total = scale.groups.codes, scale.groups.sum
    to_end = scale.at_last * steps * slope_back(end, transform)[codes]
    to_start = scale.at_first * steps * slope_back(start, transform)[codes]
    difference = total((to_end - to_start) ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = total((to_end / end[codes] - to_start / start[codes]) ** 2)
        relative = np.where((start > 0) & (end > 0), end / start, np.nan)
    found = []
    for level in levels:
        z = special.ndtri((1 + level) / 2)
        half, factor = z * np.sqrt(difference), np.exp(z * np.sqrt(ratio))
        gap = end - start
        found.append(
            (np.array([gap - half, gap + half]), np.array([relative / factor, relative * factor]))
        )
    return found


def _simulated(scale, errors, kind, transform, held, levels, draws, seed) -> list[tuple]:
    """Limits as quantiles of the indices of drawn values; groups are drawn one after another."""
    random = np.random.default_rng(seed)
    middle = spread(scale.value, kind)
    order = np.argsort(scale.groups.codes, kind="stable")
    tails = [share for level in levels for share in ((1 - level) / 2, (1 + level) / 2)]
    differences, ratios = [], []
    for rows in np.split(order, np.cumsum(scale.groups.count())[:-1]):
        drawn = random.normal(middle[rows], errors[rows], (draws, len(rows)))
        values = onto(unspread(drawn, kind), transform)
        first, last = values @ scale.at_first[rows], values @ scale.at_last[rows]
        if held:
            level, rise = scale.weight[rows] @ onto(scale.value[rows], transform), last - first
            first, last = level - rise / 2, level + rise / 2
        start, end = back(first, transform), back(last, transform)
        differences.append(np.quantile(end - start, tails))
        ratios.append(np.quantile(end / start, tails))
    differences, ratios = np.array(differences).T, np.array(ratios).T
    return [(differences[2 * i : 2 * i + 2], ratios[2 * i : 2 * i + 2]) for i in range(len(levels))]
