"""Whole numbers near fractions, with exact sums."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.synthesis.integers import margin_matrix, round_rows, round_to_margins

RANDOM = 20200711


def test_rows_keep_their_sum_and_the_largest_remainders_are_rounded_up():
    # 1.6 + 2.3 + 1.1 = 5: floors 1 + 2 + 1 = 4, one more where the remainder is 0.6
    rounded = round_rows(np.array([[1.6, 2.3, 1.1]]))

    assert rounded.tolist() == [[2, 2, 1]]


def test_rows_are_scaled_to_the_totals_given():
    rounded = round_rows(np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([10, 2]))

    # 5 + 5; 1.5 + 0.5, where the first of equal remainders goes up
    assert rounded.tolist() == [[5, 5], [2, 0]]


def test_a_row_of_zeros_keeps_a_total_of_zero():
    assert round_rows(np.zeros((1, 3))).tolist() == [[0, 0, 0]]


def two_margins(table):
    row, column = np.indices(table.shape).reshape(2, -1)
    matrix = margin_matrix([(row, table.shape[0]), (column, table.shape[1])])
    return matrix, np.concatenate([table.sum(axis=1), table.sum(axis=0)])


def test_every_cell_is_its_floor_or_ceiling_and_every_sum_is_exact():
    random = np.random.default_rng(RANDOM)
    whole = random.integers(0, 9, (40, 20))
    # A half in every second cell: ten in each row, twenty in each column, so all sums are whole.
    table = whole + 0.5 * (np.indices(whole.shape).sum(axis=0) % 2)
    matrix, totals = two_margins(table)

    rounded = round_to_margins(table.ravel(), matrix, totals, random)

    assert (matrix @ rounded == totals).all()
    assert (np.abs(rounded - table.ravel()) < 1).all()


def test_a_fraction_of_three_tenths_goes_up_about_three_times_in_ten():
    random = np.random.default_rng(RANDOM)
    cells = np.full(1_000, 0.3)
    matrix = margin_matrix([(np.arange(1_000) // 10, 100)])

    rounded = round_to_margins(cells, matrix, np.full(100, 3), random)

    assert rounded.sum() == 300
    # Within a sum every cell is as likely as the others: the first of ten, 100 times over
    assert 15 <= rounded[::10].sum() <= 45


def test_sums_that_contradict_each_other_are_refused():
    matrix = margin_matrix([(np.array([0, 0]), 1), (np.array([0, 0]), 1)])

    with pytest.raises(InputError, match="contradict each other"):
        round_to_margins(np.array([0.5, 0.5]), matrix, np.array([1, 2]), np.random.default_rng(1))


def test_a_sum_without_a_cell_to_give_way_is_refused():
    matrix = margin_matrix([(np.array([0, 1]), 2)])

    with pytest.raises(InputError, match="1 of them have no cell to give way"):
        round_to_margins(np.array([2.0, 0.5]), matrix, np.array([3, 1]), np.random.default_rng(1))
