"""Whole numbers in a linear system: solutions that go far in some direction, by branch and bound.

Counts are whole numbers, and where an answer of linear programming has fractions, no reader need
think it possible.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure.matrices import nearest
from analysis.disclosure.polytope import (
    INFEASIBLE,
    NOTHING,
    OPTIMAL,
    UNBOUNDED,
    UNSOLVED,
    Extreme,
    Polytope,
)

# How long a move of few unknowns is looked for.
NEARBY_BRANCHES = 20


def furthest(
    polytope: Polytope, direction: np.ndarray, branches: int, low: dict[int, float] | None = None,
    high: dict[int, float] | None = None, gap: float = 0.0,
) -> Extreme:  # fmt: skip
    """Return the solution in whole numbers that goes furthest against ``direction``.

    ``low`` and ``high`` are narrower limits of some unknowns. One that may fall short of the
    furthest by this share is good enough with a ``gap``. Without an answer within so many
    ``branches``, the status is ``unsolved``.
    """
    found = milp(
        direction,
        integrality=np.ones(len(polytope.low)),
        bounds=Bounds(_with(polytope.low, low), _with(polytope.high, high)),
        constraints=LinearConstraint(polytope.matrix, polytope.row_low, polytope.row_high),
        options={"node_limit": branches, "mip_rel_gap": gap},
    )
    if found.status == 0:
        return Extreme(OPTIMAL, found.fun, np.round(found.x), NOTHING)
    status = {2: INFEASIBLE, 3: UNBOUNDED}.get(found.status, UNSOLVED)
    return Extreme(status, np.nan, NOTHING, NOTHING)


def furthest_near(
    polytope: Polytope, point: np.ndarray, column: int, size: int, direction: np.ndarray,
    low: dict[int, float] | None = None, high: dict[int, float] | None = None,
) -> Extreme:  # fmt: skip
    """Return a solution in whole numbers that differs from ``point`` around one unknown alone.

    At most ``size`` unknowns differ. It goes far against ``direction``. ``point`` is a
    solution, and ``low`` and ``high`` are narrower limits that it need not meet. There may be
    solutions further away where none is found here: then the status is ``unsolved``.
    """
    near = nearest(polytope.by_sum, polytope.matrix, column, size, np.ones(len(point)))
    around = polytope.matrix[:, near]
    rows = np.unique(around.indices)
    around = sparse.csr_array(around)[rows]
    rest = (polytope.by_sum[rows] @ point) - around @ point[near]
    found = milp(
        direction[near],
        integrality=np.ones(len(near)),
        bounds=Bounds(_with(polytope.low, low)[near], _with(polytope.high, high)[near]),
        constraints=LinearConstraint(
            around, polytope.row_low[rows] - rest, polytope.row_high[rows] - rest
        ),
        options={"node_limit": NEARBY_BRANCHES, "mip_rel_gap": 0.2},
    )
    if found.x is None:
        return Extreme(UNSOLVED, np.nan, NOTHING, NOTHING)
    other = point.copy()
    other[near] = np.round(found.x)
    if not polytope.holds(other):  # the rounding of coefficients that are not whole
        return Extreme(UNSOLVED, np.nan, NOTHING, NOTHING)
    return Extreme(OPTIMAL, float(direction @ other), other, NOTHING)


def _with(limits: np.ndarray, others: dict[int, float] | None) -> np.ndarray:
    narrower = limits.copy()
    for column, limit in (others or {}).items():
        narrower[column] = limit
    return narrower
