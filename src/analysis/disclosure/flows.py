"""Ways to move many cells at once: one linear programme finds cells through which they all go.

It is what makes a large table safe in a second or two; the pattern is dearer than the cheapest.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from analysis.disclosure.cuts import TINY, Task, Unprotectable, unsafe_cells

# Cells moved together, as a share of those that are not safe yet, and at least so many.
SHARE, FEWEST = 0.1, 4
TURNS = 40
# What a move that is not found costs, far above any that is.
MISSED = 1e5


def cover_by_flows(
    task: Task, hidden: np.ndarray, todo: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return ``hidden`` with cells added until primary cells are safe, and those that are not.

    Each turn moves a tenth of the cells, up or down as chance has it, through hidden cells for
    nothing and through others at their cost. A cell that no one move makes safe is moved by a
    part, up and down in turn. Equal tables get equal patterns.

    Raises
    ------
    Unprotectable
        A cell is not safe though all candidates are hidden.
    """
    draw, tried, hopeful = np.random.default_rng(len(task.cost)), set(), False
    for turn in range(TURNS):
        before, todo = len(todo), unsafe_cells(task, hidden, todo) if turn else todo
        if not len(todo):
            break
        if turn and len(todo) == before and not hopeful:
            _require_hope(task, todo)
            hopeful = True
        size = max(FEWEST, int(np.ceil(SHARE * len(todo))))
        cells = np.sort(draw.permutation(todo)[:size])
        down = draw.random(len(cells)) < 0.5
        again = np.array([cell in tried for cell in cells.tolist()])
        partly = again & (draw.random(len(cells)) < 0.5)
        most = np.where(down, task.down[cells], task.up[cells])
        down &= (most >= task.width[cells]) | (again & (most > TINY))
        amount = np.where(partly, 1.0, task.width[cells])
        amount = np.where(down, np.minimum(amount, task.down[cells]), amount)
        hidden = _moved(task, hidden, cells, down, amount)
        tried |= set(cells.tolist())
    return hidden, todo


def _require_hope(task: Task, cells: np.ndarray) -> None:
    """Refuse a table in which some cell is not safe though everything is hidden that may be."""
    lost = unsafe_cells(task, task.start | task.candidates, cells)
    if len(lost):
        raise Unprotectable(int(lost[0]))


def _moved(
    task: Task, hidden: np.ndarray, cells: np.ndarray, down: np.ndarray, amount: np.ndarray
) -> np.ndarray:
    """Hide the cheapest cells through which all of some cells can move by their amounts."""
    free = np.flatnonzero(task.start | task.candidates)
    sums = sparse.csr_array(task.by_cell[:, free])
    sums = sums[np.flatnonzero(np.diff(sums.indptr))]
    size, many = len(free), len(cells)
    place = np.searchsorted(free, cells)
    price = np.where(hidden[free], TINY, task.cost[free])
    limit = np.concatenate([task.up[free], task.down[free], np.full(many, np.inf)])
    limit[np.where(down, 0, size) + place] = 0  # no cell goes both ways
    moves = sparse.csr_array(
        (np.ones(many), (np.arange(many), np.where(down, size, 0) + place)), shape=(many, 2 * size)
    )
    found = linprog(
        np.concatenate([price, price, np.full(many, MISSED)]),
        A_ub=-sparse.hstack([moves, sparse.eye_array(many)]),
        b_ub=-amount,
        A_eq=sparse.hstack([sums, -sums, sparse.csr_array((sums.shape[0], many))]),
        b_eq=np.zeros(sums.shape[0]),
        bounds=np.column_stack([np.zeros(2 * size + many), limit]),
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"HiGHS gave status {found.status} for a bounded, feasible system")
    through = free[np.abs(found.x[:size] - found.x[size : 2 * size]) > TINY]
    wider = hidden.copy()
    wider[through] = True
    return wider
