"""Whether a difference is more than chance: by overlap of intervals, and over many comparisons."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from analysis.errors import RatesError


def mark_overlap(
    rates: pd.DataFrame, comparator: pd.DataFrame, on: Sequence[str], mark: str = "difference"
) -> pd.DataFrame:
    """Say of each rate whether its interval lies above or below that of its comparator.

    ``rates`` and ``comparator`` have ``lower_ci`` and ``upper_ci``; the comparator is the row that
    shares the codes of ``on`` (one row for all where ``on`` is empty). Adds the column ``mark``:
    ``higher``, ``lower``, ``similar`` where the intervals overlap, and an empty text where a
    limit is missing. Two intervals may overlap although a test finds a difference: see
    :func:`asmr_ratio`.
    """
    limits = comparator[[*on, "lower_ci", "upper_ci"]]
    if (on and limits.duplicated(list(on)).any()) or (not on and len(limits) != 1):
        raise RatesError(
            f"comparator: more than one row for a code of {', '.join(on) or 'the whole'}.\n"
            f"Each rate is compared with one other."
        )
    ours = rates.reset_index(drop=True)
    names = {"lower_ci": "_low", "upper_ci": "_high"}
    how = {"on": list(on), "how": "left"} if on else {"how": "cross"}
    both = ours.merge(limits.rename(columns=names), **how)
    marks = np.select(
        [
            both[["lower_ci", "upper_ci", "_low", "_high"]].isna().any(axis=1),
            both["lower_ci"] > both["_high"],
            both["upper_ci"] < both["_low"],
        ],
        ["", "higher", "lower"],
        "similar",
    )
    return rates.assign(**{mark: marks})


def adjust_p_values(p_values) -> np.ndarray:
    """Return p-values adjusted by Benjamini and Hochberg, in their order; NaN stays NaN.

    Comparisons with an adjusted value below 0.05 hold 5% of false findings on average, however
    many were made.

    References
    ----------
    Benjamini Y, Hochberg Y (1995), Controlling the false discovery rate, JRSS B 57, 289-300.
    """
    values = np.asarray(p_values, dtype=float)
    known = ~np.isnan(values)
    if known.any() and not ((values[known] >= 0) & (values[known] <= 1)).all():
        raise RatesError("p_values: outside 0 to 1.\nGive probabilities, NaN where none.")
    adjusted = np.full(values.shape, np.nan)
    adjusted[known] = scipy.stats.false_discovery_control(values[known], method="bh")
    return adjusted
