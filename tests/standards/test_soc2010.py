"""SOC2010 has 9 major, 25 sub-major, 90 minor and 369 unit groups, each inside the next."""

import itertools

import pandas as pd
import pytest

from analysis.standards.soc2010 import LEVELS, soc2010_titles


@pytest.mark.parametrize(
    ("level", "count"),
    [("soc2010_major", 9), ("soc2010_submajor", 25), ("soc2010_minor", 90), ("soc2010", 369)],
)
def test_each_level_has_its_number_of_groups(level, count):
    titles = soc2010_titles(level)

    assert len(titles) == count
    assert titles.index.is_unique
    assert titles.notna().all()


def test_every_group_is_inside_one_of_the_level_above():
    levels = list(LEVELS)

    for above, below in itertools.pairwise(levels):
        prefixes = soc2010_titles(below).index.str[: LEVELS[above]]
        assert set(prefixes) == set(soc2010_titles(above).index)


def test_codes_are_strings_with_titles():
    assert soc2010_titles()["6145"] == "Care workers and home carers"
    assert soc2010_titles("soc2010_major")["9"] == "Elementary occupations"


def test_codes_are_those_of_the_published_structure(shared):
    listed = pd.read_csv(shared / "reference/soc2010/soc2010_structure.csv", dtype="str")

    units = listed.loc[listed["level"] == "unit", ["code", "title"]].set_index("code")["title"]
    assert soc2010_titles().to_dict() == units.str.split().str.join(" ").to_dict()
