"""Levels of dimensions, and which code belongs to which."""

import pytest

from analysis.errors import InputError
from analysis.tables.dimensions import climbed, codes_above, codes_of_level, dimension_of
from tests.tables.samples import LOOKUP


def above(column, *codes):
    return codes_above(column, codes, LOOKUP)


def test_areas_belong_to_the_areas_of_the_lookup():
    assert above("lsoa11cd", "E01000005") == {"E01000005": "E02000003"}
    assert above("rgn20cd", "E12000002") == {"E12000002": "E92000001"}
    assert above("ctry20cd", "E92000001") == {"E92000001": "K04000001"}


def test_people_without_an_area_stay_themselves_until_their_country():
    unknown = "E92000001 not known"

    assert above("lad20cd", unknown, "J99000001") == {unknown: unknown, "J99000001": "J99000001"}
    assert above("rgn20cd", unknown)[unknown] == "E92000001"
    assert above("rgn20cd", "J99000001")["J99000001"] == "J99000001"  # in no country
    assert above("ctry20cd", "J99000001")["J99000001"] == "K04000001"


def test_levels_of_age_cause_and_occupation():
    assert above("age_band", "80-84", "<1") == {"80-84": "75-84", "<1": "<1"}
    assert above("covid19", "mentioned", "none") == {
        "mentioned": "COVID-19",
        "none": "Not COVID-19",
    }
    assert above("icd10_underlying", "U071", "C349") == {"U071": "XXII", "C349": "II"}
    assert above("soc2010", "6145", "X") == {"6145": "614", "X": "X"}
    assert above("soc2010_major", "6", "X") == {"6": "All", "X": "All"}


def test_codes_climb_several_levels():
    assert climbed({"E01000011"}, "lsoa11cd", "rgn20cd", LOOKUP) == {"E01000011": "E12000002"}
    assert climbed({"6145"}, "soc2010", "soc2010", LOOKUP) == {"6145": "6145"}


def test_all_codes_of_a_level_are_known_where_a_list_of_them_exists():
    assert codes_of_level("imd_decile", LOOKUP) == [str(n) for n in range(1, 11)]
    assert len(codes_of_level("soc2010_major", LOOKUP)) == 9
    assert codes_of_level("icd10_underlying", LOOKUP) is None


def test_a_column_that_no_table_can_be_asked_by_is_refused():
    with pytest.raises(InputError, match="record_id': no table can be asked by it"):
        dimension_of("record_id")
