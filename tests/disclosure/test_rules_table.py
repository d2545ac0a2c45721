"""The rules as the methods page shows them."""

import pytest

from analysis.disclosure.rules import rule_families
from analysis.disclosure.rules_table import kinds_table, thresholds_table
from tests.conftest import ROOT

METHODS = (ROOT / "book" / "methods.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", rule_families().values(), ids=lambda family: family.name)
def test_the_methods_page_shows_the_rules_of_a_family_as_they_are(family):
    assert kinds_table(family) in METHODS


def test_the_methods_page_shows_the_thresholds_as_they_are():
    assert thresholds_table() in METHODS


def test_a_rule_is_a_row_with_what_sets_it_apart():
    strict = kinds_table(rule_families()["strict"]).splitlines()

    assert "| MSOA | edition, month | suppress | 5 | 2 | some withheld | 1,000 |" in strict[4]
    assert strict[-1].startswith("| LSOA | month, week, day | coarsen: not shown |  |")


def test_a_column_that_is_the_same_for_all_and_says_nothing_is_left_out():
    head = kinds_table(rule_families()["ons-2020"]).splitlines()[0]

    assert head == "| Geography | Period | Method | Columns |"
