"""What a reader can conclude: how small and how large each unknown may be.

Unknowns that the sums settle at once go first, the rest falls into blocks that share nothing, and
each block is asked by linear programming (``ask``).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.disclosure.ask import SAME, ask_block
from analysis.disclosure.matrices import blocks
from analysis.disclosure.polytope import INFEASIBLE, WHOLE, Polytope
from analysis.disclosure.questions import BOUNDED, Question

PASSES = 30


@dataclass(frozen=True)
class Known:
    """Everything known of the unknowns: ``row_low <= matrix @ x <= row_high``, and their limits."""

    matrix: sparse.csr_array
    row_low: np.ndarray
    row_high: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Ranges:
    """What the reader concludes: limits and a status for each unknown.

    ``status`` is ``bounded``, ``unbounded`` (no upper or no lower limit), ``infeasible`` (what is
    known contradicts itself) or ``unsolved``. Where only ``at_least`` was asked, a range that
    reaches it is a part of the true one.
    """

    low: np.ndarray
    high: np.ndarray
    status: np.ndarray


def conclude(known: Known, asked: np.ndarray, question: Question, strict=None) -> Ranges:
    """Return the range of each unknown that is asked for; others keep wider, valid limits.

    ``strict`` marks the unknowns whose whole width is asked for where a question is content with
    less (``Question.small``).
    """
    strict = np.ones(len(asked), dtype=bool) if strict is None else strict
    low, high = tightened(known)
    status = np.full(len(low), BOUNDED, dtype=object)
    if question.whole:
        low, high = np.ceil(low - WHOLE), np.floor(high + WHOLE)
    clash = _clashes(known, low, high)
    settled = high - low <= SAME
    for _, columns, _ in blocks(known.matrix) if clash.any() else ():
        if clash[columns].any():
            status[columns], settled[columns] = INFEASIBLE, True
            low[columns], high[columns] = np.nan, np.nan
    middle = np.where(settled, np.nan_to_num((low + high) / 2), 0.0)
    moved = known.matrix @ middle
    free = np.flatnonzero(~settled)
    for rows, places, matrix in blocks(known.matrix[:, free]):
        columns = free[places]
        if not asked[columns].any():
            continue
        inner = Polytope(
            matrix,
            known.row_low[rows] - moved[rows],
            known.row_high[rows] - moved[rows],
            low[columns],
            high[columns],
        )
        found = ask_block(inner, asked[columns], strict[columns], question.of(columns))
        low[columns], high[columns], status[columns] = found
    return Ranges(low, high, status)


def tightened(known: Known) -> tuple[np.ndarray, np.ndarray]:
    """Limits that follow from one sum at a time, over and over."""
    entries = known.matrix.tocoo()
    row, column, weight = entries.row, entries.col, entries.data
    low, high = known.low.copy(), known.high.copy()
    for _ in range(PASSES):
        first = np.where(weight > 0, low[column], high[column]) * weight
        last = np.where(weight > 0, high[column], low[column]) * weight
        least = _without_one(first, row, len(known.row_low))
        most = _without_one(last, row, len(known.row_low))
        with np.errstate(invalid="ignore"):
            ends = (known.row_low[row] - most) / weight, (known.row_high[row] - least) / weight
        below = np.where(weight > 0, ends[0], ends[1])
        above = np.where(weight > 0, ends[1], ends[0])
        new_low, new_high = low.copy(), high.copy()
        np.fmax.at(new_low, column, below)
        np.fmin.at(new_high, column, above)
        if (new_low <= low + SAME).all() and (new_high >= high - SAME).all():
            break
        low, high = new_low, new_high
        if (low > high + WHOLE).any():
            break
    return low, np.where((high < low) & (high >= low - WHOLE), low, high)


def _without_one(terms: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    """For each entry, the sum of the other terms of its row; infinite if one of them is."""
    endless = ~np.isfinite(terms)
    finite = np.where(endless, 0.0, terms)
    total = np.bincount(row, finite, rows)[row] - finite
    others = np.bincount(row, endless, rows)[row] - endless
    sign = np.sign(terms[endless][0]) if endless.any() else 1.0
    return np.where(others > 0, sign * np.inf, total)


def _clashes(known: Known, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Unknowns whose limits cross, or that are in a sum that cannot hold."""
    clash = low > high + WHOLE
    if clash.any():
        return clash
    settled = high - low <= SAME
    closed = abs(known.matrix) @ (~settled).astype(float) == 0
    value = known.matrix @ np.where(settled, low, 0.0)
    slack = WHOLE * np.maximum(1.0, np.abs(value))
    odd = closed & ((value < known.row_low - slack) | (value > known.row_high + slack))
    return (abs(known.matrix).T @ odd.astype(float)) > 0
