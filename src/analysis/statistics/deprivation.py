"""The indices of inequality of a table of rates by deprivation, as a page shows them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.statistics.groups import Groups
from analysis.statistics.inequality import slope_index


def deprivation_index(
    rates: pd.DataFrame, by: Sequence[str], rank: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the slope and relative index of inequality in age-standardised rates.

    A straight line through the rates of the groups, each at the middle of its share of the people
    and weighted by it, is read at both ends of the scale.

    Parameters
    ----------
    rates
        One row per group and rank, as :func:`analysis.statistics.rates.asmr` gives: ``by``,
        ``rank``, ``numerator``, ``denominator``, ``asmr``, ``lower_ci``, ``upper_ci``.
    by
        Columns that name a group; may be empty.
    rank
        Column of ranks, 1 for the most deprived.
    confidence
        Level of the limits of the rates, and of the indices.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``fewest`` (deaths of the rank with fewest:
        the indices are no more reliable than its rate), ``sii`` (the rate at the most deprived end
        less that at the least deprived), ``rii`` (their ratio) and the limits of both, as
        :func:`analysis.statistics.inequality.slope_index`, by the delta method.

    Raises
    ------
    RatesError
        As ``slope_index``.

    References
    ----------
    Low A, Low A (2004), Measuring the gap: quantifying and comparing local health inequalities,
    Journal of Public Health 26, 388-395.
    """
    # The minus turns the scale about: most deprived over least, and above 0 where it is worse off.
    index = slope_index(
        rates, by, rank, multiplier=-1, limits_confidence=confidence, confidence=confidence
    )
    groups = Groups(rates, by)
    deaths = rates["numerator"].to_numpy(dtype=float)
    return index.drop(columns="intercept").assign(
        numerator=groups.sum(deaths).astype(np.int64),
        fewest=groups.min(deaths).astype(np.int64),
    )
