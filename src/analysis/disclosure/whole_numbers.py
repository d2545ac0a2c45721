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
    WHOLE,
    Extreme,
    Polytope,
)

# How long a move of few unknowns is looked for, and how far short of the furthest it may fall.
NEARBY_BRANCHES, NEARBY_GAP = 20, 0.2
# Sums of up to so many unknowns lead from one to others that are moved with it, so many times.
SHORT, RINGS = 40, (1, 2)


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
    other = _moved(polytope, point, near, direction, NEARBY_GAP, low, high)
    if other is None or not polytope.holds(other):  # the rounding of coefficients not whole
        return Extreme(UNSOLVED, np.nan, NOTHING, NOTHING)
    return Extreme(OPTIMAL, float(direction @ other), other, NOTHING)


def beside(polytope: Polytope, point: np.ndarray, direction: np.ndarray) -> Extreme:
    """Return a solution in whole numbers beside ``point``, a solution that may have fractions.

    Unknowns that have fractions, and those that share a short sum with them, go far against
    ``direction``; the others stay where they are. Where no such solution is found, the status is
    ``unsolved``.
    """
    other, free = np.round(point), np.abs(point - np.round(point)) > WHOLE
    for rings in RINGS if free.any() else ():
        near = _around(polytope, free, rings)
        moved = _moved(polytope, other, near, direction, NEARBY_GAP)
        if moved is not None:
            other = moved
            break
    if not polytope.holds(other):
        return Extreme(UNSOLVED, np.nan, NOTHING, NOTHING)
    return Extreme(OPTIMAL, float(direction @ other), other, NOTHING)


def _around(polytope: Polytope, free: np.ndarray, rings: int) -> np.ndarray:
    """The columns that short sums connect with some, over so many of them."""
    short = np.diff(polytope.by_sum.indptr) <= SHORT
    reached = free.copy()
    for _ in range(rings):
        rows = np.zeros(len(short), dtype=bool)
        rows[polytope.matrix[:, np.flatnonzero(reached)].indices] = True
        reached[polytope.by_sum[np.flatnonzero(rows & short)].indices] = True
    return np.flatnonzero(reached)


def _moved(
    polytope: Polytope, point: np.ndarray, near: np.ndarray, direction: np.ndarray, gap: float,
    low: dict[int, float] | None = None, high: dict[int, float] | None = None,
) -> np.ndarray | None:  # fmt: skip
    """The point with some unknowns in whole numbers elsewhere; None where none are found.

    What these unknowns are at the point does not matter.
    """
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
        options={"node_limit": NEARBY_BRANCHES, "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    other = point.copy()
    other[near] = np.round(found.x)
    return other


def _with(limits: np.ndarray, others: dict[int, float] | None) -> np.ndarray:
    narrower = limits.copy()
    for column, limit in (others or {}).items():
        narrower[column] = limit
    return narrower
