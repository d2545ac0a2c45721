"""Two editions of a count, and what a total has beyond its parts."""

from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.tables import protecting
from analysis.tables.linking import UNSEEN, link_editions
from analysis.tables.making import make_table
from analysis.tables.request import Request
from tests.tables.samples import MAY, deaths, source

JULY = replace(MAY, registered_by=date(2020, 7, 11))
SEX = {"sex": [{"Persons": ["F", "M"]}]}


def cells(*rows):
    frame = pd.DataFrame(rows, columns=["sex", "edition", "numerator"])
    return frame.assign(**UNSEEN | {"published": True, "revision": 3})


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


def test_a_late_death_on_a_day_shown_as_0_is_withheld_though_only_0_or_1_remain():
    # Both editions print April: one death was registered since, on one of the withheld days.
    late = {"registration_date": date(2020, 6, 20)}
    days = [{"death_date": date(2020, 4, number)} for number in (3, 4, 5, 6)]
    records = source(
        deaths((1, days[0]), (2, days[1]), (1, days[2] | late), (40, days[3])),
        printed={"area": [Request(MAY, ("month",))]},
    )
    by_day = ("death_date",)

    june = make_table(records, Request(MAY, by_day), "june")
    july = make_table(records, Request(JULY, by_day), "july", [june.as_given()])

    shown = june.table.frame.set_index("death_date")["numerator"]
    frame = july.table.frame
    assert shown["2020-04-05"] == 0
    assert "2020-04-05" in set(frame.loc[frame["numerator_status"] == "[c]", "death_date"])


def test_what_pages_print_and_what_is_asked_for_now_is_linked_to_the_edition_before(monkeypatch):
    seen = []
    monkeypatch.setattr(
        protecting, "link_editions", lambda *of: seen.append(of[0]) or link_editions(*of)
    )
    parts = [{"soc2010": code} for code in ("2211", "2212", "6145", "9233")]
    records = source(
        deaths((10, parts[0]), (20, parts[1]), (30, parts[2]), (40, parts[3])),
        printed={"area": [Request(MAY, ("month",))]},
    )
    june = make_table(records, Request(MAY, ("death_date", "soc2010")), "june")

    make_table(
        records, Request(JULY, ("death_date", "soc2010_submajor")), "july", [june.as_given()]
    )

    before = seen[-1][seen[-1]["edition"] == "2020-06-06"].set_index(["time", "occupation"])
    assert before.loc[("2020-04-08", "22"), "numerator"] == 30  # in no table of June
    assert before.loc[("2020-04", "All"), "keep"]  # printed


def test_a_change_of_a_cell_that_one_edition_has_in_no_table_is_not_guarded():
    rows = cells(("F", "06-06", 10), ("F", "07-11", 12)).assign(published=[True, False])

    linked, _ = link_editions(rows, SEX)

    assert not linked["sensitive"].any()
