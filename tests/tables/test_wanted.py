"""Filters of periods: the rows of a table that are wanted."""

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.tables.request import Request
from analysis.tables.wanted import wanted_of
from tests.tables.samples import MAY


def wanted(*by, **where):
    return wanted_of(MAY, by, {column: tuple(codes) for column, codes in where.items()}, "counts")


def test_without_a_filter_of_periods_the_whole_table_is_wanted():
    whole = wanted("month", "sex", cause=["COVID-19"])
    frame = pd.DataFrame({"month": ["2020-04", "2020-05", "All dates"]})

    assert whole.request == Request(MAY, ("month", "sex"), {"cause": ("COVID-19",)})
    assert whole.rows(frame) is frame
    assert whole.about == {}


def test_a_filter_of_periods_asks_by_them_and_takes_their_rows():
    april = wanted("sex", month=["2020-04"])

    assert april.request == Request(MAY, ("sex", "month"))
    assert april.periods == ("2020-04",)
    assert april.about == {"only": {"month": ["2020-04"]}}


def test_days_of_a_month_are_taken_of_a_table_by_day():
    days = wanted("death_date", "sex", month=["2020-05"])
    frame = pd.DataFrame({"death_date": ["2020-04-30", "2020-05-01", "2020-05-31", "All dates"]})

    assert days.request.by == ("death_date", "sex")
    assert days.rows(frame)["death_date"].tolist() == ["2020-05-01", "2020-05-31"]


@pytest.mark.parametrize(
    ("by", "where", "words"),
    [
        (("month",), {"death_date": ["2020-05-01"]}, "finer than month. Ask by death_date"),
        (("death_week",), {"month": ["2020-05"]}, "weeks reach over the ends of months"),
        ((), {"month": ["2020-07", "2020-05"]}, "2020-07 is no month of these deaths"),
        ((), {"month": ["May"]}, "They have 2020-04 to 2020-05"),
        ((), {"week": ["2020-W20"]}, "counted by occurrence"),
    ],
)
def test_periods_that_a_table_cannot_have_are_refused(by, where, words):
    with pytest.raises(InputError, match=words):
        wanted(*by, **where)
