"""Two editions of a count, and what a total has beyond its parts."""

import pandas as pd

from analysis.tables.linking import UNSEEN, link_editions

SEX = {"sex": [{"Persons": ["F", "M"]}]}


def cells(*rows):
    frame = pd.DataFrame(rows, columns=["sex", "edition", "numerator"])
    return frame.assign(**UNSEEN | {"revision": 3})


def test_what_was_registered_between_two_editions_is_a_cell_of_its_own():
    both = cells(
        ("F", "2020-06", 10), ("F", "2020-07", 12), ("M", "2020-06", 7), ("M", "2020-07", 17)
    )

    linked, trees = link_editions(both, SEX)

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

    linked, _ = link_editions(both, SEX)

    assert not linked["sensitive"].any()


def test_editions_in_which_a_count_has_fallen_are_not_linked():
    both = cells(("F", "2020-06", 10), ("F", "2020-07", 9), ("M", "2020-06", 7))
    both["own"] = both["edition"] == "2020-07"

    linked, trees = link_editions(both, SEX)

    assert linked[["edition", "numerator"]].to_numpy().tolist() == [["2020-07", 9]]
    assert trees["edition"] == []


def test_one_edition_has_no_tree():
    linked, trees = link_editions(cells(("F", "2020-06", 10)), SEX)

    assert len(linked) == 1
    assert trees["edition"] == []


def test_a_change_that_is_public_already_is_not_sensitive():
    both = cells(("F", "2020-06", 10), ("F", "2020-07", 12)).assign(keep=True)

    linked, _ = link_editions(both, SEX)

    assert not linked["sensitive"].any()


def test_the_stricter_of_two_rules_holds_for_a_change():
    both = cells(("F", "2020-06", 10), ("F", "2020-07", 12))

    for revisions, sensitive in (((1, 1), False), ((3, 1), True), ((1, 3), True)):
        linked, _ = link_editions(both.assign(revision=revisions), SEX)
        assert linked["sensitive"].any() == sensitive
