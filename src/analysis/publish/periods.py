"""The periods of a published table: columns of records, inside of the window that it counts."""

from datetime import date

import pandas as pd

from analysis.publish.evidence import PublishedTable
from analysis.standards.weeks import week_code, week_end
from analysis.tables.dimensions import ALL_DATES
from analysis.tables.windows import Window, span_of

_PERIODS = {"month", "week", "death_week", "week_ended", "death_date", "registration_date"}


def window_of(table: PublishedTable) -> Window:
    """Return the window that a table says it counts."""
    said = table.counted
    days = (date.fromisoformat(d) for d in (said.date_from, said.date_to, said.registered_by))
    return Window(said.deaths, said.basis, *days, *said.ages)


def in_window(table: PublishedTable) -> pd.DataFrame:
    """Return a table with its periods as a column of records, without rows outside its window."""
    # What it is restricted to stands in its rows as well, at a level of its own.
    frame, window = table.frame.drop(columns=list(table.where), errors="ignore"), window_of(table)
    periods = [c for c in table.by if c in _PERIODS]
    if "week_ended" in periods and len(periods) > 1:
        periods.remove("week_ended")
    for column in periods[:1]:
        level = _level_of_period(column, window)
        if level is None:
            break
        codes = frame[column].map({c: _period(c, column) for c in frame[column].unique()})
        inside = codes.map({c: _inside(c, window, column) for c in codes.unique()}).astype(bool)
        frame = frame.drop(columns=list(_PERIODS & set(table.by)))
        frame = frame.assign(**{level: codes})[inside]
    return frame


def _level_of_period(column: str, window: Window) -> str | None:
    """The level of the window's time that a column is; None if it is another time."""
    own = {"registered": {"registration_date"}, "time": {"death_date", "death_week"}}
    other = own["time" if window.time == "registered" else "registered"]
    if column in other:
        return None
    if window.time == "registered":
        return "registration_date" if column == "registration_date" else "week"
    return {"week": "death_week", "week_ended": "death_week"}.get(column, column)


def _period(code: str, column: str) -> str:
    if code.startswith("All"):
        return ALL_DATES
    if column != "week_ended":
        return code
    end = date.fromisoformat(code)
    week = week_code(end)
    first = end - pd.Timedelta(days=6).to_pytimedelta()
    return week if week_end(week) == end else f"{first}/{end}"


def _inside(code: str, window: Window, column: str) -> bool:
    """Whether a period is of the window. A week by its end is, if it is as a whole."""
    if code == ALL_DATES:
        return True
    first, last = span_of(code)
    if column == "week_ended":
        return window.date_from <= first and last <= window.date_to
    return window.date_from <= last and first <= window.date_to
