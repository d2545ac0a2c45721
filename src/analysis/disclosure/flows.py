"""Ways to move many cells at once: one linear programme finds cells through which they all go.

It is what makes a large table safe in a second or two; the pattern is dearer than the cheapest.
"""

import numpy as np
from scipy import sparse

from analysis.disclosure.cuts import TINY, Task, Unprotectable, unsafe_cells
from analysis.disclosure.polytope import OPTIMAL, Polytope

# Cells moved together, as a share of those that are not safe yet, and at least so many.
SHARE, FEWEST = 0.1, 6
TURNS = 40
# After so many turns, or so many that made no cell safe, whether any choice would is asked.
LONG, IDLE = 10, 3
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
    draw, tried, idle, hope = np.random.default_rng(len(task.cost)), set(), 0, False
    flows = _Flows(task, todo) if len(todo) else None
    for turn in range(TURNS):
        before, todo = len(todo), unsafe_cells(task, hidden, todo) if turn else todo
        if not len(todo):
            break
        idle += bool(turn) and len(todo) == before
        if not hope and (turn == LONG or idle == IDLE):
            _require_hope(task, todo)
            hope = True
        size = max(FEWEST, int(np.ceil(SHARE * len(todo))))
        cells = np.sort(draw.permutation(todo)[:size])
        down = draw.random(len(cells)) < 0.5
        again = np.array([cell in tried for cell in cells.tolist()])
        partly = again & (draw.random(len(cells)) < 0.5)
        most = np.where(down, task.down[cells], task.up[cells])
        down &= (most >= task.width[cells]) | (again & (most > TINY))
        amount = np.where(partly, 1.0, task.width[cells])
        amount = np.where(down, np.minimum(amount, task.down[cells]), amount)
        hidden = flows.move(hidden, cells, down, amount)
        tried |= set(cells.tolist())
    return hidden, todo


def _require_hope(task: Task, cells: np.ndarray) -> None:
    """Refuse a table in which some cell is not safe though everything is hidden that may be."""
    lost = unsafe_cells(task, task.start | task.candidates, cells)
    if len(lost):
        raise Unprotectable(int(lost[0]))


class _Flows:
    """Moves of cells, a part up and a part down of each, and what they cost.

    A move that is wanted and not made counts as missed.
    """

    def __init__(self, task: Task, cells: np.ndarray) -> None:
        self._up, self._down, self._cells = task.up, task.down, np.sort(cells)
        self._free = free = np.flatnonzero(task.start | task.candidates)
        self._hidden = np.zeros(len(free), dtype=bool)
        sums = sparse.csr_array(task.by_cell[:, free])
        sums = sums[np.flatnonzero(np.diff(sums.indptr))]
        many = len(cells)
        place = np.searchsorted(free, self._cells)
        own = sparse.csr_array((np.ones(many), (np.arange(many), place)), shape=(many, len(free)))
        missed = sparse.eye_array(many)
        self._polytope = Polytope(
            sparse.block_array([[sums, -sums, None], [own, None, missed], [None, own, missed]]),
            np.concatenate([np.zeros(sums.shape[0]), np.full(2 * many, -np.inf)]),
            np.concatenate([np.zeros(sums.shape[0]), np.full(2 * many, np.inf)]),
            np.zeros(2 * len(free) + many),
            np.concatenate([task.up[free], task.down[free], np.full(many, np.inf)]),
            cost=np.concatenate([task.cost[free], task.cost[free], np.full(many, MISSED)]),
        )
        self._wanted = sums.shape[0]  # where the rows of wanted moves begin

    def move(
        self, hidden: np.ndarray, cells: np.ndarray, down: np.ndarray, amount: np.ndarray
    ) -> np.ndarray:
        """Hide the cheapest cells through which all of some cells can move by their amounts."""
        size, flows = len(self._free), self._polytope
        new = np.flatnonzero(hidden[self._free] & ~self._hidden)
        self._hidden[new] = True
        flows.price(np.concatenate([new, size + new]), TINY)
        row = np.searchsorted(self._cells, cells) + np.where(down, len(self._cells), 0)
        back = np.searchsorted(self._free, cells) + np.where(down, 0, size)
        flows.bound_sums(self._wanted + row, amount)
        flows.bound(back, 0.0)  # no cell goes both ways
        found = flows.cheapest()
        if found.status != OPTIMAL:
            raise RuntimeError(f"HiGHS gave {found.status} for a bounded, feasible system")
        flows.bound_sums(self._wanted + row, np.full(len(row), -np.inf))
        flows.bound(back, np.where(down, self._up[cells], self._down[cells]))
        through = np.abs(found.point[:size] - found.point[size : 2 * size]) > TINY
        wider = hidden.copy()
        wider[self._free[through]] = True
        return wider
