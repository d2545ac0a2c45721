"""Extremes of one unknown after another over the same linear system (HiGHS).

The same system is asked thousands of times for another unknown. Starting each question from the
answer of the last takes a twentieth of the time, which the HiGHS that SciPy carries can do but
``scipy.optimize.linprog`` cannot ask for. Where that door is shut, linprog answers: the numbers
are the same, later.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csgraph

try:
    from scipy.optimize._highspy import _core as highs
except ImportError:  # another SciPy than the locked one
    highs = None

OPTIMAL, INFEASIBLE, UNBOUNDED, UNSOLVED = "optimal", "infeasible", "unbounded", "unsolved"
WHOLE = 1e-6


class Extreme(NamedTuple):
    """One end of the range of an unknown: the value, a solution that takes it, and multipliers.

    ``multipliers`` (one a sum) prove the value; all are empty unless ``status`` is ``optimal``.
    """

    status: str
    value: float
    point: np.ndarray
    multipliers: np.ndarray


NOTHING = np.empty(0)
# Simplex 4 is the primal: a new objective leaves the last answer feasible. The first answer is
# found sooner by the dual, of what presolve leaves, and those that follow a little later.
PRIMAL = {"presolve": "off", "simplex_strategy": 4}
DUAL = {"presolve": "on", "simplex_strategy": 1}


class Polytope:
    """All ``x`` with ``row_low <= matrix @ x <= row_high`` and ``low <= x <= high``."""

    def __init__(self, matrix, row_low, row_high, low, high, warm: bool = True):
        self.matrix = sparse.csc_array(matrix)
        self.row_low, self.row_high = np.asarray(row_low, float), np.asarray(row_high, float)
        self.low, self.high = np.asarray(low, float), np.asarray(high, float)
        self._warm = self._load() if warm and highs is not None else None

    def feasible(self) -> bool:
        """Whether there is any solution."""
        self._set(DUAL)
        found = self._solve(0, 0.0).status in (OPTIMAL, UNBOUNDED)
        self._set(PRIMAL)
        return found

    def least(self, column: int) -> Extreme:
        """Return the smallest value of one unknown."""
        return self._solve(column, 1.0)

    def most(self, column: int) -> Extreme:
        """Return the largest value of one unknown."""
        found = self._solve(column, -1.0)
        return found._replace(value=-found.value, multipliers=-found.multipliers)

    def along(self, direction: np.ndarray) -> Extreme:
        """Return the solution that goes furthest against ``direction``, started afresh."""
        return self._solve_cold(direction)

    def whole(
        self, direction: np.ndarray, branches: int, low: dict[int, float] | None = None,
        high: dict[int, float] | None = None,
    ) -> Extreme:  # fmt: skip
        """Return the solution in whole numbers that goes furthest against ``direction``.

        ``low`` and ``high`` are narrower limits of some unknowns. Without an answer within so many
        ``branches``, the status is ``unsolved``.
        """
        found = milp(
            direction,
            integrality=np.ones(len(self.low)),
            bounds=Bounds(_with(self.low, low), _with(self.high, high)),
            constraints=LinearConstraint(self.matrix, self.row_low, self.row_high),
            options={"node_limit": branches, "mip_rel_gap": 0},
        )
        if found.status == 0:
            return Extreme(OPTIMAL, found.fun, np.round(found.x), NOTHING)
        status = {2: INFEASIBLE, 3: UNBOUNDED}.get(found.status, UNSOLVED)
        return Extreme(status, np.nan, NOTHING, NOTHING)

    def _set(self, options: dict[str, str | int]) -> None:
        if self._warm is not None:
            for option, setting in options.items():
                self._warm.setOptionValue(option, setting)

    def _solve(self, column: int, cost: float) -> Extreme:
        if self._warm is None:
            return self._solve_cold(cost * np.eye(1, len(self.low), column).ravel())
        solver = self._warm
        solver.changeColCost(column, cost)
        solver.run()
        status = solver.getModelStatus()
        if status == highs.HighsModelStatus.kOptimal:
            solution = solver.getSolution()
            found = Extreme(
                OPTIMAL,
                solver.getInfo().objective_function_value,
                np.array(solution.col_value),
                np.array(solution.row_dual),
            )
        elif status == highs.HighsModelStatus.kUnbounded:
            found = Extreme(UNBOUNDED, np.nan, NOTHING, NOTHING)
        else:
            found = self._solve_cold(cost * np.eye(1, len(self.low), column).ravel())
        solver.changeColCost(column, 0.0)
        return found

    def _solve_cold(self, cost: np.ndarray) -> Extreme:
        upper = np.isfinite(self.row_high) & (self.row_high > self.row_low)
        lower = np.isfinite(self.row_low) & (self.row_high > self.row_low)
        equal = self.row_high == self.row_low
        rows = sparse.csr_array(self.matrix)
        found = linprog(
            cost,
            A_ub=sparse.vstack([rows[upper], -rows[lower]]) if (upper | lower).any() else None,
            b_ub=np.concatenate([self.row_high[upper], -self.row_low[lower]])
            if (upper | lower).any()
            else None,
            A_eq=rows[equal] if equal.any() else None,
            b_eq=self.row_low[equal] if equal.any() else None,
            bounds=np.column_stack([self.low, self.high]),
            method="highs",
        )
        if found.status != 0:
            status = {2: INFEASIBLE, 3: UNBOUNDED}.get(found.status, UNSOLVED)
            return Extreme(status, np.nan, NOTHING, NOTHING)
        multipliers = np.zeros(len(self.row_low))
        if equal.any():
            multipliers[equal] = found.eqlin.marginals
        if (upper | lower).any():
            marginals = found.ineqlin.marginals
            multipliers[upper] += marginals[: upper.sum()]
            multipliers[lower] -= marginals[upper.sum() :]
        return Extreme(OPTIMAL, found.fun, found.x, multipliers)

    def _load(self):
        rows, columns = self.matrix.shape
        model = highs.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        model.col_cost_ = np.zeros(columns)
        model.col_lower_, model.col_upper_ = self.low, self.high
        model.row_lower_, model.row_upper_ = self.row_low, self.row_high
        entries = model.a_matrix_
        entries.format_ = highs.MatrixFormat.kColwise
        entries.num_col_, entries.num_row_ = columns, rows
        entries.start_, entries.index_ = self.matrix.indptr, self.matrix.indices
        entries.value_ = self.matrix.data
        solver = highs._Highs()
        for option, setting in {"output_flag": False, "threads": 1, **PRIMAL}.items():
            solver.setOptionValue(option, setting)
        solver.passModel(model)
        return solver


def _with(limits: np.ndarray, others: dict[int, float] | None) -> np.ndarray:
    narrower = limits.copy()
    for column, limit in (others or {}).items():
        narrower[column] = limit
    return narrower


def nearest(
    by_sum: sparse.csr_array,
    by_cell: sparse.csc_array,
    start: int,
    size: int,
    price: np.ndarray,
    few: int = 24,
) -> np.ndarray:
    """Return the columns that few rows lie between, ``start`` first.

    About ``size`` columns, or all that can be reached. Of a row with more than ``few`` columns the
    cheapest are taken, and more with each step; none of infinite ``price``. The matrix is given
    by rows and by columns.
    """
    reached, count = np.array([start]), 0
    while count < len(reached) < size:
        count = len(reached)
        rows = by_sum[np.unique(by_cell[:, reached].indices)]
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        order = np.lexsort((rows.indices, price[rows.indices], row))
        rank = np.arange(len(row)) - rows.indptr[row]
        new = np.unique(rows.indices[order][rank < few])
        new = np.setdiff1d(new[np.isfinite(price[new])], reached)
        reached = np.concatenate([reached, new[: size - count]])
        few *= 2
    return reached


def blocks(matrix: sparse.sparray) -> list[tuple[np.ndarray, np.ndarray, sparse.csc_array]]:
    """Split a matrix into blocks that share no row and no column.

    Returns
    -------
    list
        For each block: its rows, its columns, and the matrix between them. A column without
        entries is a block without rows; an empty row is in no block.
    """
    matrix = sparse.csr_array(matrix)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[filled]
    rows, columns = matrix.shape
    if not columns:
        return []
    entries = matrix.tocoo()
    graph = sparse.csr_array(
        (np.ones(matrix.nnz), (entries.row, rows + entries.col)), shape=(rows + columns,) * 2
    )
    count, label = csgraph.connected_components(graph, directed=False)
    row_label, column_label = label[:rows], label[rows:]
    by_row, by_column = (np.argsort(x, kind="stable") for x in (row_label, column_label))
    ordered = (
        sparse.csc_array(matrix[by_row][:, by_column]) if rows else sparse.csc_array((0, columns))
    )
    row_edge, column_edge = (
        np.searchsorted(x, np.arange(count + 1))
        for x in (row_label[by_row], column_label[by_column])
    )
    found = []
    for block in range(count):
        top, bottom = row_edge[block : block + 2]
        left, right = column_edge[block : block + 2]
        start, end = ordered.indptr[left], ordered.indptr[right]
        inner = sparse.csc_array(
            (
                ordered.data[start:end],
                ordered.indices[start:end] - top,
                ordered.indptr[left : right + 1] - start,
            ),
            shape=(bottom - top, right - left),
        )
        found.append((filled[by_row[top:bottom]], by_column[left:right], inner))
    return found
