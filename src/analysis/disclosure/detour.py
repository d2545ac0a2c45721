"""A way to move one stubborn cell: the cheapest set of cells through which its count can go."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from analysis.disclosure.cuts import TINY, Task, Unprotectable
from analysis.disclosure.matrices import nearest

NEARBY = 400


def detour(task: Task, hidden: np.ndarray, cell: int) -> np.ndarray:
    """Return ``hidden`` with the cells added that let ``cell`` move by its whole width.

    A linear programme sends the width up (or down, where that is possible and cheaper) through
    hidden cells for nothing and through others at their cost, near the cell first.

    Raises
    ------
    Unprotectable
        No way exists if all candidates are used.
    """
    cost = np.where(task.candidates, task.cost, np.inf)
    cost[hidden] = 0
    size = NEARBY
    while True:
        near = nearest(task.matrix, task.by_cell, cell, size, cost)
        ways = [way for sign in (1.0, -1.0) if (way := _way(task, cost, cell, near, sign))]
        if ways:
            found = hidden.copy()
            found[min(ways, key=lambda way: way[0])[1]] = True
            return found
        if size >= len(hidden):
            raise Unprotectable(cell)
        size *= 8


def _way(task: Task, cost: np.ndarray, cell: int, near: np.ndarray, sign: float):
    """Cost and cells of the cheapest move of ``cell`` by its width, or None."""
    if sign < 0 and task.down[cell] < task.width[cell]:
        return None
    matrix = sparse.csr_array(task.by_cell[:, near])
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    price = np.maximum(cost[near], TINY)
    up, down = task.up[near].copy(), task.down[near].copy()
    low, high = np.zeros(len(near)), np.zeros(len(near))
    (low if sign < 0 else high)[0] = task.width[cell]
    up[0], down[0] = high[0], low[0]
    found = linprog(
        np.concatenate([price, price]),
        A_eq=sparse.hstack([matrix, -matrix]),
        b_eq=np.zeros(matrix.shape[0]),
        bounds=np.column_stack([np.concatenate([high, low]), np.concatenate([up, down])]),
        method="highs",
    )
    if found.status != 0:
        return None
    moved = np.abs(found.x[: len(near)] - found.x[len(near) :]) > TINY
    return float(cost[near[moved]].sum()), near[moved]
