"""Series that can be told apart without colour."""

from analysis.show.style import dash_of, in_order, series
from analysis.vocabulary import PLACES_OF_DEATH


def test_places_of_death_and_their_total_have_seven_looks_and_seven_lines():
    places = [*PLACES_OF_DEATH, "All places"]

    looks = series(places)
    lines = {dash_of(place, places) for place in places}

    assert len({look.marker for look in looks.values()}) == 7
    assert len({look.colour for look in looks.values()}) == 7
    assert len(lines) == 7


def test_a_sex_has_the_same_look_on_every_page():
    assert series(["M"])["M"] == series(["F", "M", "Persons"])["M"]


def test_known_codes_stand_in_their_usual_order_and_others_as_they_come():
    assert in_order(["Persons", "M", "F", "M"]) == ["F", "M", "Persons"]
    assert in_order(["Wales", "England"]) == ["Wales", "England"]
