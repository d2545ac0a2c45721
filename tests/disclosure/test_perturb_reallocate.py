"""Reallocation moves a few deaths, inside one authority, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.reallocate import reallocate
from analysis.errors import DisclosureError


def counts(*rows):
    return pd.DataFrame(rows, columns=["msoa11cd", "lad20cd", "sex", "numerator"])


def many(seed=1, areas=60):
    rng = np.random.default_rng(seed)
    codes = np.repeat([f"E{number:05}" for number in range(areas)], 2)
    return pd.DataFrame(
        {
            "msoa11cd": codes,
            "lad20cd": [f"L{int(code[1:]) // 6}" for code in codes],
            "sex": ["F", "M"] * areas,
            "numerator": rng.poisson(20, 2 * areas),
        }
    )


def sums(frame, by):
    return frame.groupby(by)["numerator"].sum()


def test_every_authority_and_group_keeps_its_deaths():
    before = many()

    after = reallocate(before, "msoa11cd", "lad20cd", seed=7, share=0.2)

    pd.testing.assert_series_equal(
        sums(before, ["lad20cd", "sex"]), sums(after, ["lad20cd", "sex"]), check_dtype=False
    )
    assert not sums(before, ["msoa11cd", "sex"]).equals(sums(after, ["msoa11cd", "sex"]))


def test_a_small_share_moves_few_deaths():
    before = many(areas=600)

    after = reallocate(before, "msoa11cd", "lad20cd", seed=7, share=0.02)

    moved = sums(after, ["msoa11cd", "sex"]).sub(sums(before, ["msoa11cd", "sex"]), fill_value=0)
    # 24,000 deaths, 480 moved, each counted where it left and where it came
    assert 700 < moved.abs().sum() < 1_000
    assert moved.sum() == 0


def test_deaths_move_to_the_neighbour_that_is_listed():
    pairs = pd.DataFrame({"area": ["A"], "neighbour": ["C"]})
    before = counts(("A", "L", "F", 50), ("B", "L", "F", 50), ("C", "L", "F", 1))

    after = reallocate(before, "msoa11cd", "lad20cd", 3, 0.5, pairs).set_index("msoa11cd")

    assert after["numerator"]["B"] == 50
    assert after["numerator"]["A"] < 50 < 51 - after["numerator"]["A"] + 50
    assert after["numerator"].sum() == 101


def test_a_neighbour_in_another_authority_gets_nothing():
    pairs = pd.DataFrame({"area": ["A"], "neighbour": ["B"]})
    before = counts(("A", "L", "F", 50), ("B", "K", "F", 50))

    after = reallocate(before, "msoa11cd", "lad20cd", 3, 1.0, pairs)

    assert after.set_index("msoa11cd")["numerator"].to_dict() == {"A": 50, "B": 50}


def test_the_same_seed_gives_the_same_whatever_the_order_of_rows():
    before = many()

    one = reallocate(before, "msoa11cd", "lad20cd", seed=7)
    same = reallocate(before.sample(frac=1, random_state=1), "msoa11cd", "lad20cd", seed=7)
    other = reallocate(before, "msoa11cd", "lad20cd", seed=8)

    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_no_share_moves_nothing_and_rows_without_deaths_are_left_out():
    before = counts(("A", "L", "F", 3), ("B", "L", "F", 0))

    after = reallocate(before, "msoa11cd", "lad20cd", seed=7, share=0.0)

    assert after.to_numpy().tolist() == [["A", "L", "F", 3]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=12, max_size=12), st.floats(0, 1), st.integers(0, 99))
def test_no_count_falls_below_nothing_and_no_death_is_lost(values, share, seed):
    before = many(areas=6).assign(numerator=values)

    after = reallocate(before, "msoa11cd", "lad20cd", seed, share)

    assert (after["numerator"] > 0).all()
    assert after["numerator"].sum() == sum(values)


def test_an_area_in_two_authorities_is_refused():
    with pytest.raises(DisclosureError, match="msoa11cd A: the area is in two of lad20cd"):
        reallocate(counts(("A", "L", "F", 3), ("A", "K", "F", 3)), "msoa11cd", "lad20cd", 1)


@pytest.mark.parametrize("number", [-1, 1.5])
def test_counts_that_are_no_deaths_are_refused(number):
    with pytest.raises(DisclosureError, match="1 of 1 counts in column numerator"):
        reallocate(counts(("A", "L", "F", number)), "msoa11cd", "lad20cd", 1)


def test_a_share_is_a_chance():
    with pytest.raises(DisclosureError, match="share=2"):
        reallocate(counts(("A", "L", "F", 1)), "msoa11cd", "lad20cd", 1, share=2)
