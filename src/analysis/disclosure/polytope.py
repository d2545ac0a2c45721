"""Extremes of one unknown after another over the same linear system (HiGHS).

The same system is asked thousands of times for another unknown. Starting each question from the
answer of the last takes a twentieth of the time, which the HiGHS that SciPy carries can do but
``scipy.optimize.linprog`` cannot ask for. Where that door is shut, linprog answers: the numbers
are the same, later.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

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
# After changes of limits and costs the dual is nearest, unless it takes more steps than afresh.
CHANGED, STEPS = {"presolve": "off", "simplex_strategy": 1}, "simplex_iteration_limit"


class Polytope:
    """All ``x`` with ``row_low <= matrix @ x <= row_high`` and ``low <= x <= high``.

    One is asked for the extremes of one unknown, or given a ``cost`` and asked for the cheapest.
    """

    def __init__(self, matrix, row_low, row_high, low, high, warm: bool = True, cost=None):
        self.matrix = sparse.csc_array(matrix)
        self.row_low, self.row_high = np.array(row_low, float), np.array(row_high, float)
        self.low, self.high = np.array(low, float), np.array(high, float)
        self.cost = np.zeros(len(self.low)) if cost is None else np.array(cost, float)
        self._warm = self._load() if warm and highs is not None else None
        # How many lead from the last answer to the next at most; 0 once one lay further off.
        self._steps: int | None = None

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

    def cheapest(self) -> Extreme:
        """Return the solution of least ``cost``, from the last one as long as that is near."""
        if self._warm is None:
            return self._solve_cold(self.cost)
        return self._run(CHANGED) or self._solve_cold(self.cost)

    def bound_sums(self, rows: np.ndarray, low: np.ndarray) -> None:
        """Change the lower limits of some sums."""
        self.row_low[rows] = low
        if self._warm is not None:
            for row in map(int, rows):
                self._warm.changeRowBounds(row, self.row_low[row], self.row_high[row])

    def bound(self, columns: np.ndarray, high: np.ndarray | float) -> None:
        """Change the upper limits of some unknowns."""
        self.high[columns] = high
        if self._warm is not None:
            for column in map(int, columns):
                self._warm.changeColBounds(column, self.low[column], self.high[column])

    def price(self, columns: np.ndarray, cost: float) -> None:
        """Change the costs of some unknowns."""
        self.cost[columns] = cost
        if self._warm is not None:
            for column in map(int, columns):
                self._warm.changeColCost(column, cost)

    def along(self, direction: np.ndarray) -> Extreme:
        """Return the solution that goes furthest against ``direction``, from the last if near."""
        if self._warm is None:
            return self._solve_cold(direction)
        self._aim(direction)
        found = self._run(PRIMAL)
        self._aim(self.cost, direction)
        self._set(PRIMAL | {STEPS: highs.kHighsIInf})
        return found or self._solve_cold(direction)

    def holds(self, point: np.ndarray) -> bool:
        """Whether a point is a solution."""
        rows = self.matrix @ point
        inside = (point >= self.low - WHOLE) & (point <= self.high + WHOLE)
        kept = (rows >= self.row_low - WHOLE) & (rows <= self.row_high + WHOLE)
        return bool(inside.all() and kept.all())

    @cached_property
    def by_sum(self) -> sparse.csr_array:
        """The matrix, sum by sum."""
        return sparse.csr_array(self.matrix)

    def _set(self, options: dict[str, str | int]) -> None:
        if self._warm is not None:
            for option, setting in options.items():
                self._warm.setOptionValue(option, setting)

    def _aim(self, cost: np.ndarray, last: np.ndarray | None = None) -> None:
        for column in np.flatnonzero(cost != (self.cost if last is None else last)).tolist():
            self._warm.changeColCost(column, float(cost[column]))

    def _run(self, near: dict[str, str | int]) -> Extreme | None:
        """Solve from the last answer, or afresh where that would take longer."""
        first = self._steps is None
        if self._steps:
            self._set(near | {STEPS: self._steps})
            self._warm.run()
            if (found := self._found()) is not None:
                return found
        self._warm.clearSolver()
        self._set(DUAL | {STEPS: highs.kHighsIInf})
        self._warm.run()
        self._steps = self._warm.getInfo().simplex_iteration_count if first else 0
        return self._found()

    def _solve(self, column: int, cost: float) -> Extreme:
        if self._warm is None:
            return self._solve_cold(cost * np.eye(1, len(self.low), column).ravel())
        solver = self._warm
        solver.changeColCost(column, cost)
        solver.run()
        found = self._found()
        if found is None:
            found = self._solve_cold(cost * np.eye(1, len(self.low), column).ravel())
        solver.changeColCost(column, 0.0)
        return found

    def _found(self) -> Extreme | None:
        """What the solver found; None where it came to no end."""
        status = self._warm.getModelStatus()
        if status == highs.HighsModelStatus.kUnbounded:
            return Extreme(UNBOUNDED, np.nan, NOTHING, NOTHING)
        if status != highs.HighsModelStatus.kOptimal:
            return None
        solution = self._warm.getSolution()
        return Extreme(
            OPTIMAL,
            self._warm.getInfo().objective_function_value,
            np.array(solution.col_value),
            np.array(solution.row_dual),
        )

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
        model.col_cost_ = self.cost
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
