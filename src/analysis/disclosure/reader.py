"""What a reader can conclude: how small and how large each unknown may be.

Unknowns that the sums settle at once go first, the rest falls into blocks that share nothing, and
each block is asked by linear programming, one unknown after another. Every answer is also a table
that a reader must think possible, and so clears other unknowns of the block.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.disclosure.polytope import (
    INFEASIBLE,
    OPTIMAL,
    UNBOUNDED,
    UNSOLVED,
    WHOLE,
    Extreme,
    Polytope,
    blocks,
)

SAME = 1e-9
BOUNDED = "bounded"
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


@dataclass(frozen=True)
class Question:
    """What is asked of a block: all, or only whether ranges reach a width; of whole numbers."""

    at_least: float | None = None
    whole: bool = False
    branches: int = 2_000


def conclude(known: Known, asked: np.ndarray, question: Question) -> Ranges:
    """Return the range of each unknown that is asked for; others keep wider, valid limits."""
    low, high = _tightened(known)
    status = np.full(len(low), BOUNDED, dtype=object)
    clash = _clashes(known, low, high)
    if question.whole:
        low, high = np.ceil(low - WHOLE), np.floor(high + WHOLE)
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
        found = _ask_block(inner, np.flatnonzero(asked[columns]), question)
        low[columns], high[columns], status[columns] = found
    return Ranges(low, high, status)


def _ask_block(inner: Polytope, asked: np.ndarray, question: Question):
    """Limits and status of the unknowns of one block."""
    low, high = inner.low.copy(), inner.high.copy()
    status = np.full(len(low), BOUNDED, dtype=object)
    if not len(inner.row_low):
        status[~np.isfinite(high - low)] = UNBOUNDED
        return low, high, status
    if not inner.feasible():
        status[:] = INFEASIBLE
        return low * np.nan, high * np.nan, status
    # The extremes of the tables met so far.
    met = [np.full(len(low), np.inf), np.full(len(low), -np.inf)]
    for place in asked:
        for side, limit, ask in ((1, high, inner.most), (0, low, inner.least)):
            if question.at_least is not None and (
                met[1][place] - met[0][place] >= question.at_least - WHOLE
            ):
                break
            if abs(met[side][place] - limit[place]) <= SAME:
                continue
            extreme = _in_whole(inner, place, ask(int(place)), side, question)
            if extreme.status == OPTIMAL:
                limit[place] = extreme.value
                np.minimum(met[0], extreme.point, out=met[0])
                np.maximum(met[1], extreme.point, out=met[1])
            else:
                status[place] = extreme.status
        if question.at_least is not None and status[place] != BOUNDED:
            wide = met[1][place] - met[0][place] >= question.at_least - WHOLE
            status[place] = BOUNDED if wide else status[place]
    if question.at_least is not None:
        wide = met[1] - met[0] >= question.at_least - WHOLE
        low, high = np.where(wide, met[0], low), np.where(wide, met[1], high)
    return low, high, status


def _in_whole(
    inner: Polytope, place: int, extreme: Extreme, side: int, question: Question
) -> Extreme:
    """The extreme among whole numbers, where that is asked and the answer is not one already."""
    if not question.whole or extreme.status != OPTIMAL:
        return extreme
    if np.abs(extreme.point - np.round(extreme.point)).max() <= WHOLE:
        return extreme._replace(value=float(np.round(extreme.value)))
    return inner.whole(int(place), -1.0 if side else 1.0, question.branches)


def _tightened(known: Known) -> tuple[np.ndarray, np.ndarray]:
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
