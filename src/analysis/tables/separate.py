"""Which earlier tables a new one can be protected without.

Two tables tell of each other's withheld counts only through cells that both add up to. Where all of
these are known anyhow, printed on a page or shown by the earlier table itself, nothing passes from
one to the other.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.tables.dimensions import OF_COLUMN, TIMES, WEEKS, dimension_of
from analysis.tables.protecting import Given
from analysis.tables.request import INDEX_COUNTRY, Request
from analysis.tables.windows import DAY, Window


def linked_tables(
    given: Sequence[Given], request: Request, printed: Sequence[Request]
) -> tuple[list[Given], list[Request]]:
    """Return the earlier tables that tell of a request, and margins that the others show of it.

    Parameters
    ----------
    given
        Tables that were given out before.
    request
        What is asked for.
    printed
        Tables that pages print in full.
    """
    linked, margins = [], []
    # These weeks have no part of the first or last one: what is printed is not all that is shared.
    printed = [table for table in printed if "nowcast_week" not in table.by]
    for one in given:
        earlier = one.counted.request
        # Of records that were changed since, one edition says nothing exact of another.
        changed = one.changed and earlier.window != request.window
        if changed or not _same_deaths(earlier, request):
            continue
        shared = meeting(earlier, request)
        same = earlier.window == request.window
        periods = shared if same else _in_months(shared, earlier.window)
        if _ranks_places(earlier, request):
            linked.append(one)
            continue
        if periods is not None and any(_prints(table, periods) for table in printed):
            continue
        if same and request.where == earlier.where and _shows(one, shared):
            margins.append(request.coarsened(_held(shared, request)))
        else:
            linked.append(one)
    return linked, margins


def meeting(one: Request, other: Request) -> dict[str, str]:
    """Return the level at which two requests meet in each dimension, where that is not the total.

    Where a filter of one of them stands, that is the level of the filter. A table by an index of
    deprivation is one of its country.
    """
    levels = {}
    areas = [("ctry20cd",) if INDEX_COUNTRY.keys() & {*of.columns} else () for of in (one, other)]
    named = [(*of.columns, *area) for of, area in zip((one, other), areas, strict=True)]
    filtering = [*one.where, *other.where, *areas[0], *areas[1]]
    for column in dict.fromkeys([*named[0], *named[1]]):
        dimension = dimension_of(column)
        own = [[c for c in of if c in dimension.levels] for of in named]
        filters = [c for c in filtering if c in dimension.levels]
        if filters:
            levels[dimension.name] = min(filters, key=dimension.levels.index)
        elif all(own):
            levels[dimension.name] = max((*own[0], *own[1]), key=dimension.levels.index)
    return levels


def _ranks_places(one: Request, other: Request) -> bool:
    """Whether one goes by an index of deprivation and the other by areas of its country.

    Then they share more than what they add up to (``tables.unplaced``).
    """
    within = OF_COLUMN["lad20cd"].levels[:-1]
    return any(
        INDEX_COUNTRY.keys() & {*ranked.columns} and {*within} & {*placed.columns}
        for ranked, placed in ((one, other), (other, one))
    )


def _in_months(shared: dict[str, str], earlier: Window) -> dict[str, str] | None:
    """Where two tables of different windows meet, if whole months of a printed table settle it."""
    whole = earlier.date_from.day == 1 and (earlier.date_to + DAY).day == 1
    if whole and shared.get(earlier.time, "month") == "month":
        return shared | {earlier.time: "month"}
    return None


def _prints(table: Request, shared: dict[str, str]) -> bool:
    """Whether a printed table has every cell in which two others meet."""
    for name, column in shared.items():
        levels = dimension_of(column).levels
        held = next((c for c in table.by if c in levels), None)
        if held is None or not _adds_up(held, column, name):
            return False
    return True


def _shows(given: Given, shared: dict[str, str]) -> bool:
    """Whether an earlier table itself shows every cell in which it meets another."""
    by = given.counted.request.by
    fixed = given.counted.request.where
    held = {}
    for name, column in shared.items():
        if any(c in dimension_of(column).levels for c in fixed):
            continue
        own = next((c for c in by if c in dimension_of(column).levels), None)
        if own is None or not _adds_up(own, column, name):
            return False
        held[own] = column
    withheld = given.withheld
    others = [c for c in by if c not in held]
    at_totals = [withheld[c] == given.counted.request.total_of(c) for c in others]
    inside = pd.concat(at_totals, axis=1).all(axis=1) if at_totals else ~withheld.index.isna()
    return not inside.any()


def _adds_up(fine: str, coarse: str, name: str) -> bool:
    """Whether the codes of one level add up to those of another."""
    levels = dimension_of(fine).levels
    if name in TIMES and fine in WEEKS:
        return fine == coarse
    return levels.index(fine) <= levels.index(coarse)


def _held(shared: dict[str, str], request: Request) -> tuple[str, ...]:
    """The levels at which two tables meet of the dimensions that a request goes by."""
    own = {dimension_of(column).name for column in request.by}
    return tuple(c for name, c in shared.items() if name in own and c not in request.where)


def _same_deaths(one: Request, other: Request) -> bool:
    """Whether two requests count by the same date, and people of the same ages."""
    first, second = one.window, other.window
    return (first.basis, first.age_min, first.age_max) == (
        second.basis, second.age_min, second.age_max
    )  # fmt: skip
