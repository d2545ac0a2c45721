"""Suppression against the patterns of other programs, and its rules one by one."""

import pandas as pd
import pytest

from analysis.disclosure.attack import bounds
from analysis.disclosure.hierarchies import add_totals
from analysis.disclosure.suppress import suppress
from analysis.errors import DisclosureError
from tests.disclosure import secondary

SEX = {"Persons": ["F", "M"]}
AREA = {"All": ["A", "B", "C"]}
HIERARCHIES = {"sex": SEX, "area": AREA}


def table(*rows):
    inner = pd.DataFrame(rows, columns=["sex", "area", "numerator"])
    return add_totals(inner, HIERARCHIES)


def two_by_three(a, b, c, d, e, f):
    codes = [(sex, area) for sex in "FM" for area in "ABC"]
    return table(*[(*code, count) for code, count in zip(codes, (a, b, c, d, e, f), strict=True)])


def peers(shared):
    folder = shared / "oracles" / "secondary_suppression"
    summary = pd.read_csv(folder / "summary.csv").set_index("table")
    return folder, summary


@pytest.fixture(scope="module")
def patterns(shared):
    """Our pattern of each table of the peers, with its hierarchies and their summary."""
    folder, summary = peers(shared)
    found = {}
    for name in secondary.TABLES:
        cells, hierarchies = secondary.read(folder, name)
        counts = cells.drop(columns=["primary", "suppressed"])
        largest = int(summary.loc[name, "max_primary"])
        found[name] = suppress(counts, hierarchies, largest), hierarchies, summary.loc[name], cells
    return found


@pytest.mark.parametrize("name", secondary.TABLES)
def test_primary_cells_are_those_of_the_peers(patterns, name):
    ours, _, _, theirs = patterns[name]

    assert ours["primary"].tolist() == theirs["primary"].tolist()
    assert ours.loc[ours["primary"], "suppressed"].all()


@pytest.mark.parametrize("name", secondary.TABLES)
def test_no_primary_cell_is_bounded_more_tightly_than_the_largest_small_count(patterns, name):
    ours, hierarchies, summary, _ = patterns[name]

    found = bounds(ours, hierarchies).query("primary")

    assert not found["exact"].any()
    assert (found["attack_up"] - found["attack_low"]).min() >= summary["max_primary"] - 1e-6


@pytest.mark.parametrize("name", secondary.TABLES)
def test_a_pattern_withholds_no_more_cells_and_no_more_deaths_than_gausssuppression(patterns, name):
    ours, _, summary, _ = patterns[name]

    about = ours.attrs["suppression"]

    assert about["secondary"] <= summary["secondary"]
    assert about["withheld"] <= summary["suppressed_freq"]


@pytest.mark.parametrize("name", secondary.TABLES)
def test_patterns_of_these_tables_are_proved_to_be_the_cheapest(patterns, name):
    about = patterns[name][0].attrs["suppression"]

    assert about["cost"] == pytest.approx(about["bound"])


def test_patterns_cost_less_than_those_of_every_method_of_sdctable(patterns, shared):
    folder, _ = peers(shared)
    theirs = pd.read_csv(folder / "summary_sdcTable.csv")

    for row in theirs.itertuples():
        about = patterns[row.table][0].attrs["suppression"]
        assert about["secondary"] < row.secondary
        assert about["withheld"] < row.suppressed_freq


@pytest.mark.parametrize("name", secondary.TABLES)
def test_protection_where_zeros_are_shown_holds_against_who_knows_that_they_are(shared, name):
    folder, summary = peers(shared)
    cells, hierarchies = secondary.read(folder, name)
    largest = int(summary.loc[name, "max_primary"])

    ours = suppress(cells.drop(columns=["primary"]), hierarchies, largest, zeros="shown")

    count = "ant" if "ant" in ours else "freq"
    assert (ours.loc[ours["suppressed"], count] > 0).all()
    found = bounds(ours, hierarchies, minimum=1).query("primary")
    assert (found["attack_up"] - found["attack_low"]).min() >= largest - 1 - 1e-6
    assert ours.attrs["suppression"]["secondary"] <= summary.loc[name, "secondary"]
    assert ours.attrs["suppression"]["withheld"] <= summary.loc[name, "suppressed_freq"]


def test_a_lone_small_count_takes_three_others_with_it():
    # F A is 1. One more cell of its row and one more of its column, and the corner between them:
    # of columns B and C the one with fewer deaths, 9 + 8 + 7 = 24 against 19 + 18 + 7.
    counts = two_by_three(1, 9, 19, 7, 8, 18)

    protected = suppress(counts, HIERARCHIES, max_primary=2)

    withheld = protected[protected["suppressed"]]
    assert sorted(withheld["sex"] + withheld["area"]) == ["FA", "FB", "MA", "MB"]
    assert protected.attrs["suppression"]["withheld"] == 1 + 9 + 7 + 8


def test_rows_come_back_in_their_order_and_the_table_given_is_not_changed():
    counts = two_by_three(1, 9, 19, 7, 8, 18).sample(frac=1, random_state=3)
    before = counts.copy()

    protected = suppress(counts, HIERARCHIES, max_primary=2)

    pd.testing.assert_frame_equal(counts, before)
    pd.testing.assert_frame_equal(protected[before.columns.tolist()], before)


def test_equal_tables_get_equal_patterns_whatever_the_order_of_rows():
    # Four corners of equal cost could hide F A.
    counts = two_by_three(1, 9, 9, 9, 9, 9)

    one = suppress(counts, HIERARCHIES, max_primary=2)
    mixed = suppress(counts.sample(frac=1, random_state=4), HIERARCHIES, max_primary=2)

    pd.testing.assert_frame_equal(one, mixed.sort_index())


def test_cells_of_no_table_bind_what_is_published():
    # Sex x area and sex x age are published, area x sex x age is not, but it is not below 0.
    codes = [("F", "A", "y", 1), ("F", "B", "y", 9), ("F", "A", "o", 8), ("F", "B", "o", 20)]
    codes += [("M", "A", "y", 9), ("M", "B", "y", 9), ("M", "A", "o", 9), ("M", "B", "o", 9)]
    hierarchies = {"sex": SEX, "area": {"All": ["A", "B"]}, "age": {"All ages": ["y", "o"]}}
    inner = pd.DataFrame(codes, columns=["sex", "area", "age", "numerator"])
    full = add_totals(inner, hierarchies)
    full["unpublished"] = (full["area"] != "All") & (full["age"] != "All ages")
    full["sensitive"] = full["sex"].eq("F") & full["area"].eq("All") & full["age"].eq("y")

    protected = suppress(full, hierarchies, max_primary=2)

    # Young women of all areas, 1 + 9, are to be hidden; small cells of no table are not primary.
    assert protected.loc[protected["primary"], "numerator"].tolist() == [10]
    assert protected.loc[full["unpublished"], "suppressed"].all()
    found = bounds(protected, hierarchies).query("primary")
    assert (found["attack_up"] - found["attack_low"]).item() >= 2


def test_a_count_of_the_largest_small_number_is_withheld_and_one_more_is_shown():
    protected = suppress(two_by_three(5, 6, 9, 9, 9, 9), HIERARCHIES, max_primary=5)

    primary = protected[protected["primary"]]
    assert (primary["sex"] + primary["area"]).tolist() == ["FA"]


def test_zeros_are_primary_only_where_the_rule_says_so():
    counts = two_by_three(0, 9, 9, 9, 9, 9)

    assert suppress(counts, HIERARCHIES, 2)["suppressed"].sum() == 0
    assert suppress(counts, HIERARCHIES, 2, zeros="primary")["primary"].sum() == 1


def test_a_cell_to_be_kept_is_shown_and_dearer_ones_are_withheld():
    counts = two_by_three(1, 9, 19, 7, 8, 18)
    counts["keep"] = (counts["sex"] == "F") & (counts["area"] == "B")

    protected = suppress(counts, HIERARCHIES, max_primary=2)

    withheld = protected[protected["suppressed"]]
    assert sorted(withheld["sex"] + withheld["area"]) == ["FA", "FC", "MA", "MC"]


def test_a_sensitive_cell_is_protected_whatever_its_count():
    counts = two_by_three(50, 60, 70, 80, 90, 99)
    counts["sensitive"] = (counts["sex"] == "M") & (counts["area"] == "C")

    protected = suppress(counts, HIERARCHIES, max_primary=2)

    assert protected.attrs["suppression"]["primary"] == 1
    found = bounds(protected, HIERARCHIES).query("primary")
    assert (found["attack_up"] - found["attack_low"]).item() >= 2


def test_a_cell_that_nothing_can_hide_is_refused_by_name():
    counts = two_by_three(1, 9, 19, 7, 8, 18)
    counts["keep"] = counts["numerator"] != 1

    with pytest.raises(DisclosureError, match="sex F, area A: nothing that may be withheld"):
        suppress(counts, HIERARCHIES, max_primary=2)


def test_a_small_count_cannot_be_kept():
    counts = two_by_three(1, 9, 19, 7, 8, 18).assign(keep=True)

    with pytest.raises(DisclosureError, match="sex F, area A: the count is small"):
        suppress(counts, HIERARCHIES, max_primary=2)


def test_tables_that_share_totals_are_protected_together():
    # By age, women of 0-19 are 1. Alone, that table could hide all women (20) and all men (30),
    # its cheapest way but for one death; the table by sex shows them.
    by_age = add_totals(
        pd.DataFrame(
            [("F", "0-19", 1), ("F", "20+", 19), ("M", "0-19", 40), ("M", "20+", 2)],
            columns=["sex", "age_band", "numerator"],
        ),
        {"sex": SEX, "age_band": {"All ages": ["0-19", "20+"]}},
    )
    by_area = add_totals(
        pd.DataFrame(
            [("F", "A", 10), ("F", "B", 10), ("F", "C", 0), ("M", "A", 21), ("M", "B", 21)],
            columns=["sex", "area", "numerator"],
        ),
        HIERARCHIES,
    )
    hierarchies = {**HIERARCHIES, "age_band": {"All ages": ["0-19", "20+"]}}

    protected = suppress({"by age": by_age, "by area": by_area}, hierarchies, max_primary=2)

    found = bounds(protected, hierarchies).query("primary")
    assert len(found) == 2
    assert (found["attack_up"] - found["attack_low"]).min() >= 2
    # A cell of both tables has one status: all women by age are all women by area.
    of_ages = protected["by age"].query("sex == 'F' and age_band == 'All ages'")
    of_areas = protected["by area"].query("sex == 'F' and area == 'All'")
    assert of_ages["suppressed"].item() == of_areas["suppressed"].item()


def test_a_part_without_a_row_counts_as_nothing():
    full = two_by_three(1, 9, 0, 7, 8, 20)

    protected = suppress(full[full["numerator"] > 0], HIERARCHIES, max_primary=2)

    withheld = protected[protected["suppressed"]]
    assert sorted(withheld["sex"] + withheld["area"]) == ["FA", "FB", "MA", "MB"]


def lone_part(persons):
    """All deaths, and those of women; nobody tells how many men died."""
    rows = [("Persons", persons, True), ("F", 1, False)]
    return pd.DataFrame(rows, columns=["sex", "numerator", "keep"])


def test_a_part_that_no_table_tells_leaves_its_sum_open():
    marked = suppress(lone_part(9), {"sex": SEX}, max_primary=2, open_parts=True)

    assert marked["suppressed"].tolist() == [False, True]


def test_a_total_below_the_parts_that_are_told_is_refused_though_others_are_not():
    with pytest.raises(DisclosureError, match="the total is 0, but its 1 parts"):
        suppress(lone_part(0), {"sex": SEX}, max_primary=2, open_parts=True)


def test_a_part_that_no_table_tells_cannot_be_below_nothing():
    cells = lone_part(1).assign(sensitive=[False, True])

    with pytest.raises(DisclosureError, match="nothing that may be withheld hides this count"):
        suppress(cells, {"sex": SEX}, max_primary=0, protection=2, open_parts=True)


def test_margins_that_do_not_add_up_are_refused():
    counts = two_by_three(1, 9, 19, 7, 8, 18)
    counts.loc[counts["sex"].eq("Persons") & counts["area"].eq("A"), "numerator"] = 9

    with pytest.raises(DisclosureError, match="sex Persons, area A: the total is 9, but its 2"):
        suppress(counts, HIERARCHIES, max_primary=2)


def test_a_missing_count_is_refused():
    counts = two_by_three(1, 9, 19, 7, 8, 18).astype({"numerator": float})
    counts.loc[0, "numerator"] = None

    with pytest.raises(DisclosureError, match="1 of 12 rows have no count"):
        suppress(counts, HIERARCHIES, max_primary=2)


def test_a_rule_for_zeros_is_one_of_three():
    with pytest.raises(DisclosureError, match="secondary, primary, shown"):
        suppress(two_by_three(1, 9, 19, 7, 8, 18), HIERARCHIES, 2, zeros="hidden")
