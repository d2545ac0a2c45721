from datetime import date

import pytest

from analysis.standards.holidays import bank_holidays, holidays_in_week


def days(*texts):
    return tuple(date.fromisoformat(text) for text in texts)


def test_bank_holidays_of_2020_are_those_proclaimed():
    assert bank_holidays(2020) == days(
        "2020-01-01", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31",
        "2020-12-25", "2020-12-28",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("year", "christmas"),
    [
        (2010, ("2010-12-27", "2010-12-28")),  # Saturday and Sunday
        (2016, ("2016-12-26", "2016-12-27")),  # Sunday and Monday
        (2020, ("2020-12-25", "2020-12-28")),  # Friday and Saturday
    ],
)
def test_christmas_at_a_weekend_has_substitutes(year, christmas):
    assert bank_holidays(year)[-2:] == days(*christmas)


def test_holidays_were_moved_and_added_for_jubilees_and_weddings():
    assert date(2011, 4, 29) in bank_holidays(2011)
    assert set(days("2012-06-04", "2012-06-05")) <= set(bank_holidays(2012))
    assert date(2012, 5, 28) not in bank_holidays(2012)


def test_a_week_from_saturday_to_friday_has_its_holidays():
    # Good Friday ends week 15, Easter Monday is in week 16; week 1 begins in 2019
    weeks = ("2020-W15", "2020-W16", "2020-W17", "2020-W01")
    assert [holidays_in_week(week) for week in weeks] == [1, 1, 0, 1]
    assert holidays_in_week("2019-W52") == 2
