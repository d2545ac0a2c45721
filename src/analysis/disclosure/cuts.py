"""What a cell needs to be safe: constraints on which other cells must be hidden with it.

The room that a hidden cell has is a linear programme: how far can its count move while every shown
cell stays as it is? Where that is too little, the multipliers of the answer say which cells, if
they were hidden as well, would let it move: a covering constraint.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from analysis.disclosure.matrices import blocks
from analysis.disclosure.polytope import OPTIMAL, Polytope
from analysis.disclosure.questions import Question
from analysis.disclosure.reader import Known, conclude

TINY = 1e-7


@dataclass(frozen=True)
class Task:
    """A table to protect.

    ``matrix`` (sums x cells) times any true table is 0. Cell for cell: ``down`` and ``up`` say how
    far a reader must think a hidden count may lie below and above the true one, ``width`` how far
    its extremes must lie apart, ``cost`` what hiding it costs. ``primary`` cells are hidden and
    must be safe, ``latent`` ones are hidden anyway, and ``candidates`` may be; those ``likely`` to
    be of use are tried first.
    """

    matrix: sparse.csr_array
    down: np.ndarray
    up: np.ndarray
    width: np.ndarray
    cost: np.ndarray
    primary: np.ndarray
    latent: np.ndarray
    candidates: np.ndarray
    likely: np.ndarray

    @cached_property
    def by_cell(self) -> sparse.csc_array:
        """The sums, cell by cell."""
        return sparse.csc_array(self.matrix)

    @property
    def start(self) -> np.ndarray:
        """What is hidden whatever is chosen."""
        return self.primary | self.latent


class Unprotectable(Exception):
    """No cell that may be hidden gives the cell the room it needs."""

    def __init__(self, cell: int):
        self.cell = cell


def broken_constraints(
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


def unsafe_cells(task: Task, hidden: np.ndarray, todo: np.ndarray) -> np.ndarray:
    """Return the primary cells among ``todo`` that are not safe.

    Faster than ``broken_constraints``, and no proof of what would help.
    """
    columns = np.flatnonzero(hidden)
    wanted = np.zeros(len(hidden), dtype=bool)
    wanted[todo] = True
    matrix = sparse.csr_array(task.matrix[:, columns])
    zero = np.zeros(matrix.shape[0])
    known = Known(matrix, zero, zero, -task.down[columns], task.up[columns])
    asked, need = wanted[columns], task.width[columns] - TINY
    found = conclude(known, asked, Question(need))
    return columns[asked & (found.high - found.low < need)]


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


def over_candidates(
    task: Task, failed: np.ndarray, room: sparse.csr_array
) -> tuple[sparse.csr_array, np.ndarray]:
    """The constraints over candidates alone, no coefficient above what is needed."""
    least = task.width[failed] - 10 * TINY - room @ task.start.astype(float)
    matrix = sparse.csr_array(room * task.candidates[None, :].astype(float))
    matrix.data = np.minimum(matrix.data, np.repeat(least, np.diff(matrix.indptr)))
    matrix.eliminate_zeros()
    short = np.flatnonzero(matrix.sum(axis=1) < least)
    if len(short):
        raise Unprotectable(int(failed[short[0]]))
    return matrix, least
