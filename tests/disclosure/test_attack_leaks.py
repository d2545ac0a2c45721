"""Planted leaks, each found with its cell, its tables and its sum; and no false alarms."""

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.attack import bounds, read_system
from analysis.disclosure.checks import group_disclosure, small_populations, telling_zeros
from analysis.disclosure.hierarchies import add_totals
from analysis.disclosure.knowledge import (
    counts_from_limits,
    crude_rates,
    ranges_known,
    standardised_rates,
)
from analysis.disclosure.leaks import find_leaks, require_no_leaks
from analysis.disclosure.suppress import suppress
from analysis.disclosure.together import editions, overlay
from analysis.errors import DisclosureError
from analysis.statistics.intervals import WeightedSum, poisson_limits, weighted_limits
from tests.disclosure import secondary

SEX = {"sex": {"Persons": ["F", "M"]}}


def by_sex(women, men, persons):
    return pd.DataFrame({"sex": ["F", "M", "Persons"], "numerator": [women, men, persons]})


def sex_by_area(*inner):
    codes = [(sex, area) for sex in "FM" for area in "ABC"]
    rows = [(*code, count) for code, count in zip(codes, inner, strict=True)]
    hierarchies = {**SEX, "area": {"All": ["A", "B", "C"]}}
    cells = pd.DataFrame(rows, columns=["sex", "area", "numerator"])
    return add_totals(cells, hierarchies), hierarchies


def published(protected):
    """What a reader gets of a protected table: no count of a withheld cell, and no marks."""
    shown = protected["numerator"].astype(float).mask(protected["suppressed"])
    return protected.assign(numerator=shown).drop(columns=["primary", "suppressed"])


def test_the_leaks_of_the_hitas_pattern_are_found_with_their_sums(shared):
    folder = shared / "oracles" / "secondary_suppression"
    cells, hierarchies = secondary.read(folder, "occ_1_sdcTable_hitas")

    leaks = find_leaks(cells, hierarchies, max_primary=2)

    assert len(leaks) == 19
    found = leaks.set_index("cell").loc["sex F, occ O05, dep 3"]
    assert found["reason"] == "is exactly 1"
    assert found["sum"] == "= 6 [sex Total, occ O05, dep 3] - 5 [sex M, occ O05, dep 3]"


def test_a_total_less_the_other_part_is_named_and_stops_the_build():
    leaks = find_leaks({"deaths by sex": by_sex(np.nan, 30, 32)}, SEX, max_primary=2)

    assert leaks.to_dict("records") == [
        {
            "cell": "sex F",
            "attack_low": 2.0,
            "attack_up": 2.0,
            "reason": "is exactly 2",
            "tables": "deaths by sex",
            "sum": "= 32 [sex Persons] - 30 [sex M]",
        }
    ]
    with pytest.raises(DisclosureError, match="Edition demo: a reader can work out 1 withheld"):
        require_no_leaks(leaks, "Edition demo")


def test_no_leak_does_not_stop_the_build():
    require_no_leaks(find_leaks(by_sex(np.nan, np.nan, 32), SEX, max_primary=2), "Edition demo")


def test_a_count_behind_a_published_rate_is_found():
    rates = pd.DataFrame({"sex": ["F"], "crude_rate": [2.4], "denominator": [83_000]})

    leaks = find_leaks(by_sex(np.nan, np.nan, 32), SEX, 2, knowledge=[crude_rates(rates, ["sex"])])

    # 2.35 to 2.45 of 100,000 is 1.95 to 2.03 of 83,000
    assert leaks["cell"].tolist() == ["sex F"]
    assert leaks["reason"].item() == "is exactly 2"
    assert "crude_rate and denominator" in leaks["sum"].item()


def test_a_rate_over_many_people_that_leaves_several_counts_is_no_alarm():
    rates = pd.DataFrame({"sex": ["F"], "crude_rate": [0.1], "denominator": [9_000_000]})

    leaks = find_leaks(
        by_sex(np.nan, np.nan, 32), SEX, 2, 2, knowledge=[crude_rates(rates, ["sex"])]
    )

    # 0.05 to 0.15 of 100,000 is 4.5 to 13.5 of 9 million
    assert leaks.empty


def women_of_two_ages(asmr):
    """Five women, and a rate of 0.6 d / 20,000 + 0.4 d / 5,000: 3 and 8 for each death."""
    ages = pd.DataFrame(
        {
            "sex": "F",
            "age_band": ["0-64", "65+"],
            "weight": [0.6, 0.4],
            "denominator": [20_000, 5_000],
        }
    )
    rates = pd.DataFrame({"sex": ["F"], "asmr": [asmr]})
    women = pd.DataFrame({"sex": ["F"], "age_band": ["All ages"], "numerator": [5]})
    hierarchies = {**SEX, "age_band": {"All ages": ["0-64", "65+"]}}
    return women, hierarchies, standardised_rates(rates, ["sex"], ages)


def test_counts_by_age_behind_a_rate_and_a_total_are_found():
    women, hierarchies, known = women_of_two_ages(asmr=25.0)

    leaks = find_leaks(women, hierarchies, max_primary=3, knowledge=[known])

    # 3 a + 8 b = 25 and a + b = 5: a = 3, b = 2
    assert leaks["cell"].tolist() == ["sex F, age_band 0-64", "sex F, age_band 65+"]
    assert leaks["reason"].tolist() == ["is exactly 3", "is exactly 2"]
    assert leaks["tables"].tolist() == ["table", "table"]
    assert "asmr and populations" in leaks["sum"].iloc[0]


def test_a_rate_that_no_whole_counts_can_give_is_infeasible():
    women, hierarchies, known = women_of_two_ages(asmr=22.0)

    leaks = find_leaks(women, hierarchies, max_primary=3, knowledge=[known])

    # 3 a + 8 b = 22 and a + b = 5 hold for b = 1.4 alone
    assert set(leaks["reason"]) == {"infeasible"}


@pytest.mark.parametrize("deaths", [1, 2, 3, 5, 9, 10, 19])
def test_a_count_is_recovered_from_the_distances_of_the_limits_of_a_crude_rate(deaths):
    lower, upper = poisson_limits(np.array([deaths]), "exact")
    per = 100_000 / 41_000
    rates = pd.DataFrame(
        {"crude_rate": [deaths * per], "lower_ci": lower * per, "upper_ci": upper * per}
    ).round(1)

    found = counts_from_limits(rates, "crude_rate", method="exact")

    assert (found["low"] <= deaths).all()
    assert (found["high"] >= deaths).all()
    assert found["possible"].item() <= 1 + deaths // 5


@pytest.mark.parametrize("deaths", [1, 2, 3, 4, 5])
def test_a_count_is_recovered_from_dobson_limits_without_any_population(deaths):
    # Weighted by ages: a variance above that of equal weights.
    rate, variance = 80.0, 1.7 * 80.0**2 / deaths
    total = WeightedSum(np.array([deaths]), np.array([rate]), np.array([variance]))
    lower, upper = weighted_limits(total, "dobson-exact")
    rates = pd.DataFrame({"asmr": [rate], "lower_ci": lower, "upper_ci": upper}).round(1)

    found = counts_from_limits(rates, "asmr", method="exact")

    assert found[["low", "high", "possible"]].to_numpy().tolist() == [[deaths, deaths, 1]]


def test_a_count_from_the_width_of_an_interval_gives_a_withheld_cell_away():
    lower, upper = poisson_limits(np.array([2]), "exact")
    rates = pd.DataFrame(
        {"sex": ["F"], "asmr": [50.0], "lower_ci": 25 * lower, "upper_ci": 25 * upper}
    ).round(1)
    told = counts_from_limits(rates, "asmr", method="exact")
    known = ranges_known(rates, ["sex"], told["low"], told["high"], "limits of asmr")

    leaks = find_leaks(by_sex(np.nan, np.nan, 32), SEX, 2, knowledge=[known])

    assert leaks[["cell", "reason"]].to_numpy().tolist() == [["sex F", "is exactly 2"]]
    assert "limits of asmr" in leaks["sum"].item()


def test_a_hidden_decile_is_found_from_two_geographies():
    # Deciles 1 and 2 are withheld together; but authority X is all of decile 1.
    lookup = pd.DataFrame(
        {
            "lsoa11cd": list("abcdef"),
            "lad20cd": ["X", "X", "Y", "Y", "Z", "Z"],
            "imd_decile": ["d1", "d1", "d2", "d3", "d3", "d3"],
        }
    )
    pieces, trees = overlay(lookup, ["lad20cd", "imd_decile"])
    tables = {
        "authorities": pd.DataFrame({"area": ["X", "Y", "Z"], "numerator": [2, 9, 20]}),
        "deciles": pd.DataFrame({"area": ["d1", "d2", "d3"], "numerator": [np.nan, np.nan, 24]}),
        "pieces": pieces,
    }

    leaks = find_leaks(tables, {"area": trees}, max_primary=2)

    found = leaks.set_index("cell").loc["area d1"]
    assert found["reason"] == "is exactly 2"
    assert found["tables"] == "deciles, authorities"
    assert found["sum"] == "= 2 [area X]"


def test_deciles_that_cross_authorities_stay_hidden():
    lookup = pd.DataFrame(
        {
            "lad20cd": ["X", "X", "Y", "Y", "Z", "Z"],
            "imd_decile": ["d1", "d2", "d1", "d2", "d3", "d3"],
        }
    )
    pieces, trees = overlay(lookup, ["lad20cd", "imd_decile"])
    tables = {
        "authorities": pd.DataFrame({"area": ["X", "Y", "Z"], "numerator": [12, 19, 20]}),
        "deciles": pd.DataFrame({"area": ["d1", "d2", "d3"], "numerator": [np.nan, np.nan, 20]}),
        "pieces": pieces,
    }

    assert find_leaks(tables, {"area": trees}, max_primary=2).empty


def test_a_new_table_tells_of_what_shares_hidden_sums_with_it_alone():
    hierarchies = {"area": {"All": ["A", "B"], "A": ["a1", "a2"], "B": ["b1", "b2"]}, **SEX}
    inner = [
        (area, sex, 2 if area in ("a1", "b1") else 9)
        for area in ("a1", "a2", "b1", "b2")
        for sex in "FM"
    ]
    cells = add_totals(pd.DataFrame(inner, columns=["area", "sex", "numerator"]), hierarchies)
    hidden = (cells["area"].str.len() == 2) & (cells["sex"] != "Persons")
    old = cells.assign(numerator=cells["numerator"].astype(float).mask(hidden))
    new = cells[(cells["area"] == "a2") & (cells["sex"] == "F")]
    evidence = read_system({"old": old, "new": new}, hierarchies)

    reached = evidence.system.cells.frame(np.flatnonzero(evidence.system.hidden))[
        evidence.reached_by({"new"})
    ]
    leaks = find_leaks({"old": old, "new": new}, hierarchies, max_primary=2, new={"new"})

    assert sorted(reached["area"].unique()) == ["a1", "a2"]
    assert leaks["cell"].tolist() == ["area a1, sex F", "area a1, sex M"]
    # What shows nothing that was not shown tells of nothing.
    again = old[old["area"] == "A"]
    assert not read_system({"old": old, "again": again}, hierarchies).reached_by({"again"}).any()


def test_one_late_registration_is_found_from_two_editions():
    hierarchies = {"area": {"All": ["A", "B"]}}
    earlier = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [40, 50, 90]})
    later = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [41, 75, 116]})

    leaks = find_leaks(*editions(earlier, later, hierarchies), max_primary=2)

    # 41 - 40; B grew by 25, and so did not leak
    assert leaks["cell"].tolist() == ["area A, edition between"]
    assert leaks["reason"].tolist() == ["is exactly 1"]
    assert leaks["tables"].item() == "between, later, earlier"
    assert "41 [area A, edition later] - 40 [area A, edition earlier]" in leaks["sum"].item()


def test_a_cell_withheld_in_the_later_edition_is_found_from_the_earlier():
    hierarchies = {"area": {"All": ["A", "B"]}}
    earlier = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [2, 50, 52]})
    later = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [np.nan, np.nan, 52]})

    leaks = find_leaks(*editions(earlier, later, hierarchies), max_primary=2)

    # 52 in both: nobody died late, so that A is still 2
    assert leaks["cell"].tolist() == ["area A, edition later"]


def test_editions_in_which_a_count_fell_are_possible_where_records_can_change():
    hierarchies = {"area": {"All": ["A", "B"]}}
    earlier = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [40, 50, 90]})
    later = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [38, 52, 90]})

    with pytest.raises(DisclosureError, match="area A, edition later: the total is 38"):
        bounds(*editions(earlier, later, hierarchies))
    revised = bounds(*editions(earlier, later, hierarchies, revised=True))

    assert revised.set_index("area")["attack_low"].to_dict() == {"A": -2, "B": 2, "All": 0}


def test_a_margin_recomputed_without_the_withheld_records_is_found():
    recomputed = pd.DataFrame({"area": ["A", "B", "C", "All"], "numerator": [np.nan, 30, 40, 70]})
    totals = pd.DataFrame({"area": ["All"], "numerator": [72]})

    with pytest.raises(DisclosureError, match="area All: msoa shows 70 and authorities shows 72"):
        find_leaks({"msoa": recomputed, "authorities": totals}, {"area": {"All": list("ABC")}}, 2)


def test_a_margin_that_leaves_nothing_for_withheld_cells_cannot_be_of_true_counts():
    recomputed = pd.DataFrame({"area": ["A", "B", "All"], "numerator": [np.nan, 30, 30]})

    leaks = find_leaks(recomputed, {"area": {"All": ["A", "B"]}}, 2, minimum=1)

    assert leaks["reason"].tolist() == ["infeasible"]


def test_a_count_that_another_table_shows_is_found():
    tables = {
        "by sex": by_sex(np.nan, np.nan, 32),
        "women": pd.DataFrame({"sex": ["F"], "numerator": [2]}),
    }

    leaks = find_leaks(tables, SEX, max_primary=2)

    assert leaks["cell"].tolist() == ["sex F"]
    assert leaks["sum"].item() == "by sex withholds it, women shows it"


def test_a_large_count_that_can_be_worked_out_is_no_leak():
    assert find_leaks(by_sex(np.nan, 30, 62), SEX, max_primary=2).empty


def test_a_protected_table_raises_no_alarm():
    cells, hierarchies = sex_by_area(1, 9, 19, 7, 8, 2)

    protected = suppress(cells, hierarchies, max_primary=2)

    assert find_leaks(protected, hierarchies, 2, protection=2).empty
    assert find_leaks(published(protected), hierarchies, 2, protection=2).empty


def test_rates_of_shown_cells_raise_no_alarm():
    cells, hierarchies = sex_by_area(1, 9, 19, 7, 8, 2)
    shown = published(suppress(cells, hierarchies, max_primary=2))
    rates = shown.dropna().assign(denominator=70_000.0)
    rates["crude_rate"] = (rates["numerator"] / rates["denominator"] * 100_000).round(1)

    leaks = find_leaks(shown, hierarchies, 2, 2, knowledge=[crude_rates(rates, ["sex", "area"])])

    assert leaks.empty


def test_a_rate_that_contradicts_a_shown_count_is_refused():
    rates = pd.DataFrame({"sex": ["M"], "crude_rate": [50.0], "denominator": [70_000]})

    # 30 of 70,000 is 42.9
    with pytest.raises(DisclosureError, match="sex M: crude_rate and denominator cannot"):
        find_leaks(by_sex(np.nan, 30, 32), SEX, 2, knowledge=[crude_rates(rates, ["sex"])])


def test_a_cell_that_nothing_bounds_is_reported_unless_a_ceiling_is_known():
    nothing = by_sex(np.nan, np.nan, np.nan)

    assert set(find_leaks(nothing, SEX, 2)["reason"]) == {"unbounded"}
    assert find_leaks(nothing, SEX, 2, ceiling=600_000).empty


def test_all_deaths_of_a_group_in_one_category_are_found():
    cells, hierarchies = sex_by_area(0, 9, 19, 7, 8, 2)

    found = group_disclosure(cells, hierarchies)

    assert found.to_dict("records") == [
        {
            "group": "sex Persons, area A",
            "by": "sex",
            "category": "M",
            "total": 7.0,
            "at_least": 7.0,
        }
    ]


def test_a_category_that_dominates_is_found_from_the_share_asked_for():
    cells, hierarchies = sex_by_area(1, 9, 10, 7, 8, 2)

    # A: 7 of 8 are men, 0.875; C: 10 of 12 are women, 0.83
    assert group_disclosure(cells, hierarchies, share=0.85)["category"].tolist() == ["M"]
    assert sorted(group_disclosure(cells, hierarchies, share=0.83)["category"]) == ["F", "M"]


def test_a_group_whose_one_category_is_withheld_is_found_all_the_same():
    found = group_disclosure(by_sex(np.nan, 0, 7), SEX)

    assert found[["category", "at_least"]].to_numpy().tolist() == [["F", 7.0]]


def test_zeros_that_are_always_shown_tell_what_is_withheld():
    # Of F and M, 2 together, neither is 0.
    found = telling_zeros(by_sex(np.nan, np.nan, 2), SEX)

    assert found["attack_low"].tolist() == [1, 1]
    assert telling_zeros(by_sex(np.nan, np.nan, 9), SEX).empty


def test_rates_over_few_people_are_found():
    rates = pd.DataFrame({"sex": ["F", "M"], "asmr": [20.1, np.nan], "denominator": [999, 10]})

    found = small_populations(rates, ["sex"], smallest=1_000, rate="asmr")

    # M has no rate shown
    assert found.to_numpy().tolist() == [["F", 999]]
    assert small_populations(rates, ["sex"], smallest=999, rate="asmr").empty
