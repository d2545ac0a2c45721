"""Which cells to withhold: cutting planes over "hide" and "show".

The protection of a cell is a linear programme: how far can its count move while every shown cell
stays as it is? Where the answer is too little, its multipliers say which cells, if hidden as well,
would let it move: a covering constraint. A small integer programme finds the cheapest cells that
meet all constraints found so far, its bound says how far from the best we are, and a quick greedy
completion turns each of its answers into a safe pattern. Work is counted in rounds and branches,
never in seconds, so that equal tables get equal patterns.

References
----------
Fischetti M, Salazar JJ (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47, 1008-1027.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure.polytope import OPTIMAL, Polytope, blocks

TINY = 1e-7


@dataclass(frozen=True)
class Task:
    """A table to protect.

    ``matrix`` (sums x cells) times any true table is 0. Cell for cell: ``down`` and ``up`` say how
    far a reader must think a hidden count may lie below and above the true one, ``width`` how far
    its extremes must lie apart, ``cost`` what hiding it costs. ``primary`` cells are hidden, and
    ``candidates`` may be.
    """

    matrix: sparse.csr_array
    down: np.ndarray
    up: np.ndarray
    width: np.ndarray
    cost: np.ndarray
    primary: np.ndarray
    candidates: np.ndarray


@dataclass(frozen=True)
class Pattern:
    """Cells to hide, what that costs, and a cost below which no safe pattern can be."""

    hidden: np.ndarray
    cost: float
    bound: float


@dataclass
class _Cuts:
    """Constraints found so far: ``matrix @ hidden >= least``."""

    matrix: list[sparse.csr_array] = field(default_factory=list)
    least: list[np.ndarray] = field(default_factory=list)
    safe: set[bytes] = field(default_factory=set)


class Unprotectable(Exception):
    """No cell that may be hidden gives the cell the room it needs."""

    def __init__(self, cell: int):
        self.cell = cell


def cheapest_cover(task: Task, rounds: int, gap: float, branches: int = 2_000) -> Pattern:
    """Return a safe pattern of low cost.

    Parameters
    ----------
    task
        The table.
    rounds
        Integer programmes at most.
    gap
        Stop when the cost is within this share of the bound.
    branches
        Nodes at most in one integer programme.

    Raises
    ------
    Unprotectable
        A primary cell would not be safe if all candidates were hidden.
    """
    cuts, best = _Cuts(), None
    hidden, bound = task.primary.copy(), float(task.cost[task.primary].sum())
    for _ in range(rounds):
        hidden, faults = _completed(task, hidden, cuts)
        cost = float(task.cost[hidden].sum())
        if best is None or cost < best.cost:
            best = Pattern(hidden, cost, bound)
        if not faults or best.cost - bound <= gap * best.cost + TINY:
            break
        hidden, bound = _cheapest(task, cuts, gap / 2, branches)
    return Pattern(best.hidden, best.cost, max(bound, best.bound))


def _completed(task: Task, hidden: np.ndarray, cuts: _Cuts) -> tuple[np.ndarray, int]:
    """Hide more until all primary cells are safe; how many were not at first."""
    todo, faults = np.flatnonzero(task.primary), None
    while True:
        failed, matrix = _separate(task, hidden, todo, cuts.safe)
        faults = len(failed) if faults is None else faults
        if not len(failed):
            return hidden, faults
        matrix, least = _tightened(task, failed, matrix)
        cuts.matrix.append(matrix)
        cuts.least.append(least)
        hidden, todo = _greedy(task, hidden, matrix, least), failed


def _separate(
    task: Task, hidden: np.ndarray, todo: np.ndarray, safe: set[bytes]
) -> tuple[np.ndarray, sparse.csr_array | None]:
    """Primary cells that are not safe, and for each the constraint that it breaks."""
    wanted = np.zeros(len(hidden), dtype=bool)
    wanted[todo] = True
    columns = np.flatnonzero(hidden)
    failed, proofs = [], ([], [])
    for rows, inner, matrix in blocks(task.matrix[:, columns]):
        cells = columns[inner]
        asked = np.flatnonzero(wanted[cells])
        key = cells.tobytes()
        if not len(asked) or key in safe:
            continue
        before = len(failed)
        for place, least, most in _too_narrow(task, cells, matrix, asked):
            failed.append(cells[place])
            for proof, multipliers in zip(proofs, (most, least), strict=True):
                proof.append((rows, multipliers))
        if len(failed) == before and len(asked) == task.primary[cells].sum():
            safe.add(key)
    failed = np.array(failed, dtype=int)
    return failed, _constraints(task, failed, proofs) if len(failed) else None


def _too_narrow(task: Task, cells: np.ndarray, matrix: sparse.csc_array, asked: np.ndarray):
    """Cells of one block whose extremes are too close, with the multipliers that prove it."""
    zero = np.zeros(matrix.shape[0])
    polytope = Polytope(matrix, zero, zero, -task.down[cells], task.up[cells])
    low, high = np.zeros(len(cells)), np.zeros(len(cells))
    need = task.width[cells] - TINY
    for place in asked:
        found = []
        for ask in (polytope.most, polytope.least):
            if high[place] - low[place] >= need[place]:
                break
            extreme = ask(int(place))
            if extreme.status != OPTIMAL:
                raise RuntimeError(f"HiGHS gave {extreme.status} for a bounded, feasible system")
            np.minimum(low, extreme.point, out=low)
            np.maximum(high, extreme.point, out=high)
            found.append(extreme.multipliers)
        if high[place] - low[place] < need[place]:
            yield place, found[1], found[0]


def _constraints(task: Task, failed: np.ndarray, proofs: tuple) -> sparse.csr_array:
    """How much room each cell of the table would give the failed cells, were it hidden."""
    shape = (len(failed), len(task.cost))
    unit = sparse.csr_array((np.ones(len(failed)), (np.arange(len(failed)), failed)), shape=shape)
    room = sparse.csr_array(shape)
    for proof, sign in zip(proofs, (1.0, -1.0), strict=True):
        times = [len(rows) for rows, _ in proof]
        multipliers = sparse.csr_array(
            (
                np.concatenate([sign * values for _, values in proof]),
                (np.repeat(np.arange(len(failed)), times), np.concatenate([r for r, _ in proof])),
            ),
            shape=(len(failed), task.matrix.shape[0]),
        )
        move = sparse.csr_array(sign * unit - multipliers @ task.matrix)
        move.data[np.abs(move.data) < TINY] = 0
        move.eliminate_zeros()
        room = room + move.maximum(0) * task.up[None, :] + (-move).maximum(0) * task.down[None, :]
    return sparse.csr_array(room)


def _tightened(
    task: Task, failed: np.ndarray, room: sparse.csr_array
) -> tuple[sparse.csr_array, np.ndarray]:
    """The constraints over candidates alone, no coefficient above what is needed."""
    least = task.width[failed] - 10 * TINY - room @ task.primary.astype(float)
    matrix = sparse.csr_array(room * task.candidates[None, :].astype(float))
    matrix.data = np.minimum(matrix.data, np.repeat(least, np.diff(matrix.indptr)))
    matrix.eliminate_zeros()
    short = np.flatnonzero(matrix.sum(axis=1) < least)
    if len(short):
        raise Unprotectable(int(failed[short[0]]))
    return matrix, least


def _greedy(
    task: Task, hidden: np.ndarray, matrix: sparse.csr_array, least: np.ndarray
) -> np.ndarray:
    """Meet each constraint with the cells that give most room for their cost."""
    hidden = hidden.copy()
    for row, need in enumerate(least):
        entries = slice(*matrix.indptr[row : row + 2])
        cells, room = matrix.indices[entries], matrix.data[entries]
        missing = need - room[hidden[cells]].sum()
        if missing <= 0:
            continue
        cells, room = cells[~hidden[cells]], room[~hidden[cells]]
        order = np.lexsort((cells, -room / task.cost[cells]))
        enough = np.searchsorted(np.cumsum(room[order]), missing - TINY)
        hidden[cells[order[: enough + 1]]] = True
    return hidden


def _cheapest(task: Task, cuts: _Cuts, gap: float, branches: int) -> tuple[np.ndarray, float]:
    """The cheapest cells that meet all constraints, and a bound on their cost."""
    matrix = sparse.csr_array(sparse.vstack(cuts.matrix))
    least = np.concatenate(cuts.least)
    hidden, bound = task.primary.copy(), float(task.cost[task.primary].sum())
    for rows, columns, inner in blocks(matrix):
        if not len(rows):
            continue
        found = milp(
            task.cost[columns],
            integrality=np.ones(len(columns)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(inner, least[rows], np.inf),
            options={"mip_rel_gap": gap, "node_limit": branches},
        )
        if found.x is None:
            hidden = _greedy(task, hidden, matrix[rows], least[rows])
        else:
            hidden[columns[found.x > 0.5]] = True
        bound += max(found.mip_dual_bound or 0.0, 0.0)
    return hidden, bound
