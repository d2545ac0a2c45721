"""The nearest safe requests: coarser in age, area, time or detail, the most detailed first."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import product
from math import log, prod

import pandas as pd

from analysis.errors import InputError
from analysis.tables.counted import Counted, codes_listed
from analysis.tables.dimensions import TIMES, coarser, dimension_of
from analysis.tables.making import Source
from analysis.tables.refusing import Refused, rule_of, small_share
from analysis.tables.request import Request

# A coarser request is tried if counts that are too small hold this part of what may be withheld:
# what protects them is withheld as well.
ROOM = 0.5


def nearest_requests(
    source: Source,
    request: Request,
    fixed: Sequence[str] = (),
    most_cells: float = 100_000,
    refused: Collection[Request] = (),
    in_all: float = float("inf"),
) -> Iterator[Request]:
    """Yield coarser requests that are likely to be safe, those that keep most detail first.

    Detail is the number of cells of a table. A request is passed over if a finer one was yielded
    already; whether one is safe indeed is known when its table is made.

    Parameters
    ----------
    source
        Records and areas.
    request
        What was refused.
    fixed
        Columns that stay, days and weeks as they are, others at some level.
    most_cells
        Cells at most.
    refused
        Requests yielded that turned out not to be safe; to be filled as they are tried. Coarser
        ones are then yielded in their place.
    in_all
        Cells at most of all that are yielded.
    """
    counted = Counted.of(source.records, request, source.lookup)
    found: list[Request] = []
    sizes = _sizes(request, counted, source.lookup)
    sized = [
        (prod(sizes[column] for column in one.by), one) for one in _coarsened(request, tuple(fixed))
    ]
    sized.sort(key=lambda pair: (-log(pair[0]), pair[1].by))
    for cells, one in sized:
        if cells > min(most_cells, in_all) or any(
            _finer(other, one) for other in found if other not in refused
        ):
            continue
        if not _likely(one, counted, source.lookup):
            continue
        found.append(one)
        in_all -= cells
        yield one


def _coarsened(request: Request, fixed: tuple[str, ...]) -> Iterator[Request]:
    """Every coarser request: each column at a coarser level, or left out."""
    choices = []
    for column in request.by:
        timed = dimension_of(column).name in TIMES
        # What a filter names says nothing as a column.
        levels = [c for c in (column, *coarser(column)) if c not in request.where]
        stays = (column,) if timed else levels
        choices.append(stays if column in fixed else (*levels, ""))
    for chosen in product(*choices):
        by = tuple(column for column in chosen if column)
        if by and by != request.by:
            with suppress(InputError):  # a filter may be finer than a coarser column
                yield request.coarsened(by)


def _likely(one: Request, counted: Counted, lookup: pd.DataFrame) -> bool:
    try:
        rule = rule_of(one)
    except Refused:
        return False
    deaths = counted.grouped(one, lookup)
    return small_share(deaths, rule) <= ROOM * rule.most_withheld


def _sizes(request: Request, counted: Counted, lookup: pd.DataFrame) -> dict[str, int]:
    """How many codes a table lists in each column of a request, and in each coarser one."""
    columns, sizes = {level for column in request.by for level in (column, *coarser(column))}, {}
    for column in columns:
        with suppress(InputError):  # of a level coarser than a filter
            alone = request.coarsened((column,))
            sizes[column] = len(codes_listed(alone, counted.deaths, lookup)[column])
    return sizes


def is_coarser(one: Request, asked: Request, keep: Sequence[str] = ()) -> bool:
    """Whether a request is a coarser form of another, by some level of each dimension kept."""
    if (one.window, one.where, one.measure) != (asked.window, asked.where, asked.measure):
        return False
    kept = all(any(c in dimension_of(k).levels for c in one.by) for k in keep)
    return kept and _finer(asked, one)


def _finer(one: Request, other: Request) -> bool:
    """Whether a request has all the detail of another."""
    for column in other.by:
        levels = dimension_of(column).levels
        own = next((c for c in one.by if c in levels), None)
        if own is None or levels.index(own) > levels.index(column):
            return False
    return True
