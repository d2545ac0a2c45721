"""The attacker's intervals against those of other programs, and by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.attack import bounds
from analysis.disclosure.hierarchies import add_totals
from analysis.disclosure.knowledge import percentages, rounded_counts
from analysis.disclosure.polytope import OPTIMAL, Polytope
from analysis.errors import DisclosureError
from tests.disclosure import secondary

PATTERNS = (
    "occ_1_sdcTable_gauss", "occ_1_sdcTable_simpleheuristic", "occ_1_sdcTable_hypercube",
    "occ_1_sdcTable_hitas", "occ_2_sdcTable_gauss", "occ_2_sdcTable_simpleheuristic",
    "occ_2_sdcTable_hypercube",
)  # fmt: skip
SEX = {"sex": {"Persons": ["F", "M"]}}


def pattern(shared, name):
    cells, hierarchies = secondary.read(shared / "oracles" / "secondary_suppression", name)
    return cells.drop(columns=["attack_low", "attack_up"]), hierarchies, cells


def by_sex(women, men, persons):
    return pd.DataFrame({"sex": ["F", "M", "Persons"], "numerator": [women, men, persons]})


@pytest.mark.parametrize("name", PATTERNS)
def test_intervals_are_those_of_sdctable(shared, name):
    cells, hierarchies, expected = pattern(shared, name)

    found = bounds(cells, hierarchies)

    both = expected[expected["suppressed"]].merge(found, on=list(hierarchies), suffixes=("", "_us"))
    assert len(both) == len(found) == expected["suppressed"].sum()
    assert np.abs(both["attack_low_us"] - both["attack_low"]).max() < 1e-6
    assert np.abs(both["attack_up_us"] - both["attack_up"]).max() < 1e-6


def test_nineteen_of_the_26_primary_cells_of_the_hitas_pattern_are_recovered(shared):
    cells, hierarchies, _ = pattern(shared, "occ_1_sdcTable_hitas")

    found = bounds(cells, hierarchies).query("primary")

    assert len(found) == 26
    assert found["exact"].sum() == 19


def test_a_recovered_count_is_the_true_one(shared):
    cells, hierarchies, expected = pattern(shared, "occ_1_sdcTable_hitas")
    blank = cells.drop(columns="suppressed").assign(
        freq=cells["freq"].astype(float).mask(cells["suppressed"])
    )

    found = bounds(blank, hierarchies).query("exact").merge(expected, on=list(hierarchies))

    assert (found["attack_low_x"] == found["freq"]).all()


def test_one_withheld_part_of_a_total_is_the_rest():
    found = bounds(by_sex(np.nan, 30, 32), SEX)

    # 32 - 30
    assert found[["attack_low", "attack_up", "exact"]].to_numpy().tolist() == [[2, 2, True]]


def test_two_withheld_parts_lie_between_nothing_and_their_sum():
    found = bounds(by_sex(np.nan, np.nan, 32), SEX)

    assert found["attack_low"].tolist() == [0, 0]
    assert found["attack_up"].tolist() == [32, 32]
    assert found["status"].tolist() == ["bounded", "bounded"]


def test_suppressed_counts_are_not_looked_at():
    marked = by_sex(2, 30, 32).assign(suppressed=[True, True, False])
    wrong = by_sex(31, 30, 32).assign(suppressed=[True, True, False])

    assert bounds(marked, SEX)["attack_up"].tolist() == bounds(wrong, SEX)["attack_up"].tolist()


def test_who_knows_that_no_zero_is_withheld_knows_more():
    found = bounds(by_sex(np.nan, np.nan, 2), SEX, minimum=1)

    assert found["exact"].all()


def test_whole_numbers_tell_more_than_fractions():
    # Of three pairs of three unknowns each pair adds up to an odd number: 2a = 1 + 1 - 1.
    hierarchies = {"area": [{"ab": ["a", "b"]}, {"bc": ["b", "c"]}, {"ac": ["a", "c"]}]}
    cells = pd.DataFrame(
        {"area": ["a", "b", "c", "ab", "bc", "ac"], "numerator": [np.nan] * 3 + [1, 1, 1]}
    )

    assert bounds(cells, hierarchies)["attack_low"].tolist() == [0.5, 0.5, 0.5]
    assert set(bounds(cells, hierarchies, whole=True)["status"]) == {"infeasible"}


def test_a_total_without_a_row_still_ties_its_parts_to_the_total_above():
    hierarchies = {"area": {"England": {"North": ["A", "B"], "South": ["C"]}}}
    cells = pd.DataFrame({"area": ["England", "A", "B", "C"], "numerator": [10, np.nan, 3, 5]})

    # 10 - 3 - 5, though North and South are in no table
    assert bounds(cells, hierarchies)["attack_low"].tolist() == [2]


def test_a_column_that_a_table_lacks_stands_at_its_total():
    hierarchies = {**SEX, "area": {"All": ["A", "B"]}}
    one = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [4, 5, 9]})
    other = pd.DataFrame({"sex": ["F", "M"], "area": "A", "numerator": [np.nan, 3]})

    found = bounds({"areas": one, "sexes": other}, hierarchies)

    # 4 deaths in A of the first table, 3 of them men in the second
    assert found[["sex", "area", "attack_up", "tables"]].to_numpy().tolist() == [
        ["F", "A", 1.0, "sexes"]
    ]


def test_a_withheld_cell_that_no_sum_holds_is_unbounded_and_not_safe():
    found = bounds(by_sex(np.nan, np.nan, np.nan), SEX)

    assert set(found["status"]) == {"unbounded"}
    assert np.isinf(found["attack_up"]).all()


def test_a_ceiling_bounds_what_the_sums_do_not_but_the_status_stays():
    found = bounds(by_sex(np.nan, np.nan, np.nan), SEX, ceiling=500)

    assert found["attack_up"].max() == 500
    assert set(found["status"]) == {"unbounded"}


def test_knowledge_that_contradicts_the_sums_is_infeasible_and_not_safe():
    cells = by_sex(np.nan, np.nan, 10).assign(known_low=[8, 8, None])

    assert set(bounds(cells, SEX)["status"]) == {"infeasible"}


def test_one_block_that_is_infeasible_leaves_the_others_bounded():
    cells = pd.DataFrame(
        {
            "year": ["1"] * 3 + ["2"] * 3,
            "sex": ["F", "M", "Persons"] * 2,
            "numerator": [np.nan, np.nan, 10] * 2,
            "known_low": [8, 8, None] + [None] * 3,
        }
    )

    found = bounds(cells, {**SEX, "year": {}})

    assert found["status"].tolist() == ["infeasible"] * 2 + ["bounded"] * 2


def test_rounded_counts_are_known_within_half_of_the_base():
    cells = by_sex(np.nan, np.nan, np.nan)
    rounded = by_sex(5, 20, 30)

    found = bounds(cells, SEX, knowledge=[rounded_counts(rounded, ["sex"], "numerator", 5)])

    # Persons at least 27.5 of F at most 7.5 and M at most 22.5; so at most 30, and M at least 20
    assert found["attack_low"].tolist() == [5, 20, 27.5]
    assert found["attack_up"].tolist() == [7.5, 22.5, 30]


def test_a_percentage_of_a_shown_total_gives_the_count():
    share = pd.DataFrame({"sex": ["F"], "share": [6.2]})

    found = bounds(
        by_sex(np.nan, np.nan, 32),
        SEX,
        knowledge=[percentages(share, ["sex"], "share", {"sex": "Persons"})],
        whole=True,
    )  # fmt: skip

    # 6.15% to 6.25% of 32 is 1.968 to 2.0
    assert found["attack_low"].tolist() == found["attack_up"].tolist() == [2, 30]


def test_tables_that_show_two_values_of_a_cell_are_refused_with_their_difference():
    alone = pd.DataFrame({"sex": ["Persons"], "numerator": [30]})

    with pytest.raises(DisclosureError, match="sex Persons: one shows 32 and two shows 30") as told:
        bounds({"one": by_sex(2, 30, 32), "two": alone}, SEX)
    assert "Their difference, 2," in str(told.value)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (by_sex(2, 30, 33), "sex Persons: the total is 33, but its 2 parts along sex add up to 32"),
        (by_sex(np.nan, 40, 33), "33, but its 2 parts along sex add up to 40 before 1 withheld"),
        (by_sex(2, 30, -1), "1 of 3 counts in column numerator are below 0"),
        (by_sex(2, 30, 32).assign(sex=["F", "F", "M"]), "1 of 3 rows repeat the codes"),
        (by_sex(2, 30, 32).assign(sex=["F", None, "M"]), "1 of 3 rows have no code in column sex"),
        (by_sex(2, 30, 32).rename(columns={"sex": "gender"}), "none of the dimensions sex"),
        (by_sex(2, 30, 32)[["sex"]], "0 columns could hold the counts"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(cells, message):
    with pytest.raises(DisclosureError, match=message):
        bounds(cells, SEX)


@pytest.mark.parametrize(
    ("hierarchies", "message"),
    [
        ({}, "no dimensions"),
        ({"sex": {"Persons": []}}, "has no parts"),
        ({"sex": {"Persons": ["F", "F"]}}, "names 1 of its 2 parts more than once"),
        ({"sex": {"Persons": ["F", "Persons"]}}, "is one of its own parts"),
        ({"sex": {"Persons": ["F"], "F": ["Persons"]}}, "goes round in a circle"),
        ({"sex": {"Persons": "F"}}, "is no list of codes"),
    ],
)
def test_a_hierarchy_that_makes_no_sense_is_refused(hierarchies, message):
    with pytest.raises(DisclosureError, match=message):
        bounds(by_sex(2, 30, 32), hierarchies)


def test_codes_that_were_read_as_numbers_are_the_same_codes():
    cells = pd.DataFrame({"decile": [1, 2, 3], "numerator": [np.nan, 5, 8]})

    found = bounds(cells, {"decile": {"3": [1, 2]}})

    assert found["attack_low"].tolist() == [3]


def test_stopping_early_finds_the_same_narrow_cells(shared):
    cells, hierarchies, _ = pattern(shared, "occ_1_sdcTable_hitas")

    whole = bounds(cells, hierarchies)
    early = bounds(cells, hierarchies, at_least=1)

    narrow = whole["attack_up"] - whole["attack_low"] < 1 - 1e-6
    assert narrow.tolist() == (early["attack_up"] - early["attack_low"] < 1 - 1e-6).tolist()


def test_warm_and_cold_solvers_agree():
    rng = np.random.default_rng(5)
    matrix = rng.integers(0, 2, (6, 12)).astype(float)
    inside = rng.integers(0, 5, 12)
    rows = matrix @ inside
    limits = (rows, rows + np.array([0, 0, 0, 1, 2, 3]), np.zeros(12), np.full(12, 9.0))

    for column in range(12):
        warm = Polytope(matrix, *limits).most(column)
        cold = Polytope(matrix, *limits, warm=False).most(column)

        assert warm.status == cold.status == OPTIMAL
        assert warm.value == pytest.approx(cold.value)
        assert cold.point[column] == pytest.approx(cold.value)


def test_a_programme_that_is_changed_gives_what_a_new_one_gives():
    matrix, zero = np.array([[1.0, -1.0, -1.0], [0.0, 1.0, 1.0]]), np.zeros(2)
    changed = Polytope(matrix, zero, [0, 9], np.zeros(3), np.full(3, 9.0), cost=[1, 2, 3])
    assert changed.cheapest().value == pytest.approx(0)

    changed.bound_sums(np.array([1]), np.array([4.0]))
    changed.bound(np.array([1]), 1.0)
    changed.price(np.array([2]), 5.0)

    high = [9, 1, 9]
    for warm in (True, False):
        new = Polytope(matrix, [0, 4], [0, 9], np.zeros(3), high, warm, cost=[1, 2, 5])
        # 4 in all, 1 of them at a price of 1 + 2 and 3 at a price of 1 + 5
        assert new.cheapest().value == pytest.approx(changed.cheapest().value) == 21


def test_totals_are_made_for_every_combination_of_codes():
    inner = pd.DataFrame(
        [("F", "A", 1), ("M", "A", 2), ("F", "B", 4)], columns=["sex", "area", "numerator"]
    )

    cells = add_totals(inner, {**SEX, "area": {"All": ["A", "B"]}})

    assert len(cells) == 8
    assert cells.query("sex == 'Persons' and area == 'All'")["numerator"].item() == 1 + 2 + 4
