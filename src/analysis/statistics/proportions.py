"""Proportions with Wilson's limits: shares of deaths or of people.

A proportion has at most as many events as people; where a person may have several, it is a rate.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.statistics.checks import Cells, require_levels
from analysis.statistics.intervals import proportion_limits
from analysis.statistics.standardise import add_limits


def proportion(
    counts: pd.DataFrame,
    by: Sequence[str],
    per: float = 1,
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return one proportion per group: all its ``numerator`` over all its ``denominator``.

    Parameters
    ----------
    counts
        Rows with the ``by`` columns, ``numerator`` (whole numbers) and ``denominator``; the rows
        of a group are summed.
    by
        Columns that name a group; may be empty.
    per
        1 for a share, 100 for per cent.
    confidence
        Level of the limits, or several, as for :func:`analysis.statistics.rates.asmr`.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``denominator``, ``proportion``, ``lower_ci``,
        ``upper_ci``. A denominator of 0 has no proportion (NaN).

    Raises
    ------
    RatesError
        As :func:`analysis.statistics.rates.crude_rate`; more events than people.

    References
    ----------
    Wilson EB (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22, 209-212.
    """
    levels = require_levels(confidence)
    cells = Cells(counts, by, bands=None)
    some, people = cells.groups.sum(cells.numerator), cells.groups.sum(cells.denominator)
    table = cells.groups.frame.assign(
        numerator=some.astype(np.int64),
        denominator=people,
        proportion=per * some / np.where(people > 0, people, np.nan),
    )
    return add_limits(table, levels, per, lambda level: proportion_limits(some, people, level))
