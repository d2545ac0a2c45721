"""Which cells to withhold: cutting planes over "hide" and "show".

A small integer programme finds the cheapest cells that meet all constraints found so far, its
bound says how far from the best we are, and a completion turns each of its answers into a safe
pattern, finding new constraints on the way. Work is counted in rounds and branches, never in
seconds, so that equal tables get equal patterns.

References
----------
Fischetti M, Salazar JJ (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47, 1008-1027.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure.cuts import (
    TINY,
    Task,
    Unprotectable,
    broken_constraints,
    over_candidates,
    unsafe_cells,
)
from analysis.disclosure.detour import detour
from analysis.disclosure.flows import cover_by_flows
from analysis.disclosure.matrices import blocks

# Completions that go constraint by constraint; what is not safe then is moved by flows.
PATIENCE = 12


@dataclass(frozen=True)
class Pattern:
    """Cells to hide, what that costs, and a cost below which no safe pattern can be."""

    hidden: np.ndarray
    cost: float
    bound: float


@dataclass
class _Cuts:
    """Constraints found so far: ``matrix @ hidden >= least``; and blocks known to be safe."""

    matrix: list[sparse.csr_array] = field(default_factory=list)
    least: list[np.ndarray] = field(default_factory=list)
    safe: set[bytes] = field(default_factory=set)


def cheapest_cover(
    task: Task, rounds: int, gap: float, branches: int = 2_000, patience: int = PATIENCE
) -> Pattern:
    """Return a safe pattern of low cost.

    Parameters
    ----------
    task
        The table.
    rounds
        Completions at most, and integer programmes before all but the first.
    gap
        Stop when the cost is within this share of the bound.
    branches
        Nodes at most in one integer programme.
    patience
        Turns of a completion that look for the cheapest cell; then flows, which are fast.

    Raises
    ------
    Unprotectable
        A primary cell would not be safe if all candidates were hidden.
    """
    cuts, best = _Cuts(), None
    hidden, bound = task.start | task.likely, float(task.cost[task.start].sum())
    for turn in range(rounds):
        if turn:
            hidden, bound = _cheapest(task, cuts, gap / 2, branches)
        hidden, faults = _completed(task, hidden, cuts, patience)
        cost = float(task.cost[hidden].sum())
        if best is None or cost < best.cost:
            best = Pattern(hidden, cost, bound)
        if not faults or best.cost - bound <= gap * best.cost + TINY:
            break
    return Pattern(best.hidden, best.cost, max(bound, best.bound))


def _completed(
    task: Task, hidden: np.ndarray, cuts: _Cuts, patience: int
) -> tuple[np.ndarray, int]:
    """Hide more until all primary cells are safe; how many were not at first."""
    todo, faults = np.flatnonzero(task.primary), None
    for turn in range(patience + bool(patience)):
        failed, room = broken_constraints(task, hidden, todo, cuts.safe)
        faults = len(failed) if faults is None else faults
        if not len(failed):
            return hidden, faults
        matrix, least = over_candidates(task, failed, room)
        cuts.matrix.append(matrix)
        cuts.least.append(least)
        if turn < patience:
            hidden = _greedy(task, hidden, matrix, least)
        todo = failed
    faults = len(todo) if faults is None else faults
    hidden, todo = cover_by_flows(task, hidden, todo)
    for cell in todo:
        hidden = detour(task, hidden, int(cell))
    if len(left := unsafe_cells(task, hidden, todo)):
        raise Unprotectable(int(left[0]))
    return hidden, faults


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
    hidden, bound = task.start, float(task.cost[task.start].sum())
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
