"""Every rate beside the rate of the whole of its group: higher or lower, and by what ratio."""

from collections.abc import Sequence

import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.comparisons import asmr_ratio
from analysis.statistics.rates import asmr
from analysis.statistics.significance import mark_overlap


def compare_with_whole(
    counts: pd.DataFrame,
    by: Sequence[str],
    within: Sequence[str],
    standard: pd.Series,
    level: str,
    whole: str,
    interval: str = "ons",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return age-standardised rates, each compared with that of the whole of its group.

    Parameters
    ----------
    counts, by, standard, interval, confidence
        As for :func:`asmr`.
    within
        Columns of ``by`` within which rates are compared, such as ``["sex", "cause"]``.
    level, whole
        The column and its value that mark the rows of the whole, such as ``soc_level`` and
        ``All``: one group for each group of ``within``.

    Returns
    -------
    DataFrame
        As ``asmr``, with ``difference`` (``higher`` or ``lower`` where the intervals do not
        overlap, as ONS marks it, else ``similar``; empty where a limit is missing), ``ratio`` to
        the rate of the whole, ``ratio_lower_ci`` and ``ratio_upper_ci``.

    Raises
    ------
    RatesError
        As ``asmr``; or there is no row of the whole, or there are several in a group.
    """
    is_whole = counts[level] == whole
    if not is_whole.any():
        raise RatesError(
            f"{level}: no row is {whole!r}.\nEach rate is compared with that of the whole: count "
            "the whole as a level of its own."
        )
    rates = asmr(counts, by, standard, interval=interval, confidence=confidence)
    marked = mark_overlap(rates, rates[rates[level] == whole], within)
    comparator = counts.loc[is_whole, [*within, "age_band", "numerator", "denominator"]]
    ratios = asmr_ratio(counts, comparator, by, standard, confidence=confidence)
    limits = {"lower_ci": "ratio_lower_ci", "upper_ci": "ratio_upper_ci"}
    ratios = ratios.rename(columns=limits)[[*by, "ratio", *limits.values()]]
    return marked.merge(ratios, on=list(by), validate="one_to_one")
