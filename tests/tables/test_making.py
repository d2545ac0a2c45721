"""A request becomes a protected table, or is refused with a reason."""

import pandas as pd
import pytest

from analysis.disclosure.attack import bounds
from analysis.errors import InputError
from analysis.tables import making, refusing
from analysis.tables.making import make_table
from analysis.tables.refusing import Refused
from analysis.tables.request import Request, parse_where
from tests.tables.samples import MAY, deaths, place, source

HOME, HOSPICE = {"place_of_death": "Home"}, {"place_of_death": "Hospice"}
CARE_HOME = {"place_of_death": "Care home"}
NORTH, SOUTH = place(0), place(8)
# By region and place. Two deaths in a hospice of the north are few; all others are many.
SMALL = deaths(
    (60, NORTH), (50, NORTH | CARE_HOME), (20, NORTH | HOME), (2, NORTH | HOSPICE),
    (70, SOUTH), (60, SOUTH | CARE_HOME), (25, SOUTH | HOME), (9, SOUTH | HOSPICE),
)  # fmt: skip


def cells(table):
    """The table as an attacker reads it, areas and places that add up to their totals."""
    frame = table.frame[["rgn20cd", "place_of_death", "numerator"]].copy()
    frame["numerator"] = pd.to_numeric(frame["numerator"]).astype("float")
    places = [p for p in frame["place_of_death"].unique() if p != "All places"]
    regions = [r for r in frame["rgn20cd"].unique() if r != "K04000001"]
    return frame, {
        "rgn20cd": {"K04000001": regions},
        "place_of_death": {"All places": places},
    }


def test_a_small_count_is_withheld_and_cannot_be_worked_out():
    request = Request(MAY, ("rgn20cd", "place_of_death"))

    table = make_table(source(SMALL), request, "t").table

    found = bounds(*cells(table))
    few = found[(found["rgn20cd"] == "E12000001") & (found["place_of_death"] == "Hospice")]
    # a count of 2 must be anything from 0 to 2 to the reader
    assert len(few) == 1
    assert (few["attack_up"] - few["attack_low"]).item() >= 2


def test_a_margin_that_a_page_prints_stays_shown():
    regions = Request(MAY, ("rgn20cd",))
    request = Request(MAY, ("rgn20cd", "place_of_death"))

    table = make_table(source(SMALL, printed={"area": [regions]}), request, "t").table

    printed = table.frame[table.frame["place_of_death"] == "All places"]
    assert dict(zip(printed["rgn20cd"], printed["numerator"], strict=True)) == {
        "K04000001": 296, "E12000001": 132, "E12000002": 164,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "where", "reason"),
    [
        ("death_date,lsoa11cd", [], "a month or less of a place of some 1,700 people"),
        ("death_week,msoa11cd", [], "a few days of a place of some 8,000 people"),
        ("lsoa11cd,sex,cause", [], "may have 1 further dimensions, and this has 2"),
        ("lsoa11cd", ["sex=F", "cause=COVID-19"], "may have 1 further dimensions, and this has 2"),
        ("sex", ["cause=COVID-19"], "no deaths are counted, or too few"),
        ("sex", ["icd10_underlying=U071"], "no deaths are counted, or too few"),
        ("", ["place_of_death=Hospice", "rgn20cd=E12000001"], "no deaths are counted, or too few"),
    ],
)
def test_what_cannot_be_safe_is_refused_with_the_reason(by, where, reason):
    request = Request(MAY, tuple(c for c in by.split(",") if c), parse_where(where))

    with pytest.raises(Refused, match=reason):
        make_table(source(SMALL), request, "t")


def test_more_cells_than_can_be_protected_together_are_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(refusing, "MOST_CELLS", 20)  # it has 21
    monkeypatch.setattr(making, "protect_counts", None)

    with pytest.raises(Refused, match="more cells than can be protected together"):
        make_table(source(SMALL), Request(MAY, ("rgn20cd", "place_of_death")), "t")


def test_a_refusal_does_not_say_how_much_would_be_withheld():
    # of five deaths, 40% in small counts would tell that they are split into 2 and 3
    five = source(deaths((2, {}), (3, {"sex": "M"})))

    with pytest.raises(Refused, match="More than 25% of the deaths") as refused:
        make_table(five, Request(MAY, ("sex",)), "t")

    assert "40" not in refused.value.reason


def test_few_deaths_and_none_are_refused_in_the_same_words():
    reasons = []
    for where in (HOSPICE, {"place_of_death": "Elsewhere"}):
        filters = {c: (code,) for c, code in (where | {"rgn20cd": "E12000001"}).items()}
        with pytest.raises(Refused) as refused:
            make_table(source(SMALL), Request(MAY, (), filters), "t")
        reasons.append(refused.value.reason)

    assert reasons[0] == reasons[1]


def test_filters_stand_in_every_row():
    where = parse_where(["rgn20cd=E12000002", "place_of_death=Home|Hospital"])

    table = make_table(source(SMALL), Request(MAY, ("sex",), where), "t").table

    assert set(table.frame["rgn20cd"]) == {"E12000002"}
    assert set(table.frame["place_of_death"]) == {"Home or Hospital"}
    assert table.frame["numerator"].max() == 95


def test_a_table_by_what_it_is_filtered_on_names_the_code_and_not_the_total():
    table = make_table(source(SMALL), Request(MAY, ("sex",), {"sex": ("F",)}), "t").table

    assert table.frame[["sex", "numerator"]].to_numpy().tolist() == [["F", 296]]


@pytest.mark.parametrize(
    ("by", "where", "words"),
    [
        ("sex", "rgn20cd=E99999999", "E99999999 is no code of rgn20cd.\nIt has"),
        ("sex", "cause=Influenza", "It has 3: COVID-19, Not COVID-19"),
        ("sex", "icd10_underlying=I21.9", "is no code of icd10_underlying"),
        ("ethnic_group", "sex=F", "ethnic_group: not in these records"),
    ],
)
def test_a_code_or_column_that_is_not_known_is_an_error(by, where, words):
    request = Request(MAY, (by,), parse_where([where]))

    with pytest.raises(InputError, match=words):
        make_table(source(SMALL), request, "t")


def test_the_total_of_a_filter_is_called_by_its_name():
    counted = deaths((60, NORTH), (50, place(3)), (70, SOUTH))
    request = Request(MAY, ("lad20cd",), {"rgn20cd": ("E12000001",)})

    frame = make_table(source(counted), request, "t").table.frame

    rows = frame.set_index("lad20cd")
    assert rows["numerator"].to_dict() == {"E07000000": 60, "E07000001": 50, "E12000001": 110}
    assert rows.loc["E12000001", "lad20nm"] == "North East"


def test_all_deaths_of_a_small_group_are_withheld_in_the_commonest_place_as_well():
    # Four deaths in the last authority, all in a hospital, where most die.
    few, others = place(9), (NORTH, NORTH | HOME, NORTH | CARE_HOME, place(3), place(3) | HOME)
    counted = deaths(*[(600, one) for one in others], (9, SOUTH), (8, SOUTH | HOME), (4, few))

    frame = make_table(
        source(counted), Request(MAY, ("lad20cd", "place_of_death")), "t"
    ).table.frame

    alone = frame[(frame["lad20cd"] == few["lad20cd"]) & (frame["place_of_death"] == "Hospital")]
    assert alone["numerator_status"].tolist() == ["[c]"]
