"""Iterative proportional fitting: cells scaled in turn until their sums are those published."""

from collections.abc import Sequence

import numpy as np

Margin = tuple[np.ndarray, np.ndarray]


def rake(
    cells: np.ndarray,
    margins: Sequence[Margin],
    tolerance: float = 1e-4,
    most_rounds: int = 500,
) -> tuple[np.ndarray, float]:
    """Return the cells scaled to every margin.

    Parameters
    ----------
    cells
        One number for each cell, none negative, in one dimension. A cell of 0 stays 0.
    margins
        For each margin, the group of each cell counted from 0, and the total of each group. The
        last margin is met exactly, the others to ``tolerance``.
    tolerance
        Largest difference allowed between a sum and its total, in the unit of the cells.
    most_rounds
        Rounds after which the fit is given back as it is.

    Returns
    -------
    tuple
        The fitted cells, and the largest difference that is left in any margin. A difference
        above ``tolerance`` means that the margins contradict each other or that cells of 0 are in
        the way; it is for the caller to say which.
    """
    fitted = cells.astype(float)
    worst = np.inf
    for _ in range(most_rounds):
        worst = 0.0
        for key, totals in margins:
            sums = np.bincount(key, fitted, len(totals))
            worst = max(worst, float(np.abs(sums - totals).max()))
            fitted = fitted * np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)[key]
        if worst <= tolerance:
            break
    return fitted, worst
