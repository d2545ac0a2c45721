"""ONS weeks end on Friday and have the ISO number of that Friday."""

import itertools
from datetime import date, timedelta

import pytest

from analysis.standards.weeks import week_code, week_end, week_ending, weeks_of


@pytest.mark.parametrize(
    ("day", "friday", "code"),
    [
        (date(2020, 1, 3), date(2020, 1, 3), "2020-W01"),
        (date(2019, 12, 28), date(2020, 1, 3), "2020-W01"),  # Saturday
        (date(2020, 1, 4), date(2020, 1, 10), "2020-W02"),
        (date(2021, 1, 1), date(2021, 1, 1), "2020-W53"),
        (date(2021, 1, 2), date(2021, 1, 8), "2021-W01"),
        (date(2016, 1, 1), date(2016, 1, 1), "2015-W53"),
    ],
)
def test_a_day_is_in_the_week_of_the_friday_that_follows(day, friday, code):
    assert week_ending(day) == friday
    assert week_code(day) == code


@pytest.mark.parametrize(("year", "weeks"), [(2015, 53), (2019, 52), (2020, 53), (2021, 52)])
def test_2015_and_2020_have_53_weeks(year, weeks):
    codes = weeks_of(year)

    assert len(codes) == weeks
    assert [week_code(week_end(code)) for code in codes] == codes


def test_weeks_follow_one_another():
    ends = [week_end(code) for year in (2019, 2020, 2021) for code in weeks_of(year)]

    assert {later - end for end, later in itertools.pairwise(ends)} == {timedelta(days=7)}
