"""Days, weeks, months and other periods as codes, and which of them add up to which.

A period is known by its first and last day. One that a window cuts short has a code of its own,
``2020-05-30/2020-05-31``: the same code never means two periods.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pandas as pd

from analysis.standards.weeks import week_code, week_end
from analysis.tables.dimensions import ALL_DATES

DAY = timedelta(days=1)
WEEK = timedelta(days=6)  # from its first to its last day
_WEEK, _MONTH = re.compile(r"\d{4}-W\d{2}"), re.compile(r"\d{4}-\d{2}")
Span = tuple[date, date]


@dataclass(frozen=True)
class Window:
    """Which deaths are counted together, as ``deaths.<kind>`` of a parameter file says.

    ``basis`` is ``occurrence`` or ``registration``; tables of one window have one total.
    """

    deaths: str
    basis: str
    date_from: date
    date_to: date
    registered_by: date
    age_min: int = 0
    age_max: int | None = None

    @property
    def time(self) -> str:
        """The dimension of time that it has."""
        return "time" if self.basis == "occurrence" else "registered"

    @property
    def code(self) -> str:
        """Code of the whole window."""
        return f"{self.date_from}/{self.date_to}"

    def clipped(self, code: str) -> str:
        """Return the code of what the window has of a period."""
        if code == ALL_DATES:
            return self.code
        first, last = span_of(code)
        inside = max(first, self.date_from), min(last, self.date_to)
        return code if inside == (first, last) else f"{inside[0]}/{inside[1]}"

    def period_of_days(self, column: str) -> dict[str, str]:
        """Return the day, week or month of each day of the window, in order."""
        days = [day.date() for day in pd.date_range(self.date_from, self.date_to)]
        name = {
            "month": lambda day: f"{day:%Y-%m}", "week": week_code, "death_week": week_code,
            "nowcast_week": self._week_to_cut_off,
        }  # fmt: skip
        return {str(day): name.get(column, str)(day) for day in days}

    def _week_to_cut_off(self, day: date) -> str:
        """The seven days with a day in them whose last is whole weeks before the cut-off."""
        last = day + DAY * ((self.registered_by - day).days % 7)
        return f"{last - WEEK}/{last}"

    def codes(self, column: str) -> list[str]:
        """Return the days, weeks or months of the window, in order."""
        return list(dict.fromkeys(self.period_of_days(column).values()))


@cache
def span_of(code: str) -> Span:
    """Return the first and last day of a period: a day, an ONS week, a month, or first/last."""
    if "/" in code:
        first, last = code.split("/")
        return date.fromisoformat(first), date.fromisoformat(last)
    if _WEEK.fullmatch(code):
        end = week_end(code)
        return end - 6 * DAY, end
    if _MONTH.fullmatch(code):
        first = date.fromisoformat(f"{code}-01")
        return first, (first + 31 * DAY).replace(day=1) - DAY
    return date.fromisoformat(code), date.fromisoformat(code)


class Pieces(dict):
    """Periods that others reach across, each with the pieces into which these cut it."""


def tilings(families: Sequence[Iterable[str]]) -> list[dict[str, list[str]]]:
    """Return which periods add up to which, pieces of periods that overlap included.

    Parameters
    ----------
    families
        Sets of periods that do not overlap, such as the weeks and the months of a window, the
        coarsest first.

    Returns
    -------
    list of dict
        For each pair of families, a mapping of a period to its parts (a month to the weeks inside
        it and the pieces of weeks that reach beyond it), and ``Pieces``: such weeks, and theirs.
    """
    ordered = [sorted(family, key=span_of) for family in families]
    trees = []
    for place, coarse in enumerate(ordered):
        for other, fine in enumerate(ordered[place + 1 :], place + 1):
            pair = _tiling(coarse, fine)
            trees += pair
            pieces = {part for tree in pair for of in tree.values() for part in of} - {*fine}
            trees += [_tiled(sorted(pieces), finer) for finer in ordered[other + 1 :]]
    return [tree for tree in trees if tree]


def _tiled(pieces: list[str], fine: list[str]) -> dict[str, list[str]]:
    """Pieces that periods of a finer family, days say, make up."""
    whole, _ = _tiling(pieces, fine)
    return {code: parts for code, parts in whole.items() if set(parts) <= set(fine)}


def _tiling(coarse: list[str], fine: list[str]) -> tuple[dict[str, list[str]], Pieces]:
    whole, cut = {}, Pieces()
    for code in coarse:
        parts = []
        for other in fine:
            inside = _overlap(code, other)
            if inside == span_of(other) and other != code:
                parts.append(other)
            elif inside and inside != span_of(code):
                parts.append(_name(inside))
        if _days(parts) == _days([code]) and parts:
            whole[code] = parts
    used = {part for parts in whole.values() for part in parts}
    for code in fine:
        pieces = [_name(inside) for other in coarse if (inside := _overlap(other, code))]
        if len(pieces) > 1 and used.issuperset(pieces) and _days(pieces) == _days([code]):
            cut[code] = pieces
    return whole, cut


def _overlap(one: str, other: str) -> Span | None:
    first, second = span_of(one), span_of(other)
    inside = max(first[0], second[0]), min(first[1], second[1])
    return inside if inside[0] <= inside[1] else None


def _days(codes: Iterable[str]) -> int:
    return sum((last - first).days + 1 for first, last in map(span_of, codes))


def _name(span: Span) -> str:
    # Not as the day where it is one: a piece has cells of tables by week, and other days have none.
    return f"{span[0]}/{span[1]}"
