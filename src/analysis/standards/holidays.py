"""Bank holidays of England and Wales, on which register offices are closed.

By rule, with the exceptions that were proclaimed. Source: GOV.UK, UK bank holidays; Banking and
Financial Dealings Act 1971.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from analysis.standards.weeks import week_end

_MONDAY, _SATURDAY, _SUNDAY = 0, 5, 6
# A holiday moved, or one more; an empty date is one more.
_PROCLAIMED = {
    date(2011, 4, 29): None,
    date(2012, 6, 4): date(2012, 5, 28),
    date(2012, 6, 5): None,
    date(2020, 5, 8): date(2020, 5, 4),
    date(2022, 6, 2): date(2022, 5, 30),
    date(2022, 6, 3): None,
    date(2022, 9, 19): None,
    date(2023, 5, 8): None,
}


@cache
def bank_holidays(year: int) -> tuple[date, ...]:
    """Return the bank holidays of a year from 1978, in order: substitutes in place of weekends.

    What will be proclaimed for years to come is not known here.
    """
    days = {easter(year) - timedelta(2), easter(year) + timedelta(1)}
    days |= {_first_monday(year, 5), _last_monday(year, 5), _last_monday(year, 8)}
    days |= {_new_year(year), _or_later(date(year, 12, 25)), _or_later(date(year, 12, 26))}
    for proclaimed, instead_of in _PROCLAIMED.items():
        if proclaimed.year == year:
            days = (days - {instead_of}) | {proclaimed}
    return tuple(sorted(days))


def holidays_in_week(code: str) -> int:
    """Return how many bank holidays the ONS week ``code`` has (``2020-W15`` has Good Friday)."""
    end = week_end(code)
    first = end - timedelta(6)
    near = {*bank_holidays(first.year), *bank_holidays(end.year)}
    return sum(first <= day <= end for day in near)


def _new_year(year: int) -> date:
    day = date(year, 1, 1)
    return day + timedelta({_SATURDAY: 2, _SUNDAY: 1}.get(day.weekday(), 0))


def _or_later(day: date) -> date:
    """Two days later for Christmas or Boxing Day at a weekend: the other one may be a Monday."""
    return day + timedelta(2 * (day.weekday() in (_SATURDAY, _SUNDAY)))


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((_MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() - _MONDAY) % 7)
