"""Rules as data: a rule for each kind of table, whole, and told in words."""

import pytest
from pydantic import ValidationError

from analysis.disclosure.rules import METHODS, AppliedRule, Kind, rule_families, rule_set
from analysis.errors import DisclosureError


def kind(**fields):
    return Kind(geography=["msoa"], period=["month"], **fields)


def test_every_kind_of_every_family_is_told_in_words():
    for family in rule_families().values():
        for one in family.kinds:
            assert METHODS[one.method].format(one)


def test_a_table_is_told_its_rule_with_its_geography_and_period():
    strict = rule_set("strict")

    rule = AppliedRule(strict, "msoa", "month", strict.family.kind("msoa", "month"))
    whole = AppliedRule(strict, "region", "edition", strict.family.kind("region", "edition"))

    suppressed = "are withheld, and others to protect them"
    assert str(rule) == f"strict, MSOA by month: counts below 5 {suppressed}"
    assert str(whole) == f"strict, region: counts below 3 {suppressed}"


def test_a_kind_without_a_rule_is_an_error():
    with pytest.raises(DisclosureError, match="none for a table by lsoa and day"):
        rule_families()["ons-2020"].kind("lsoa", "day")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"method": "coarsen"}, "says why in reason"),
        ({"method": "print", "reason": "why"}, "says why in reason"),
        ({"method": "reallocate"}, "reallocate needs it"),
        ({"method": "print", "moved": 2.0}, "moved belongs to reallocate"),
        ({"method": "cell_key"}, "cell_key needs both"),
        ({"method": "cell_key", "noise": 3}, "cell_key needs both"),
        ({"method": "print", "noise": 3, "variance": 1.5}, "belong to cell_key"),
    ],
)
def test_a_rule_has_what_its_method_needs_and_nothing_else(fields, said):
    with pytest.raises(ValidationError, match=said):
        kind(**fields)
