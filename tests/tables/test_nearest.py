"""The nearest safe requests, the most detailed first."""

import shlex

from analysis.tables.nearest import is_coarser, nearest_requests
from analysis.tables.request import Request, parse_where
from tests.tables.samples import MAY, invented, source

ASKED = Request(MAY, ("death_date", "lad20cd", "sex"), {"cause": ("COVID-19",)})
HERE = source(invented(3000))


def test_nearest_requests_are_coarser_and_none_is_coarser_than_another():
    found = list(nearest_requests(HERE, ASKED))

    assert found
    assert all(is_coarser(one, ASKED) for one in found)
    assert not any(is_coarser(b, a) for i, a in enumerate(found) for b in found[i + 1 :])


def test_those_that_keep_most_detail_come_first():
    codes = {"death_date": 61, "death_week": 10, "month": 2, "lad20cd": 4, "rgn20cd": 2,
             "ctry20cd": 1, "sex": 3}  # fmt: skip

    sizes = []
    for one in nearest_requests(HERE, ASKED):
        size = 1
        for column in one.by:
            size *= codes[column]
        sizes.append(size)

    assert sizes == sorted(sizes, reverse=True)


def test_they_can_be_run_as_they_are_printed():
    for one in nearest_requests(HERE, ASKED):
        words = shlex.split(one.options())
        by = tuple(words[words.index("--by") + 1].split(","))
        conditions = [words[i + 1] for i, word in enumerate(words) if word == "--where"]

        assert Request(MAY, by, parse_where(conditions)) == one


def test_what_is_fixed_stays():
    for one in nearest_requests(HERE, ASKED, fixed=["death_date", "lad20cd"]):
        assert "death_date" in one.by
        assert {"lad20cd", "rgn20cd", "ctry20cd"} & set(one.by)


def test_of_a_filter_no_coarser_column_is_asked():
    within = Request(MAY, ("lad20cd", "sex"), {"rgn20cd": ("E12000001",)})

    found = list(nearest_requests(HERE, within))

    assert found
    assert not any({"rgn20cd", "ctry20cd"} & set(one.by) for one in found)
