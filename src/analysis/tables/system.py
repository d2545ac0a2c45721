"""Tables as one system: their cells in all dimensions, and which codes add up to which.

What protects a table and what attacks it read the same cells. A table has a code in every
dimension: its own where it goes by it, that of its filter or of the total where it does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import pandas as pd

from analysis.tables.dimensions import (
    DIMENSIONS,
    TIMES,
    Dimension,
    climbed,
)
from analysis.tables.request import Request
from analysis.tables.windows import tilings

# The part of a total that no table lists.
REST = "rest of"
Trees = dict[str, list[dict[str, list[str]]]]
Listing = dict[str, set[str]]


def as_cells(frame: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Return a table with a column of codes for each dimension in place of its ``by`` columns.

    Parameters
    ----------
    frame
        One row per group: ``request.by`` (codes, or the code of the total of the dimension) and
        other columns, which are kept.
    request
        What the table is; its filters and its window give the codes of the other dimensions.

    Returns
    -------
    DataFrame
        The same rows; dimensions as columns of text. A period that the window cuts short has a
        code of its own, so that tables of two windows are not mixed up.
    """
    codes = {}
    for dimension in dimensions_of(request):
        whole = request.filter_code(dimension)
        column = next((c for c in request.by if c in dimension.levels), None)
        if column is None:
            codes[dimension.name] = pd.Series(whole, index=frame.index, dtype="str")
            continue
        own = frame[column].astype("str")
        own = own.mask(own == dimension.total, whole)
        if dimension.name == request.window.time:
            clipped = {code: request.window.clipped(code) for code in own.unique()}
            own = own.map(clipped)
        codes[dimension.name] = own
    rest = frame.drop(columns=list(request.by))
    return pd.concat([pd.DataFrame(codes, index=frame.index), rest], axis=1)


def listing(request: Request, codes: Mapping[str, Iterable[str]]) -> Listing:
    """Return the codes of a table in each dimension, its total or filter among them.

    ``codes`` has those of each ``by`` column, as the table lists them.
    """
    found = {}
    for dimension in dimensions_of(request):
        own = {request.filter_code(dimension)}
        for column in (c for c in request.by if c in dimension.levels):
            listed = set(codes[column]) - {dimension.total}
            timed = dimension.name == request.window.time
            own |= {request.window.clipped(code) for code in listed} if timed else listed
        found[dimension.name] = own
    return found


def trees_of(listed: Sequence[tuple[Request, Listing]], lookup: pd.DataFrame) -> Trees:
    """Return which codes add up to which in each dimension, over all levels that tables use.

    Parameters
    ----------
    listed
        Tables, and their codes as :func:`listing` gives them.
    lookup
        The lookup of areas.

    Returns
    -------
    dict
        Dimension -> mappings of a total to its parts, as ``disclosure.hierarchies`` reads them.
    """
    trees: Trees = {}
    for dimension in DIMENSIONS:
        held = [(request, codes) for request, codes in listed if dimension.name in codes]
        if held:
            of = _periods if dimension.name in TIMES else partial(_levels, lookup=lookup)
            trees[dimension.name] = of(held, dimension)
    return trees


def dimensions_of(request: Request) -> list[Dimension]:
    """Return the dimensions in which tables of a window differ."""
    other = next(time for time in TIMES if time != request.window.time)
    return [dimension for dimension in DIMENSIONS if dimension.name != other]


def _periods(held: list[tuple[Request, Listing]], dimension: Dimension) -> list[dict]:
    families: dict[tuple[str, str], set[str]] = {}
    for request, codes in held:
        whole = request.window.code
        column = next((c for c in request.by if c in dimension.levels), "")
        families.setdefault(("", whole), set()).add(whole)
        families.setdefault((column, whole), set()).update(codes[dimension.name] - {whole})
    coarse_first = ["", *reversed(dimension.levels)]
    ordered = sorted(families.items(), key=lambda item: coarse_first.index(item[0][0]))
    distinct = list({frozenset(codes): codes for _, codes in ordered if codes}.values())
    return tilings(distinct)


def _levels(
    held: list[tuple[Request, Listing]], dimension: Dimension, lookup: pd.DataFrame
) -> list[dict]:
    # Levels whose codes are all listed inside a filter, and those listed wherever they are.
    codes, several, inside, everywhere = defaultdict(set), {}, set(), set()
    for request, listed in held:
        whole = request.filter_code(dimension)
        for column in (c for c in request.columns if c in dimension.levels):
            chosen = request.where.get(column, ())
            codes[column] |= set(chosen)
            if len(chosen) > 1:
                several[whole] = sorted(chosen)
            if column in request.by:
                codes[column] |= listed[dimension.name] - {whole}
                inside |= set() if chosen else {column}
                everywhere |= set() if request.where.keys() & {*dimension.levels} else {column}
        if dimension.name == "area":
            codes["ctry20cd"] |= {whole} & set(lookup["ctry20cd"].unique())
    used = [level for level in dimension.levels if codes[level]]
    trees = [several] if several else []
    for fine, coarse in pairwise(used):
        above = climbed(codes[fine], fine, coarse, lookup)
        codes[coarse] |= set(above.values())
        trees.append(_tree(above, complete=fine in inside | everywhere))
        everywhere |= {coarse} if fine in everywhere else set()
    for top in used[-1:]:
        above = dict.fromkeys(codes[top], dimension.total)
        trees.append(_tree(above, complete=top in everywhere))
    return [tree for tree in trees if tree]


def _tree(above: Mapping[str, str], complete: bool) -> dict[str, list[str]]:
    """Totals and parts; a part for the rest where tables list only some."""
    tree = defaultdict(list)
    for code, total in sorted(above.items()):
        if code != total:
            tree[total].append(code)
    if not complete:
        for total, parts in tree.items():
            parts.append(f"{REST} {total}")
    return dict(tree)
