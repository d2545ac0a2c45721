"""Tables as one system: their cells in all dimensions, and which codes add up to which.

What protects a table and what attacks it read the same cells. A table has a code in every
dimension: its own where it goes by it, that of its filter or of the total where it does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from analysis.tables.dimensions import (
    DIMENSIONS,
    TIMES,
    Dimension,
    coarser,
    codes_above,
)
from analysis.tables.request import Request
from analysis.tables.windows import tilings

EDITION = "edition"
Trees = dict[str, list[dict[str, list[str]]]]


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
    for dimension in _dimensions(request):
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


def trees_of(requests: Iterable[Request], cells: Sequence[pd.DataFrame], lookup) -> Trees:
    """Return which codes add up to which in each dimension, over all levels that tables use.

    Parameters
    ----------
    requests, cells
        Tables, and their cells as :func:`as_cells` gives them.
    lookup
        The lookup of areas.

    Returns
    -------
    dict
        Dimension -> mappings of a total to its parts, as ``disclosure.hierarchies`` reads them.
    """
    requests = list(requests)
    trees: Trees = {}
    for dimension in DIMENSIONS:
        held = [
            (request, frame)
            for request, frame in zip(requests, cells, strict=True)
            if dimension.name in frame
        ]
        if not held:
            continue
        if dimension.name in TIMES:
            trees[dimension.name] = _periods(held, dimension)
        else:
            trees[dimension.name] = _levels(held, dimension, lookup)
    return trees


def closure(codes: Iterable[str], trees: Sequence[Mapping[str, Sequence[str]]]) -> set[str]:
    """Return codes with every total all of whose parts are there."""
    found, grown = set(codes), True
    while grown:
        new = {
            total
            for tree in trees
            for total, parts in tree.items()
            if total not in found and found.issuperset(parts)
        }
        found, grown = found | new, bool(new)
    return found


def within(trees: Trees, codes: Mapping[str, set[str]]) -> Trees:
    """Return the trees of which all parts are among the codes of their dimension."""
    return {
        name: [
            {total: parts for total, parts in tree.items() if codes[name].issuperset(parts)}
            for tree in trees[name]
        ]
        for name in codes
    }


def _dimensions(request: Request) -> list[Dimension]:
    """Dimensions in which tables of a window differ."""
    other = next(time for time in TIMES if time != request.window.time)
    return [dimension for dimension in DIMENSIONS if dimension.name != other]


def _periods(held, dimension: Dimension) -> list[dict[str, list[str]]]:
    families = {}
    for request, frame in held:
        own = frame[dimension.name].unique()
        column = next((c for c in request.columns if c in dimension.levels), None)
        families.setdefault(("", request.window.code), set()).add(request.window.code)
        if column is not None:
            level = families.setdefault((column, request.window.code), set())
            level |= set(own) - {request.window.code}
    coarse_first = ["", *reversed(dimension.levels)]
    ordered = sorted(families.items(), key=lambda item: coarse_first.index(item[0][0]))
    distinct = list({frozenset(codes): codes for _, codes in ordered if codes}.values())
    return tilings(distinct)


def _levels(held, dimension: Dimension, lookup: pd.DataFrame) -> list[dict[str, list[str]]]:
    codes, several = defaultdict(set), {}
    for request, frame in held:
        own = set(frame[dimension.name].unique())
        whole = request.filter_code(dimension)
        for column in (c for c in request.columns if c in dimension.levels):
            listed = request.where.get(column, ())
            codes[column] |= set(listed)
            if len(listed) > 1:
                several[whole] = sorted(listed)
            if column in request.by:
                codes[column] |= own - {whole, dimension.total}
        if dimension.name == "area" and whole != dimension.total and "+" not in whole:
            codes["ctry20cd"] |= {whole} & set(lookup["ctry20cd"])
    used = [level for level in dimension.levels if codes[level]]
    trees = [several] if several else []
    for fine, coarse in pairwise(used):
        trees.append(_tree(_climbed(codes[fine], fine, coarse, lookup)))
        codes[coarse] |= set(_climbed(codes[fine], fine, coarse, lookup).values())
    if used:
        trees.append({dimension.total: sorted(codes[used[-1]])})
    return [tree for tree in trees if tree]


def _climbed(codes: set[str], fine: str, coarse: str, lookup: pd.DataFrame) -> dict[str, str]:
    """The code at a coarser level of each code."""
    above, level = {code: code for code in codes}, fine
    for upper in coarser(fine):
        step = codes_above(level, set(above.values()), lookup)
        above, level = {code: step[at] for code, at in above.items()}, upper
        if upper == coarse:
            break
    return above


def _tree(above: Mapping[str, str]) -> dict[str, list[str]]:
    tree = defaultdict(list)
    for code, total in sorted(above.items()):
        if code != total:
            tree[total].append(code)
    return dict(tree)
