import ibis
import pandas as pd
import pytest

from analysis.publish.identifiers import Identifiers
from analysis.publish.texts import BYTES, WORDS, Text


def found(text, *identifiers, form=WORDS):
    records = ibis.memtable(pd.DataFrame({"record_id": identifiers}))
    looking = Identifiers.of(records)
    looking.compare(looking.words(Text(text, form)), "a.html", "text")
    return int(looking.hits()["found"].sum())


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("D5a1f0c3e77", "<td>D5a1f0c3e77</td>"),
        ("D5a1f0c3e77", "record_D5A1F0C3E77.csv"),
        ("O0614521", "a O0614521, b"),
        ("9434765919", "3,9434765919,F"),
        ("943 476 5919", "2020 943 476 5919 2020"),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", '"0F8FAD5B-D9CB-469F-A165-70867728950E"'),
        ("2020/00123", "(2020/00123)"),
    ],
)
def test_an_identifier_is_found_as_a_whole_word(identifier, text):
    assert found(text, identifier) == 1


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("D5a1f0c3e77", "sha256 0D5a1f0c3e77b"),
        ("9434765919", "0.9434765919 and 9434765919.25"),
        ("9434765919", "x19434765919"),
    ],
)
def test_a_part_of_a_digest_or_of_a_number_is_no_identifier(identifier, text):
    assert found(text, identifier) == 0


def test_digits_in_a_font_are_no_identifier():
    assert found("\0\1 9434765919", "9434765919", form=BYTES) == 0
    assert found("\0\1 D5a1f0c3e77", "D5a1f0c3e77", form=BYTES) == 1


def test_identifiers_that_any_number_could_be_are_counted_and_not_looked_for():
    records = ibis.memtable(
        pd.DataFrame({"record_id": ["426", "U071", "20200403", "O0614521", "943476591", None]})
    )

    looking = Identifiers.of(records)

    assert (looking.looked_for, looking.not_looked_for) == (2, 3)
    assert found("426 U071 20200403 O0614521", "426", "U071", "20200403", "O0614521") == 1


def test_an_identifier_of_two_records_is_found_once():
    assert found("D5a1f0c3e77 D5a1f0c3e77", "D5a1f0c3e77", "D5a1f0c3e77") == 1


def test_words_are_compared_in_parts_that_fit_in_memory(monkeypatch):
    monkeypatch.setattr("analysis.publish.identifiers._MOST_WORDS", 1)
    looking = Identifiers.of(ibis.memtable(pd.DataFrame({"record_id": ["D5a1f0c3e77"]})))

    for file in ("a.html", "b.html", "c.html"):
        looking.compare(looking.words(Text("D5a1f0c3e77 d0000000000", WORDS)), file, "text")

    assert sorted(looking.hits()["file"]) == ["a.html", "b.html", "c.html"]
