"""Tables that were given out, read again."""

import json

import pytest

from analysis.errors import DisclosureError
from analysis.tables.ledger import copy_entry, entries_of, metadata_of, next_number, write_table
from analysis.tables.making import make_table
from analysis.tables.request import Request
from analysis.tables.wanted import Wanted
from tests.tables.samples import LOOKUP, MAY, deaths, place, source

SAID = {"edition": "june", "data": "demonstration"}
HERE = source(
    deaths((50, place(0)), (40, place(8)), (9, place(0) | {"sex": "M"}), (70, {"sex": "M"}))
)


def given_out(folder):
    where = {"sex": ("F", "M"), "rgn20cd": ("E12000001",)}
    made = make_table(HERE, Request(MAY, ("lad20cd", "sex"), where), "0001-t")
    return made, write_table(made, folder / "0001-t.csv", SAID)


def test_a_table_is_read_as_it_was_given_out(tmp_path):
    made, path = given_out(tmp_path)

    entry = entries_of(tmp_path)[0]
    again = entry.as_given(HERE.records, LOOKUP)

    assert (entry.request, entry.path, entry.rules) == (made.request, path, "strict")
    assert (entry.edition, entry.data) == ("june", "demonstration")
    assert again.withheld.to_numpy().tolist() == made.as_given().withheld.to_numpy().tolist()
    assert next_number(tmp_path) == 2


def test_a_table_given_out_again_is_the_same(tmp_path):
    _, path = given_out(tmp_path)

    entry = entries_of(tmp_path)[0]
    copy_entry(entry, tmp_path / "again.csv", Wanted(entry.request))

    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
    assert json.loads(metadata_of(tmp_path / "again.csv").read_text())["url"] == "again.csv"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "{",
        lambda text: text.replace('"date_from": "2020-04-01"', '"date_from": "soon"'),
        lambda text: text.replace('"registered_by"', '"registered"'),
        lambda text: "[]",
    ],
)
def test_damaged_metadata_are_a_clear_error(tmp_path, damage):
    _, path = given_out(tmp_path)
    beside = metadata_of(path)
    beside.write_text(damage(beside.read_text()))

    with pytest.raises(DisclosureError, match="cannot be read"):
        entries_of(tmp_path)


def test_a_table_that_is_gone_is_a_clear_error(tmp_path):
    given_out(tmp_path)[1].unlink()

    with pytest.raises(DisclosureError, match="is not there"):
        entries_of(tmp_path)


def test_tables_of_pages_are_passed_over(tmp_path):
    (tmp_path / "page.csv-metadata.json").write_text(
        '{"notes": [{"bulletin": {"deaths": "area"}}]}'
    )

    assert entries_of(tmp_path) == []
