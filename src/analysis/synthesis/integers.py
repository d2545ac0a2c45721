"""Whole numbers near fractions, with sums that are exact.

Rounding each cell by itself spoils the sums of a table. Here the sums are conditions and the
rounding is what gives way: each cell becomes the floor or the ceiling of its fraction, chosen by
a linear programme whose costs are random, so that a fraction of 0.3 is rounded up about three
times in ten.
"""

from collections.abc import Sequence

import numpy as np
import scipy.optimize
import scipy.sparse

from analysis.errors import InputError

TINY = 1e-6
MOST_DRAWS = 5
MOST_REACH = 3

Margin = tuple[np.ndarray, np.ndarray]


def round_rows(values: np.ndarray, totals: np.ndarray | None = None) -> np.ndarray:
    """Return whole numbers whose last axis sums to ``totals``, by largest remainder.

    Parameters
    ----------
    values
        Fractions, none negative; the last axis is the one that is summed.
    totals
        Whole numbers, one for each row; None for the sums of ``values``, rounded. Rows are scaled
        to their total first; a row of zeros gets its total in the first cells.

    Returns
    -------
    ndarray of int64
        In the shape of ``values``; each cell is the floor of its scaled fraction or one more.
    """
    sums = values.sum(axis=-1)
    totals = np.rint(sums) if totals is None else np.asarray(totals)
    scaled = values * np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)[..., None]
    floors = np.floor(scaled + TINY)
    rank = np.argsort(np.argsort(floors - scaled, axis=-1, kind="stable"), axis=-1)
    short = np.rint(totals - floors.sum(axis=-1))
    return (floors + (rank < short[..., None])).astype(np.int64)


def margin_matrix(keys: Sequence[tuple[np.ndarray, int]]) -> scipy.sparse.csr_matrix:
    """Return the matrix that sums cells into margins.

    Parameters
    ----------
    keys
        For each margin, the group of each cell counted from 0, and how many groups there are.

    Returns
    -------
    csr_matrix
        One row per group, margin after margin; one column per cell.
    """
    blocks = [
        scipy.sparse.csr_matrix(
            (np.ones(len(key)), (key, np.arange(len(key)))), shape=(groups, len(key))
        )
        for key, groups in keys
    ]
    return scipy.sparse.vstack(blocks).tocsr()


def round_to_margins(
    values: np.ndarray,
    matrix: scipy.sparse.csr_matrix,
    totals: np.ndarray,
    random: np.random.Generator,
    *,
    lower: np.ndarray | None = None,
    upper: np.ndarray | None = None,
    cost: np.ndarray | None = None,
) -> np.ndarray:
    """Return whole numbers near ``values`` with exact sums.

    Parameters
    ----------
    values
        Fractions that satisfy ``matrix @ values == totals`` to rounding, or nearly so.
    matrix
        One row per sum, one column per cell, as :func:`margin_matrix` gives; a coefficient of -1
        ties two sets of cells together.
    totals
        Whole numbers, one for each row of the matrix.
    lower, upper
        Whole numbers between which a cell may lie; the floor and the ceiling unless given.
    cost
        Added to the random cost of each cell above its floor: positive to have fewer.

    Returns
    -------
    ndarray of int64
        One number for each cell.

    Raises
    ------
    InputError
        No whole numbers satisfy the sums: the margins contradict each other.
    """
    lower = np.floor(values + TINY) if lower is None else lower
    upper = np.maximum(np.ceil(values - TINY) if upper is None else upper, lower)
    open_cells = np.flatnonzero(upper > lower)
    part = matrix[:, open_cells]
    rows = np.flatnonzero(np.diff(part.indptr) > 0)
    rest = np.rint(totals - matrix @ lower)
    closed = np.setdiff1d(np.arange(len(rest)), rows)
    if np.any(rest[closed] != 0):
        raise _contradiction(int(np.count_nonzero(rest[closed])), len(rest))
    lean = values[open_cells] - lower[open_cells] - (0 if cost is None else cost[open_cells])
    extra = _choose(lean, part[rows], rest[rows], (upper - lower)[open_cells], random, len(rest))
    chosen = lower.copy()
    chosen[open_cells] += extra
    return np.rint(chosen).astype(np.int64)


def _choose(
    lean: np.ndarray,
    matrix: scipy.sparse.csr_matrix,
    totals: np.ndarray,
    most: np.ndarray,
    random: np.random.Generator,
    sums: int,
) -> np.ndarray:
    for _ in range(MOST_DRAWS):
        cost = random.random(len(lean)) - lean
        found = scipy.optimize.linprog(
            cost,
            A_eq=matrix,
            b_eq=totals,
            bounds=np.column_stack([np.zeros(len(lean)), most]),
            method="highs-ds",
        )
        if found.x is None:
            raise _contradiction(0, sums)
        whole = np.rint(found.x)
        broken = np.abs(found.x - whole) > TINY
        if not broken.any():
            return whole
        mended = _mend(cost, matrix, totals, most, whole, broken)
        if mended is not None:
            return mended
    raise InputError(
        f"whole numbers with given sums: {np.count_nonzero(broken)} cells stayed fractions in "
        f"{MOST_DRAWS} attempts.\nTry another seed."
    )


def _mend(cost, matrix, totals, most, whole, broken) -> np.ndarray | None:
    """Solve again, in whole numbers, the cells left as fractions and more and more around them."""
    free = broken
    for _ in range(MOST_REACH):
        rest = totals - matrix[:, ~free] @ whole[~free]
        part = matrix[:, free]
        rows = np.diff(part.indptr) > 0
        found = scipy.optimize.milp(
            cost[free],
            constraints=scipy.optimize.LinearConstraint(part[rows], rest[rows], rest[rows]),
            bounds=scipy.optimize.Bounds(0, most[free]),
            integrality=np.ones(np.count_nonzero(free)),
            options={"mip_rel_gap": 0.01},
        )
        if found.x is not None:
            mended = whole.copy()
            mended[free] = np.rint(found.x)
            return mended
        # All cells that share a sum with one of those.
        free = matrix[rows].getnnz(axis=0) > 0
    return None


def _contradiction(rows: int, sums: int) -> InputError:
    return InputError(
        f"whole numbers with given sums: no table satisfies the {sums:,} sums"
        + (f" ({rows:,} of them have no cell to give way).\n" if rows else ".\n")
        + "The published margins contradict each other, or one of them was read wrongly."
    )
