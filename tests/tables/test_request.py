"""Requests: what they are, and how they are written."""

import shlex

import pytest

from analysis.errors import InputError
from analysis.tables.request import Request, parse_where
from tests.tables.samples import MAY


def test_a_filter_decides_the_kind_of_a_table_as_a_column_does():
    assert Request(MAY, ("sex",), {"lad20cd": ("E07000001",)}).kind == (
        "local_authority",
        "edition",
        1,
    )
    assert Request(MAY, ("death_date", "rgn20cd", "sex", "age_band")).kind == ("region", "day", 2)
    assert Request(MAY, ("covid19",), {"cause": ("COVID-19",)}).kind.details == 1


def test_involving_is_short_for_the_cause():
    assert parse_where(["covid19=involving"]) == {"cause": ("COVID-19",)}
    assert parse_where(["sex=F|M"]) == {"sex": ("F", "M")}


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (["sex"], "column=code"),
        (["sex=F", "sex=M"], "filtered already"),
        (["record_id=1"], "no table can be asked by it"),
    ],
)
def test_filters_that_cannot_be_read_are_refused(conditions, words):
    with pytest.raises(InputError, match=words):
        parse_where(conditions)


def test_two_levels_of_one_dimension_and_dates_of_another_basis_are_refused():
    with pytest.raises(InputError, match="area is asked for at two levels"):
        Request(MAY, ("lad20cd", "rgn20cd"))
    with pytest.raises(InputError, match="week: deaths of kind 'area' are counted by occurrence"):
        Request(MAY, ("week",))


def test_a_request_can_be_run_as_it_is_printed():
    request = Request(MAY, ("death_week", "lad20cd"), {"sex": ("F", "M"), "cause": ("COVID-19",)})

    words = shlex.split(request.options())

    conditions = [words[i + 1] for i, word in enumerate(words) if word == "--where"]
    assert words[words.index("--by") + 1].split(",") == list(request.by)
    assert parse_where(conditions) == request.where


@pytest.mark.parametrize(
    ("by", "where", "words"),
    [
        ("sex", {"month": ("2020-04",)}, "Ask by month"),
        ("death_week", {"death_date": ("2020-04-01",)}, "Ask by death_week"),
        ("rgn20cd", {"lad20cd": ("E07000001",)}, "finer than rgn20cd. Ask by lad20cd"),
    ],
)
def test_a_filter_that_would_cut_cells_is_refused(by, where, words):
    with pytest.raises(InputError, match=words):
        Request(MAY, (by,), where)
