"""Concentration of deaths over a ranked scale: the curve, and its index."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from analysis.statistics.checks import as_numbers, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.inequality import standard_errors
from analysis.statistics.ranked import Ranked
from analysis.statistics.scales import unit
from analysis.statistics.standardise import add_limits


def concentration_index(
    rates: pd.DataFrame,
    by: Sequence[str],
    rank: str = "imd_decile",
    value: str = "asmr",
    population: str = "denominator",
    kind: str = "rate",
    standard_error: str | None = None,
    limits: tuple[str, str] = ("lower_ci", "upper_ci"),
    limits_confidence: float = 0.95,
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the concentration index of each group.

    It is twice the area between the diagonal and the curve of :func:`concentration_curve`: from
    -1 (all in the first rank) by way of 0 (spread as people are) to 1 (all in the last).

    Parameters
    ----------
    rates, by, rank, value, population, kind, standard_error, limits, limits_confidence
        As for :func:`analysis.statistics.inequality.slope_index`.
    confidence
        Level of the limits, or several.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``concentration_index``, ``lower_ci``, ``upper_ci`` (delta
        method, people taken as known). Without any deaths there is none (NaN).

    References
    ----------
    Kakwani N, Wagstaff A, van Doorslaer E (1997), Socioeconomic inequalities in health:
    measurement, computation, and statistical inference, Journal of Econometrics 77, 87-103.
    """
    levels = require_levels(confidence)
    scale = Ranked(rates, by, rank, value, population)
    errors = standard_errors(rates, kind, value, standard_error, limits, limits_confidence, scale)
    codes, total = scale.groups.codes, scale.groups.sum
    mean = total(scale.weight * scale.value)
    mean = np.where(mean > 0, mean, np.nan)
    index = 2 * total(scale.weight * scale.value * scale.midpoint) / mean - 1
    lean = scale.weight * (2 * scale.midpoint - 1 - index[codes]) / mean[codes]
    error = np.sqrt(total((lean * errors * unit(scale.value, kind)) ** 2))

    def limits_at(level: float) -> tuple[np.ndarray, np.ndarray]:
        half = special.ndtri((1 + level) / 2) * error
        return index - half, index + half

    return add_limits(scale.groups.frame.assign(concentration_index=index), levels, 1, limits_at)


def concentration_curve(
    counts: pd.DataFrame,
    by: Sequence[str],
    rank: str = "imd_decile",
    numerator: str = "numerator",
    population: str = "denominator",
) -> pd.DataFrame:
    """Return the shares of people and of deaths up to each rank.

    ``counts`` has rows with ``by``, ``rank``, ``numerator`` and ``denominator``, summed over what
    else divides them. One row per group and rank: ``by``, ``rank``, ``people_share`` and
    ``deaths_share``, both running from the first rank to 1 at the last.
    """
    require_columns(counts, [rank, numerator, population])
    ranks = Groups(counts, [*([by] if isinstance(by, str) else by), rank])
    curve = ranks.frame
    groups = Groups(curve, by)
    for name, column in (("people_share", population), ("deaths_share", numerator)):
        amount = pd.Series(ranks.sum(as_numbers(counts[column])))
        whole = groups.sum(amount.to_numpy())
        running = amount.groupby(groups.codes).cumsum().to_numpy()
        curve = curve.assign(**{name: running / np.where(whole > 0, whole, np.nan)[groups.codes]})
    return curve
