"""Two editions of a count, and what a total has beyond its parts."""

import pandas as pd

from analysis.tables.linking import UNSEEN, link_editions, with_rest

SEX = {"sex": [{"Persons": ["F", "M"]}]}


def cells(*rows):
    frame = pd.DataFrame(rows, columns=["sex", "edition", "numerator"])
    return frame.assign(**UNSEEN)


def test_what_was_registered_between_two_editions_is_a_cell_of_its_own():
    both = cells(
        ("F", "2020-06", 10), ("F", "2020-07", 12), ("M", "2020-06", 7), ("M", "2020-07", 17)
    )

    linked, trees = link_editions(both, SEX, smallest=3)

    between = linked[linked["edition"] == "2020-06 to 2020-07"].set_index("sex")
    assert trees["edition"] == [{"2020-07": ["2020-06", "2020-06 to 2020-07"]}]
    assert between["numerator"].to_dict() == {"F": 2, "M": 10}
    # 2 is below the smallest revision, 10 is not
    assert between["sensitive"].to_dict() == {"F": True, "M": False}
    assert not between["published"].any()


def test_no_change_and_the_smallest_revision_are_not_sensitive():
    both = cells(
        ("F", "2020-06", 10), ("F", "2020-07", 10), ("M", "2020-06", 7), ("M", "2020-07", 10)
    )

    linked, _ = link_editions(both, SEX, smallest=3)

    assert not linked["sensitive"].any()


def test_editions_in_which_a_count_has_fallen_are_not_linked():
    both = cells(("F", "2020-06", 10), ("F", "2020-07", 9), ("M", "2020-06", 7))
    both["own"] = both["edition"] == "2020-07"

    linked, trees = link_editions(both, SEX, smallest=3)

    assert linked[["edition", "numerator"]].to_numpy().tolist() == [["2020-07", 9]]
    assert trees["edition"] == []


def test_one_edition_has_no_tree():
    linked, trees = link_editions(cells(("F", "2020-06", 10)), SEX, smallest=3)

    assert len(linked) == 1
    assert trees["edition"] == []


def test_a_total_of_which_one_part_has_a_row_gets_the_rest():
    persons_and_women = cells(("Persons", "2020-06", 10), ("F", "2020-06", 6))
    trees = {**SEX, "edition": []}

    rested, grown = with_rest(persons_and_women, trees, ["sex"])

    rest = rested[rested["sex"] == "rest of Persons"]
    assert rest["numerator"].tolist() == [4]
    assert not rest["published"].any()
    assert grown["sex"] == [{"Persons": ["F", "M", "rest of Persons"]}]


def test_parts_that_add_up_get_none():
    whole = cells(("Persons", "2020-06", 10), ("F", "2020-06", 6), ("M", "2020-06", 4))

    rested, _ = with_rest(whole, {**SEX, "edition": []}, ["sex"])

    assert len(rested) == 3


def test_a_part_without_a_row_stands_for_its_own_parts():
    trees = {"sex": [{"F": ["young", "old"]}, {"Persons": ["F", "M"]}], "edition": []}
    rows = cells(
        ("Persons", "2020-06", 10), ("young", "2020-06", 2), ("old", "2020-06", 4),
        ("M", "2020-06", 4),
    )  # fmt: skip

    rested, _ = with_rest(rows, trees, ["sex"])

    assert len(rested) == len(rows)
