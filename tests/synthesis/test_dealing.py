"""Choices dealt out in the right numbers."""

import numpy as np

from analysis.synthesis.dealing import deal, pick_within


def test_each_cell_gets_each_choice_in_proportion():
    cell = np.repeat([0, 1], [10, 4])
    weights = np.array([[7.0, 3.0], [1.0, 3.0]])

    dealt = deal(cell, weights, np.random.default_rng(1).random(14))

    # 10 rows in 7 : 3, 4 rows in 1 : 3
    assert np.bincount(dealt[cell == 0]).tolist() == [7, 3]
    assert np.bincount(dealt[cell == 1]).tolist() == [1, 3]


def test_rows_with_the_lowest_order_get_the_first_choices():
    dealt = deal(np.zeros(4, dtype=int), np.array([[1.0, 1.0]]), np.array([0.9, 0.1, 0.8, 0.2]))

    assert dealt.tolist() == [1, 0, 1, 0]


def test_a_cell_without_weights_deals_every_choice_alike():
    dealt = deal(np.zeros(4, dtype=int), np.zeros((1, 2)), np.arange(4))

    assert np.bincount(dealt).tolist() == [2, 2]


def test_a_unit_is_of_its_key_and_has_weight_in_the_column():
    key_of_unit = np.array([0, 1, 0, 1])
    weights = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    key, column = np.repeat([0, 0, 1, 1], 50), np.tile(np.repeat([0, 1], 50), 2)

    picked = pick_within(key_of_unit, weights, key, column, np.random.default_rng(1))

    # Key 0: unit 0 alone in column 0, unit 2 alone in column 1; key 1: unit 1 alone in column 0
    assert set(picked[:50]) == {0}
    assert set(picked[50:100]) == {2}
    assert set(picked[100:150]) == {1}
    assert set(picked[150:]) == {1, 3}


def test_where_a_key_has_no_weight_in_a_column_the_other_columns_decide():
    picked = pick_within(
        np.array([0, 0]), np.array([[0.0, 0.0], [5.0, 0.0]]), np.zeros(3, dtype=int),
        np.ones(3, dtype=int), np.random.default_rng(1),
    )  # fmt: skip

    assert picked.tolist() == [1, 1, 1]
