"""England and Wales, two countries, nine regions, and those who lived elsewhere."""

from analysis.standards.regions import region_names, regions
from analysis.vocabulary import ENGLAND, ENGLAND_AND_WALES, NON_RESIDENT, WALES


def test_there_are_nine_regions_all_in_england():
    nine = regions().query("level == 'region'")

    assert len(nine) == 9
    assert (nine["country"] == ENGLAND).all()


def test_codes_of_totals_are_those_of_the_vocabulary():
    assert list(region_names())[:4] == [ENGLAND_AND_WALES, ENGLAND, WALES, NON_RESIDENT]
    assert region_names()["E12000007"] == "London"
