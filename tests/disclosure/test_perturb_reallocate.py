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

    after = reallocate(before, "msoa11cd", "lad20cd", secret=b"seven", share=0.2)

    pd.testing.assert_series_equal(
        sums(before, ["lad20cd", "sex"]), sums(after, ["lad20cd", "sex"]), check_dtype=False
    )
    assert not sums(before, ["msoa11cd", "sex"]).equals(sums(after, ["msoa11cd", "sex"]))


def test_a_small_share_moves_few_deaths():
    before = many(areas=600)

    after = reallocate(before, "msoa11cd", "lad20cd", secret=b"seven", share=0.02)

    moved = sums(after, ["msoa11cd", "sex"]).sub(sums(before, ["msoa11cd", "sex"]), fill_value=0)
    # 24,000 deaths, some 480 moved, each counted where it left and where it came; some cancel
    assert 600 < moved.abs().sum() < 1_000
    assert moved.sum() == 0


def test_deaths_move_to_the_neighbour_that_is_listed():
    pairs = pd.DataFrame({"area": ["A"], "neighbour": ["C"]})
    before = counts(("A", "L", "F", 50), ("B", "L", "F", 50), ("C", "L", "F", 1))

    after = reallocate(before, "msoa11cd", "lad20cd", b"three", 0.5, neighbours=pairs).set_index(
        "msoa11cd"
    )

    assert after["numerator"]["B"] == 50
    assert after["numerator"]["A"] < 50 < 51 - after["numerator"]["A"] + 50
    assert after["numerator"].sum() == 101


def test_a_neighbour_in_another_authority_gets_nothing():
    pairs = pd.DataFrame({"area": ["A"], "neighbour": ["B"]})
    before = counts(("A", "L", "F", 50), ("B", "K", "F", 50))

    after = reallocate(before, "msoa11cd", "lad20cd", b"three", 1.0, neighbours=pairs)

    assert after.set_index("msoa11cd")["numerator"].to_dict() == {"A": 50, "B": 50}


def test_the_same_secret_gives_the_same_whatever_the_order_of_rows():
    before = many()

    one = reallocate(before, "msoa11cd", "lad20cd", secret=b"seven")
    same = reallocate(before.sample(frac=1, random_state=1), "msoa11cd", "lad20cd", secret=b"seven")
    other = reallocate(before, "msoa11cd", "lad20cd", secret=b"eight")

    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_no_share_moves_nothing_and_rows_without_deaths_are_left_out():
    before = counts(("A", "L", "F", 3), ("B", "L", "F", 0))

    after = reallocate(before, "msoa11cd", "lad20cd", secret=b"seven", share=0.0)

    assert after.to_numpy().tolist() == [["A", "L", "F", 3]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=12, max_size=12), st.floats(0, 1), st.integers(0, 99))
def test_no_count_falls_below_nothing_and_no_death_is_lost(values, share, secret):
    before = many(areas=6).assign(numerator=values)

    after = reallocate(before, "msoa11cd", "lad20cd", bytes([secret]), share)

    assert (after["numerator"] > 0).all()
    assert after["numerator"].sum() == sum(values)


def test_an_area_in_two_authorities_is_refused():
    with pytest.raises(DisclosureError, match="msoa11cd A: the area is in two of lad20cd"):
        reallocate(counts(("A", "L", "F", 3), ("A", "K", "F", 3)), "msoa11cd", "lad20cd", b"one")


@pytest.mark.parametrize("number", [-1, 1.5])
def test_counts_that_are_no_deaths_are_refused(number):
    with pytest.raises(DisclosureError, match="1 of 1 counts in column numerator"):
        reallocate(counts(("A", "L", "F", number)), "msoa11cd", "lad20cd", b"one")


def test_a_share_is_a_chance():
    with pytest.raises(DisclosureError, match="share=2"):
        reallocate(counts(("A", "L", "F", 1)), "msoa11cd", "lad20cd", b"one", share=2)


def test_deaths_that_a_later_edition_adds_leave_the_moves_of_the_others_as_they_were():
    before = many(areas=60)
    later = before.assign(numerator=before["numerator"] + (before["sex"] == "M") * 3)

    one = reallocate(before, "msoa11cd", "lad20cd", b"seven", 0.2).set_index(["msoa11cd", "sex"])
    other = reallocate(later, "msoa11cd", "lad20cd", b"seven", 0.2).set_index(["msoa11cd", "sex"])

    # Women are the same in both editions; of men three more in each area, some of them moved.
    women = pd.IndexSlice[:, "F"]
    pd.testing.assert_frame_equal(one.loc[women, :], other.loc[women, :])
    change = other["numerator"].sub(one["numerator"], fill_value=0).loc[pd.IndexSlice[:, "M"]]
    assert change.between(0, 9).all()
    assert change.sum() == 60 * 3


def test_areas_without_deaths_receive_some_and_deaths_of_unknown_age_are_kept():
    homes = pd.DataFrame({"msoa11cd": ["A", "B"], "lad20cd": ["L", "L"]})
    before = counts(("A", "L", None, 200))

    after = reallocate(before, "msoa11cd", "lad20cd", b"seven", 0.2, homes=homes)

    assert after["msoa11cd"].tolist() == ["A", "B"]
    assert after["sex"].isna().all()
    assert after["numerator"].sum() == 200


def test_a_death_stays_where_the_neighbour_has_nobody_of_its_group():
    before = counts(("A", "L", "F", 50), ("A", "L", "M", 50), ("B", "L", "M", 1))
    people = pd.DataFrame({"msoa11cd": ["A", "A", "B"], "sex": ["F", "M", "M"]})

    after = reallocate(before, "msoa11cd", "lad20cd", b"three", 0.5, people=people)

    women, men = (after[after["sex"] == sex].set_index("msoa11cd")["numerator"] for sex in "FM")
    assert women.to_dict() == {"A": 50}
    assert men["B"] > 1


def test_an_area_without_a_home_is_refused():
    homes = pd.DataFrame({"msoa11cd": ["A"], "lad20cd": ["L"]})

    with pytest.raises(DisclosureError, match="msoa11cd B: the area is not among those"):
        reallocate(counts(("B", "L", "F", 3)), "msoa11cd", "lad20cd", b"one", homes=homes)
