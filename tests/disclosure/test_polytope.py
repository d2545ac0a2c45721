"""Solutions of linear systems, and those of them in whole numbers."""

import numpy as np
import pytest

from analysis.disclosure.polytope import OPTIMAL, UNSOLVED, Polytope
from analysis.disclosure.whole_numbers import beside, furthest

# Each two of three unknowns are 1 together at most: all three at a half go furthest.
PAIRS = np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]])
UPWARDS = -np.ones(3)


def pairs(at_least=-np.inf):
    return Polytope(PAIRS, np.full(3, at_least), np.ones(3), np.zeros(3), np.ones(3))


def table(draw, rows, columns):
    """The cells of a table whose margins are public."""
    counts = draw.integers(0, 9, (rows, columns))
    sums = np.vstack(
        [np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns))]
    )
    margins = sums @ counts.ravel()
    return Polytope(sums, margins, margins, np.zeros(counts.size), np.full(counts.size, np.inf))


def test_a_solution_in_whole_numbers_is_found_beside_one_with_fractions():
    found = pairs().along(UPWARDS)
    assert found.point.tolist() == [0.5, 0.5, 0.5]

    whole = beside(pairs(), found.point, UPWARDS)

    assert whole.status == OPTIMAL
    assert sorted(whole.point.tolist()) == [0, 0, 1]
    assert whole.value == furthest(pairs(), UPWARDS, 100).value == -1


def test_where_there_is_none_in_whole_numbers_none_is_found_beside():
    only = pairs(at_least=1.0)

    assert beside(only, only.along(UPWARDS).point, UPWARDS).status == UNSOLVED


def test_a_point_in_whole_numbers_stays_where_it_is():
    whole = beside(pairs(), np.array([0.0, 1.0, 0.0]), UPWARDS)

    assert whole.point.tolist() == [0, 1, 0]


def test_unknowns_far_from_fractions_stay_where_they_are():
    draw = np.random.default_rng(1)
    inner = table(draw, 3, 3)
    # A block beside the pairs, which shares no sum with them.
    both = Polytope(
        np.block([[PAIRS, np.zeros((3, 9))], [np.zeros((6, 3)), inner.matrix.toarray()]]),
        np.concatenate([np.full(3, -np.inf), inner.row_low]),
        np.concatenate([np.ones(3), inner.row_high]),
        np.zeros(12), np.concatenate([np.ones(3), np.full(9, np.inf)]),
    )  # fmt: skip
    point = np.concatenate([np.full(3, 0.5), inner.along(draw.choice([-1.0, 1.0], 9)).point])

    whole = beside(both, point, -np.ones(12))

    assert whole.point[3:].tolist() == pytest.approx(point[3:].tolist())


def test_answers_from_the_last_one_are_those_started_afresh():
    draw = np.random.default_rng(2)
    for _ in range(5):
        warm = table(draw, 6, 7)
        afresh = Polytope(warm.matrix, warm.row_low, warm.row_high, warm.low, warm.high, warm=False)
        for turn in range(6):
            way = draw.choice([-1.0, 0.0, 1.0], 42)
            assert warm.along(way).value == pytest.approx(afresh.along(way).value)
            # A question to one unknown is not led astray by one to many before it.
            assert warm.most(turn).value == pytest.approx(afresh.most(turn).value)
            assert warm.least(turn).value == pytest.approx(afresh.least(turn).value)
