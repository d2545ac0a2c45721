"""Iterative proportional fitting."""

import numpy as np
import pytest

from analysis.synthesis.raking import rake

ROW, COLUMN = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])


def test_both_margins_are_met_and_the_odds_ratio_is_kept():
    seed = np.array([4.0, 1.0, 1.0, 1.0])

    fitted, gap = rake(seed, [(ROW, np.array([30.0, 10.0])), (COLUMN, np.array([25.0, 15.0]))])

    assert np.bincount(ROW, fitted) == pytest.approx([30, 10], abs=1e-3)
    assert np.bincount(COLUMN, fitted) == pytest.approx([25, 15])
    # Scaling rows and columns cannot change 4 x 1 / (1 x 1)
    assert fitted[0] * fitted[3] / (fitted[1] * fitted[2]) == pytest.approx(4)
    assert gap <= 1e-4


def test_a_cell_of_zero_stays_zero():
    fitted, _ = rake(np.array([1.0, 0.0, 1.0, 1.0]), [(ROW, np.array([2.0, 6.0]))])

    assert fitted.tolist() == [2, 0, 3, 3]


def test_margins_that_contradict_each_other_leave_a_gap():
    _, gap = rake(np.ones(4), [(ROW, np.array([1.0, 1.0])), (COLUMN, np.array([5.0, 5.0]))])

    assert gap > 1
