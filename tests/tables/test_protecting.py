"""A table gives back nothing that an earlier one withholds."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.disclosure.attack import bounds
from analysis.tables.making import make_table
from analysis.tables.refusing import Refused
from analysis.tables.request import Request
from analysis.vocabulary import PLACES_OF_DEATH
from tests.tables.samples import MAY, deaths, place, source

NONE, COVID = {"covid19": "none"}, {"covid19": "due to"}
MEN = {"sex": "M"}
HOME, HOSPICE = {"place_of_death": "Home"}, {"place_of_death": "Hospice"}
SIZES = [(0, 60), (3, 80), (6, 500), (9, 600)]
# By place: in a hospice 2 of 12 deaths involved COVID-19, at home 9 of 40, in hospital 60 of 110.
BY_PLACE = deaths(
    (10, HOSPICE), (2, HOSPICE | COVID), (31, HOME), (9, HOME | COVID), (50, {}), (60, COVID)
)  # fmt: skip


def test_all_causes_and_then_one_of_two_does_not_give_the_other():
    here, places = source(BY_PLACE), ("place_of_death",)
    first = make_table(here, Request(MAY, places, {"cause": ("COVID-19",)}), "covid")
    whole = make_table(here, Request(MAY, places), "all", [first.as_given()])

    with_rest = Request(MAY, places, {"cause": ("Not COVID-19",)})
    given = [first.as_given(), whole.as_given()]
    with pytest.raises(Refused):
        make_table(here, with_rest, "rest", given)

    causes = {"All causes": ["COVID-19", "Not COVID-19"]}
    places = {"All places": [*PLACES_OF_DEATH, "Not stated"]}
    rest = whole.table.frame.assign(cause="Not COVID-19", numerator=None)
    tables = pd.concat([whole.table.frame.assign(cause="All causes"), first.table.frame, rest])
    tables["numerator"] = pd.to_numeric(tables["numerator"]).astype(float)
    cells = tables[["cause", "place_of_death", "numerator"]]
    found = bounds(cells, {"cause": causes, "place_of_death": places})
    few = found[(found["cause"] == "COVID-19") & (found["place_of_death"] == "Hospice")]
    assert first.table.frame["numerator_status"].eq("[c]").any()
    assert (few["attack_up"] - few["attack_low"]).item() >= 2


def test_a_printed_week_to_the_cut_off_does_not_give_back_its_small_day():
    # The cut-off, 6 June, is a Saturday: 12 to 18 April is a week that is printed.
    day = [{"death_date": date(2020, 4, number)} | COVID for number in (13, 14, 20, 25)]
    here = source(deaths((2, day[0]), (30, day[1]), (4, day[2]), (300, day[3])))
    printed = Request(MAY, ("nowcast_week", "cause"))
    by_day = Request(MAY, ("death_date",), {"cause": ("COVID-19",)})

    alone = make_table(here, by_day, "alone").table.frame
    beside = make_table(replace(here, printed={"area": [printed]}), by_day, "days").table.frame

    def withheld(frame):
        return set(frame.loc[frame["numerator_status"] == "[c]", "death_date"])

    week = {f"2020-04-{number}" for number in range(12, 19)}
    assert "2020-04-13" in withheld(alone) & withheld(beside)
    assert len(withheld(beside) & week) > 1


def test_weeks_do_not_give_back_the_days_that_are_withheld():
    # one week: two deaths on its Monday, many on other days; each day in two regions
    groups = []
    for day in range(11, 18):
        many = {13: 2, 14: 4}.get(day, 40)
        groups += [(many, place(0) | {"death_date": date(2020, 4, day)})]
        groups += [
            (40 if day not in (13, 14) else 5, place(8) | {"death_date": date(2020, 4, day)})
        ]
    here = source(deaths(*groups))
    days = make_table(here, Request(MAY, ("death_date", "rgn20cd")), "days")

    weeks = make_table(here, Request(MAY, ("death_week", "rgn20cd")), "weeks", [days.as_given()])

    dates = MAY.codes("death_date")
    both = pd.concat(
        [
            days.table.frame.rename(columns={"death_date": "time"}),
            weeks.table.frame.rename(columns={"death_week": "time"}),
        ]
    ).drop_duplicates(["time", "rgn20cd"])
    both["numerator"] = pd.to_numeric(both["numerator"]).astype(float)
    week = [f"2020-04-{day}" for day in range(11, 18)]
    found = bounds(
        both[["time", "rgn20cd", "numerator"]],
        {
            "time": [{"All dates": dates}, {"2020-W16": week}],
            "rgn20cd": {"K04000001": ["E12000001", "E12000002"]},
        },
    )
    few = found[(found["time"] == "2020-04-13") & (found["rgn20cd"] == "E12000001")]
    assert (few["attack_up"] - few["attack_low"]).item() >= 2


def test_a_single_late_registration_cannot_be_worked_out_of_two_editions():
    later = replace(MAY, registered_by=date(2020, 7, 11))
    late = {"registration_date": date(2020, 6, 20)}
    # by local authority and place: one death at home of the first is registered between
    groups = [(many, place(n)) for n, many in SIZES]
    groups += [(many // 2, place(n) | HOME) for n, many in SIZES]
    groups += [(9, place(n) | late) for n, _ in SIZES]
    groups += [(9, place(n) | HOME | late) for n, _ in SIZES[1:]]
    here = source(deaths(*groups, (1, place(0) | HOME | late)))
    by = ("lad20cd", "place_of_death")
    before = make_table(here, Request(MAY, by), "before")

    after = make_table(here, Request(later, by), "after", [before.as_given()])

    both = before.table.frame.merge(after.table.frame, on=list(by), suffixes=("_1", "_2"))
    # 1 and 2 are below the smallest revision of 3
    change = pd.to_numeric(both["numerator_2"]) - pd.to_numeric(both["numerator_1"])
    assert not change.between(1, 2).any()
    assert before.table.frame["numerator_status"].ne("[c]").any()
    own = both[(both["lad20cd"] == "E07000000") & (both["place_of_death"] == "Home")]
    assert own["numerator_status_2"].item() == "[c]"


@pytest.mark.parametrize("sex", ["F", "M"])
def test_one_cell_of_an_earlier_table_is_not_given_by_itself(sex):
    groups = [(80, {}), (70, MEN), (2, HOME), (9, HOME | MEN), (8, HOSPICE), (7, HOSPICE | MEN)]
    few = source(deaths(*groups))
    first = make_table(few, Request(MAY, ("sex", "place_of_death")), "first")
    hidden = first.table.frame
    at_home = hidden[(hidden["place_of_death"] == "Home") & (hidden["sex"] == sex)]
    assert at_home["numerator_status"].item() == "[c]"

    alone = Request(MAY, (), {"sex": (sex,), "place_of_death": ("Home",)})

    with pytest.raises(Refused, match="Its total cannot be shown"):
        make_table(few, alone, "alone", [first.as_given()])
