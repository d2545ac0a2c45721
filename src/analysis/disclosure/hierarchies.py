"""Which codes add up to which: hierarchies read from plain mappings.

Codes are text. A dimension may have several hierarchies over the same codes (deprivation and
local authorities over the same small areas), or none.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from analysis.errors import DisclosureError


class Breakdown(NamedTuple):
    """A total and the parts that add up to it, once."""

    total: str
    parts: tuple[str, ...]


def read_hierarchies(hierarchies: Mapping) -> dict[str, tuple[Breakdown, ...]]:
    """Return the breakdowns of each dimension.

    Parameters
    ----------
    hierarchies
        For each dimension (a column of codes), which codes add up to which. Either a mapping of
        each total to its parts, ``{"sex": {"Persons": ["F", "M"]}}``; or the same, nested,
        ``{"area": {"England": {"North": ["A", "B"], "South": ["C"]}}}``; or a list of such
        mappings where the same codes add up in several ways,
        ``{"area": [{"North": ["A", "B"]}, {"decile 1": ["A"], "decile 2": ["B"]}]}``.
        A dimension in which nothing adds up has an empty mapping.

    Returns
    -------
    dict
        Dimension -> its breakdowns, each once, in the order given.

    Raises
    ------
    DisclosureError
        A total without parts, a part named twice in a total, a code that adds up to itself.
    """
    if not isinstance(hierarchies, Mapping) or not hierarchies:
        raise DisclosureError(
            "hierarchies: no dimensions are given.\n"
            'Give a mapping such as {"sex": {"Persons": ["F", "M"]}, "age_band": {}}.'
        )
    found = {}
    for dimension, tree in hierarchies.items():
        dimension = str(dimension)
        levels = list(dict.fromkeys(_walk(tree, dimension)))
        for level in levels:
            _require_sound(level, dimension)
        _require_no_circle(levels, dimension)
        found[dimension] = tuple(levels)
    return found


def root(levels: Iterable[Breakdown], dimension: str) -> str:
    """Return the one total of a dimension that is part of nothing; blank if nothing adds up.

    Raises
    ------
    DisclosureError
        There are several.
    """
    parts = {part for level in levels for part in level.parts}
    tops = list(dict.fromkeys(level.total for level in levels if level.total not in parts))
    if len(tops) > 1:
        raise DisclosureError(
            f"hierarchies: {dimension} has {len(tops)} codes that are part of nothing "
            f"({', '.join(tops[:4])}), and a table lacks the column {dimension}.\n"
            f"Give the table that column, or one total above them all."
        )
    return tops[0] if tops else ""


def add_totals(
    cells: pd.DataFrame, hierarchies: Mapping, measures: Iterable[str] = ("numerator",)
) -> pd.DataFrame:
    """Return inner cells with the rows of all their totals.

    Parameters
    ----------
    cells
        One row per inner cell: a column of codes for each dimension, and ``measures``.
    hierarchies
        As for :func:`read_hierarchies`.
    measures
        Columns to add up. Other columns are dropped.

    Returns
    -------
    DataFrame
        The dimensions and ``measures``; inner cells first, one row for each combination of codes.
    """
    known = read_hierarchies(hierarchies)
    dimensions, measures = list(known), list(measures)
    frame = cells[dimensions + measures].assign(**{d: cells[d].astype(str) for d in dimensions})
    for dimension, levels in known.items():
        done = {level.total for level in levels} & set(frame[dimension])
        waiting = [level for level in levels if level.total not in done]
        while waiting:
            level = next(_ready(waiting))
            parts = frame[frame[dimension].isin(level.parts)].assign(**{dimension: level.total})
            total = parts.groupby(dimensions, sort=False, as_index=False)[measures].sum()
            frame = pd.concat([frame, total], ignore_index=True)
            waiting = [other for other in waiting if other.total != level.total]
    return frame


def _ready(waiting: list[Breakdown]) -> Iterator[Breakdown]:
    """Breakdowns none of whose parts still waits to be added up."""
    missing = {level.total for level in waiting}
    return (level for level in waiting if not missing & set(level.parts))


def _walk(tree: object, dimension: str) -> Iterator[Breakdown]:
    if tree is None:
        return
    if isinstance(tree, Mapping):
        for total, parts in tree.items():
            yield from _branches(str(total), parts, dimension)
    elif isinstance(tree, (list, tuple)) and all(isinstance(one, Mapping) for one in tree):
        for one in tree:
            yield from _walk(one, dimension)
    else:
        raise DisclosureError(
            f"hierarchies: {dimension} is {type(tree).__name__}.\n"
            'Give a mapping of each total to its parts, {"Persons": ["F", "M"]}, or a list of them.'
        )


def _branches(total: str, parts: object, dimension: str) -> Iterator[Breakdown]:
    if isinstance(parts, Mapping):
        yield Breakdown(total, tuple(str(part) for part in parts))
        nested = {part: below for part, below in parts.items() if below is not None and len(below)}
        yield from _walk(nested, dimension)
    elif isinstance(parts, str) or not isinstance(parts, Iterable):
        raise DisclosureError(
            f"hierarchies: {dimension} {total!r} adds up {parts!r}, which is no list of codes.\n"
            'Give each total the list of its parts, {"Persons": ["F", "M"]}.'
        )
    else:
        listed = list(parts)
        if listed and all(isinstance(part, (list, tuple, set, frozenset)) for part in listed):
            for one in listed:
                yield Breakdown(total, tuple(str(part) for part in one))
        else:
            yield Breakdown(total, tuple(str(part) for part in listed))


def _require_sound(level: Breakdown, dimension: str) -> None:
    repeated = len(level.parts) - len(set(level.parts))
    fault = ""
    if not level.parts:
        fault = "has no parts"
    elif repeated:
        fault = f"names {repeated} of its {len(level.parts)} parts more than once"
    elif level.total in level.parts:
        fault = "is one of its own parts"
    if fault:
        raise DisclosureError(
            f"hierarchies: {dimension} {level.total!r} {fault}.\n"
            "A total is the sum of its parts, each counted once."
        )


def _require_no_circle(levels: list[Breakdown], dimension: str) -> None:
    waiting = levels
    while waiting:
        ready = {level.total for level in _ready(waiting)}
        if not ready:
            raise DisclosureError(
                f"hierarchies: {dimension} goes round in a circle through "
                f"{', '.join(sorted({level.total for level in waiting})[:4])}.\n"
                "A total cannot be part of a code that is part of it."
            )
        waiting = [level for level in waiting if level not in set(_ready(waiting))]
