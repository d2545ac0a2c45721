"""Quantiles: areas or values cut into groups of equal number, within each group of areas."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers
from analysis.statistics.groups import Groups, require_columns


def quantile_of(
    values: pd.DataFrame,
    by: Sequence[str],
    value: str = "value",
    quantiles: int = 10,
    highest_first: bool | str = True,
) -> pd.Series:
    """Return the quantile that each row falls in, within its group.

    Parameters
    ----------
    values
        One row per area: ``by`` and ``value``. A row without a value has no quantile and does
        not count.
    by
        Columns that name a group within which areas are ranked; may be empty.
    quantiles
        How many, such as 10 for deciles.
    highest_first
        Whether quantile 1 has the highest values (as where a high value is worse), or the name
        of a column that says so of each row, the same throughout a group.

    Returns
    -------
    Series
        1 to ``quantiles`` in the order of the rows (nullable integers). Tied rows share the
        quantile of the first of them. A group with fewer values than quantiles has none.

    References
    ----------
    Office for Health Improvement and Disparities, PHEindicatormethods, ``phe_quantile``.
    """
    if not isinstance(quantiles, int) or quantiles < 2:
        raise RatesError(f"quantiles is {quantiles!r}: not a whole number from 2.\nUse 10 or 5.")
    require_columns(values, [value])
    numbers = as_numbers(values[value])
    known = ~np.isnan(numbers)
    groups = Groups(values[known], by)
    size = groups.count()[groups.codes]
    if isinstance(highest_first, str):
        require_columns(values, [highest_first])
        highest_first = values.loc[known, highest_first].to_numpy(dtype=bool)
    order = pd.Series(np.where(highest_first, -numbers[known], numbers[known]))
    rank = order.groupby(groups.codes).rank(method="min").to_numpy()
    found = np.floor(quantiles + 1 - np.ceil((size + 1 - rank) * quantiles / size))
    result = pd.Series(pd.NA, index=values.index, dtype="Int64")
    result[known] = pd.array(np.where(size >= quantiles, np.maximum(found, 1), np.nan), "Int64")
    return result
