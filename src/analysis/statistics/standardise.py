"""The sums that a directly standardised rate and its limits are made of.

Checked cells in, sums per group out; shared by the rates, their comparisons and fine tables.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.statistics.checks import Cells
from analysis.statistics.weighted import NEEDS_WEIGHTS, WeightedSum


def weighted_sum(cells: Cells, interval: str, weights: bool = False) -> WeightedSum:
    """Return the sums over age bands that the limits of ``interval`` need, a value per group.

    ``weights`` asks for the largest, smallest and mean weights whatever the interval.
    """
    groups, deaths, people = cells.groups, cells.numerator, cells.denominator
    share = cells.weight / groups.sum(cells.weight)[groups.codes]
    if people.min() > 0:
        weight, peopled = share / people, None
    else:
        peopled = people > 0
        weight = np.where(peopled, share / np.where(peopled, people, 1), 0)
    terms = weight * deaths
    sums = {
        "numerator": groups.sum(deaths),
        "rate": groups.sum(terms),
        "variance": groups.sum(weight * terms),
    }
    if interval == "bootstrap":
        sums["third"] = groups.sum(weight * weight * terms)
    if weights or interval in NEEDS_WEIGHTS:
        bands = groups.count() if peopled is None else groups.sum(peopled.astype(float))
        some = np.maximum(bands, 1)
        sums["weight_max"] = groups.max(weight)
        sums["weight_min"] = groups.min(
            weight if peopled is None else np.where(peopled, weight, np.inf)
        )
        sums["weight_mean"] = groups.sum(weight) / some
        sums["weight_square_mean"] = groups.sum(weight * weight) / some
    if peopled is not None:
        nobody = groups.sum(people) == 0
        sums["rate"] = np.where(nobody, np.nan, sums["rate"])
    return WeightedSum(**sums)


def add_limits(
    rates: pd.DataFrame, levels: list[float], per: float, limits: Callable
) -> pd.DataFrame:
    """Add ``lower_ci`` and ``upper_ci``, with the level in the name where there are several."""
    columns = {}
    for level in levels:
        lower, upper = limits(level)
        suffix = level_suffix(levels, level)
        columns[f"lower_ci{suffix}"] = per * lower
        columns[f"upper_ci{suffix}"] = per * upper
    return rates.assign(**columns)


def level_suffix(levels: list[float], level: float) -> str:
    """Return what a limit's name ends in: nothing for a single level, else ``_95``, ``_99_8``."""
    return "" if len(levels) == 1 else f"_{100 * level:.10g}".replace(".", "_")
