"""Chapters of ICD-10 cover its codes once, without gaps that a cause could fall into."""

import itertools

import pandas as pd
import pytest

from analysis.standards.icd10 import chapter_titles, code_ranges, icd10_chapters


def test_there_are_22_chapters_in_order():
    titles = chapter_titles()

    assert list(titles)[:3] == ["I", "II", "III"]
    assert len(titles) == 22
    assert titles["IX"] == "Diseases of the circulatory system"


def test_no_category_is_in_two_chapters():
    ranges = sorted(icd10_chapters()[["first", "last"]].to_numpy().tolist())

    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ranges))


@pytest.mark.parametrize("letter", "ABCEFGIJKLMNOQRSUVWXZ")
def test_every_first_letter_belongs_to_a_chapter(letter):
    ranges = icd10_chapters()
    inside = (ranges["first"] <= f"{letter}10") & (ranges["last"] >= f"{letter}10")

    assert inside.sum() == 1


def test_ranges_are_read_as_tables_print_them():
    assert code_ranges("J09-J18, J40, U50.9") == [("J09", "J18"), ("J40", "J40"), ("U509", "U509")]


def test_chapters_hold_the_blocks_that_who_lists(shared):
    listed = pd.read_csv(shared / "reference/icd10/icd10_2019_chapters_blocks.csv", dtype="str")
    blocks = listed[listed["type"] == "block"]
    ranges = icd10_chapters()

    first, last = blocks["code"].str.split("-", expand=True).T.to_numpy()
    for chapter, start, end in zip(blocks["chapter"], first, last, strict=True):
        held = ranges[(ranges["first"] <= start) & (ranges["last"] >= end)]
        assert held["chapter"].tolist() == [chapter]
