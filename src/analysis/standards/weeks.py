"""ONS registration weeks.

A week runs from Saturday to Friday and is named after its Friday. It has the ISO 8601 number of
the week in which that Friday lies: week 1 of 2020 ended on 3 January, and 2020 had 53 weeks.
"""

from datetime import date, timedelta
from functools import cache

FRIDAY = 4  # where Monday is 0, as in date.weekday()


def week_ending(day: date) -> date:
    """Return the Friday that ends the ONS week of ``day``; a Friday ends its own week."""
    return day + timedelta(days=(FRIDAY - day.weekday()) % 7)


def week_code(day: date) -> str:
    """Return the ONS week of ``day``, such as ``2020-W53``.

    The year is that of the ISO week of the Friday: Saturday 28 December 2019 is in ``2020-W01``.
    """
    year, week, _ = week_ending(day).isocalendar()
    return f"{year}-W{week:02d}"


@cache
def week_end(code: str) -> date:
    """Return the Friday that ends the ONS week ``code``, such as ``2020-W53``.

    Raises
    ------
    ValueError
        The code is not one of a week, or the year has no such week.
    """
    year, week = code.split("-W")
    return date.fromisocalendar(int(year), int(week), FRIDAY + 1)


def weeks_of(year: int) -> list[str]:
    """Return the codes of the 52 or 53 ONS weeks of ``year``, in order."""
    last = date(year, 12, 28).isocalendar().week  # 28 December is always in the last ISO week
    return [f"{year}-W{week:02d}" for week in range(1, last + 1)]
