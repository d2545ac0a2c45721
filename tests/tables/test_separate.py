"""Earlier tables that a new one can be protected without, and those that it cannot."""

from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.tables.counted import Counted
from analysis.tables.protecting import Given
from analysis.tables.request import Request
from analysis.tables.separate import linked_tables, meeting
from tests.tables.samples import LOOKUP, MAY, invented, records

DEATHS = records(invented())
BEFORE = date(2020, 5, 31)


def given(request, *withheld):
    rows = pd.DataFrame(withheld, columns=list(request.by), dtype="str")
    return Given("earlier", Counted.of(DEATHS, request, LOOKUP), rows)


def test_tables_meet_at_the_coarser_of_their_levels():
    days, weeks = Request(MAY, ("death_date", "sex")), Request(MAY, ("death_week", "rgn20cd"))

    assert meeting(days, weeks) == {"time": "death_week"}


def test_a_table_by_an_index_of_deprivation_meets_others_in_its_country():
    regions, deciles = Request(MAY, ("rgn20cd", "sex")), Request(MAY, ("imd_decile", "sex"))

    assert meeting(regions, deciles) == {"area": "ctry20cd", "sex": "sex"}


def test_what_is_printed_of_both_countries_together_does_not_part_deciles_from_regions():
    earlier = given(Request(MAY, ("rgn20cd", "sex")), ("E92000001 not known", "F"))
    asked = Request(MAY, ("imd_decile", "sex"))

    assert linked_tables([earlier], asked, [Request(MAY, ("sex",))]) == ([earlier], [])


def test_tables_by_area_and_by_decile_are_not_apart_though_a_page_prints_their_country():
    # who has no area has no decile
    earlier = given(Request(MAY, ("rgn20cd", "sex")), ("E92000001 not known", "F"))
    asked, country = Request(MAY, ("imd_decile", "sex")), Request(MAY, ("ctry20cd", "sex"))

    assert linked_tables([earlier], asked, [country]) == ([earlier], [])


def test_what_a_table_by_country_shows_is_a_margin_of_deciles_without_the_country():
    earlier = given(Request(MAY, ("ctry20cd", "sex")))

    linked, margins = linked_tables([earlier], Request(MAY, ("imd_decile", "sex")), [])

    assert linked == []
    assert [margin.by for margin in margins] == [("sex",)]


def test_a_table_is_apart_where_a_page_prints_every_cell_that_both_add_up_to():
    earlier = given(Request(MAY, ("sex", "place_of_death")), ("F", "Hospice"))
    asked = Request(MAY, ("sex", "rgn20cd"))

    linked, margins = linked_tables([earlier], asked, [Request(MAY, ("sex", "month"))])

    assert (linked, margins) == ([], [])


def test_a_table_that_shows_all_that_both_add_up_to_is_a_margin():
    earlier = given(Request(MAY, ("sex", "place_of_death")), ("F", "Hospice"))

    linked, margins = linked_tables([earlier], Request(MAY, ("sex", "rgn20cd")), [])

    assert linked == []
    assert [margin.by for margin in margins] == [("sex",)]


def test_a_table_that_withholds_a_cell_of_both_is_linked():
    earlier = given(Request(MAY, ("sex", "place_of_death")), ("F", "All places"))

    linked, margins = linked_tables([earlier], Request(MAY, ("sex", "rgn20cd")), [])

    assert (linked, margins) == ([earlier], [])


def of_another_edition(**changes):
    return given(Request(replace(MAY, **changes), ("sex", "place_of_death")), ("F", "Hospice"))


def test_a_table_of_another_edition_is_apart_where_a_page_prints_its_months():
    earlier, asked = of_another_edition(registered_by=BEFORE), Request(MAY, ("sex", "rgn20cd"))

    assert linked_tables([earlier], asked, [Request(MAY, ("sex", "month"))]) == ([], [])


def test_a_table_of_another_edition_is_linked_where_its_months_are_not_printed():
    earlier, asked = of_another_edition(registered_by=BEFORE), Request(MAY, ("sex", "rgn20cd"))

    assert linked_tables([earlier], asked, [Request(MAY, ("sex",))]) == ([earlier], [])


def test_a_table_of_a_part_of_a_month_is_linked_to_one_of_another_edition():
    earlier = of_another_edition(registered_by=BEFORE, date_to=date(2020, 5, 20))
    asked = Request(MAY, ("sex", "rgn20cd"))

    assert linked_tables([earlier], asked, [Request(MAY, ("sex", "month"))]) == ([earlier], [])


def test_deaths_counted_by_registration_say_nothing_of_days_of_death():
    weekly = replace(MAY, deaths="weekly", basis="registration")

    assert linked_tables([given(Request(MAY, ("sex",)))], Request(weekly, ("sex",)), []) == ([], [])
