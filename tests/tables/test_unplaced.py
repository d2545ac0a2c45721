"""Who has no area has no decile: a table by one tells of a table by the other."""

import pandas as pd

from analysis.tables.counted import Counted
from analysis.tables.making import make_table
from analysis.tables.protecting import Given
from analysis.tables.request import Request
from tests.tables.samples import LOOKUP, MAY, deaths, place, source

NOWHERE = dict.fromkeys(place(0))
# Two deaths in the first authority, four in England nobody knows where, many elsewhere; no decile
# has few.
OTHERS = [(30, place(10)), (40, place(3)), (50, place(7)), (20, place(8))]


def withheld_deciles(*more):
    """What is withheld by decile, beside authorities of which the two small counts are withheld."""
    records = source(deaths((2, place(0)), (4, NOWHERE), *OTHERS, *more))
    counted = Counted.of(records.records, Request(MAY, ("lad20cd",)), LOOKUP)
    hidden = pd.DataFrame({"lad20cd": ["E07000000", "E92000001 not known"]}, dtype="str")
    earlier = Given("earlier", counted, hidden, 3)
    frame = make_table(records, Request(MAY, ("imd_decile",)), "deciles", [earlier]).table.frame
    return set(frame.loc[frame["numerator_status"] == "[c]", "imd_decile"])


def test_deaths_without_a_decile_are_withheld_where_those_without_an_area_hide_a_small_count():
    # with the four shown, the two of the authority would be what is left
    assert "Not known" in withheld_deciles((30, place(4)))


def test_deciles_do_not_add_up_to_the_authorities_of_which_one_is_withheld():
    # all who have a decile have an authority: their sum less the others is two
    assert withheld_deciles((30, place(4))) - {"Not known"}


def test_where_an_area_has_no_decile_nothing_is_concluded():
    assert withheld_deciles((30, place(4) | {"imd_decile": None})) == set()
