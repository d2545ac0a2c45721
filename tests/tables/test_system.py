"""Which codes add up to which: what tables list of a level, and what no table tells."""

from analysis.tables.counted import Counted
from analysis.tables.request import Request
from analysis.tables.system import trees_of
from tests.tables.samples import LOOKUP, MAY, invented, records

DEATHS = records(invented())
ALL, ENGLAND = "K04000001", "E92000001"


def trees(*requests):
    counted = [Counted.of(DEATHS, request, LOOKUP) for request in requests]
    return trees_of([(one.request, one.listing) for one in counted], LOOKUP)


def parts(found, total):
    return next(set(tree[total]) for tree in found["area"] if total in tree)


def test_a_table_of_one_country_leaves_a_rest_of_the_whole():
    found = trees(Request(MAY, ("imd_decile",)))

    assert parts(found, ALL) == {ENGLAND, f"rest of {ALL}"}


def test_a_table_by_authority_leaves_no_rest_at_any_level_above():
    # The country of a table by decile is then all that the authorities are not of others.
    found = trees(Request(MAY, ("imd_decile",)), Request(MAY, ("lad20cd",)))

    assert parts(found, ALL) == {ENGLAND}
    assert f"rest of {ENGLAND}" not in parts(found, ENGLAND)


def test_authorities_of_one_region_leave_a_rest_of_the_country():
    found = trees(Request(MAY, ("lad20cd",), {"rgn20cd": ("E12000001",)}))

    assert parts(found, "E12000001") == {"E07000000", "E07000001"}
    assert f"rest of {ALL}" in parts(found, ALL)
