"""Parts of published sums that no table has, so that a sum never says more than a reader knows.

A part without a row counts as 0 for the attacker. A part that other tables have, or that people
without an age or an area are in, is put in as an unknown instead.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError
from analysis.publish.numbers import (
    Along,
    Numbers,
    Pairs,
    Stack,
    Sums,
    among,
    distinct,
    first_of,
    keys_along,
    ordered,
    row_numbers,
)
from analysis.tables.dimensions import OF_COLUMN
from analysis.tables.request import INDEX_COUNTRY

# Parts that no table has are unknowns of their own if there are so few, else one rest.
FEW = 40
PASSES = 40


def unknown_parts(rows: Stack, dimensions: Sequence[Along]) -> np.ndarray:
    """Return the codes of cells that take part in sums and are in no table.

    Raises
    ------
    DisclosureError
        The sums never come to an end.
    """
    cells = rows.cells
    fresh = np.ones(len(cells), dtype=bool)
    falls = [_falls(rows, place, along) for place, along in enumerate(dimensions)]
    for _ in range(PASSES):
        found = [
            _missing(cells, fresh, place, along, falls[place])
            for place, along in enumerate(dimensions)
        ]
        new = distinct(np.concatenate(found))
        if not len(new):
            return cells[len(rows.cells) :]
        # What a group lacks follows from its own cells: only one that has grown is read again.
        fresh = np.repeat([False, True], [len(cells), len(new)])
        cells = np.concatenate([cells, new])
    raise DisclosureError(
        f"{len(cells)} cells: the sums of published tables lead to ever more cells that no table "
        "has, so that they cannot be attacked.\nPublish fewer dimensions together."
    )


def exceeded(rows: Stack, dimensions: Sequence[Along]) -> np.ndarray:
    """Return which rows are of a cell whose shown parts are more than it is itself."""
    first = rows.first_shown
    over = np.zeros(len(rows.cells), dtype=bool)
    for place, along in enumerate(dimensions):
        keys = keys_along(rows.codes[first], place, along.span)
        for way in along.ways:
            sums = _sums(keys, rows.value[first], way, along.span)
            over[rows.cell[first[sums.row[sums.over]]]] = True
    return over[rows.cell]


def areas_by_decile(lookup: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return for each index of deprivation the deciles that each local authority has."""
    found = {}
    for column in INDEX_COUNTRY:
        pairs = lookup.dropna(subset=[column])[["lad20cd", column]].drop_duplicates()
        decile = pairs[column].astype(int).astype(str)
        found[column] = pd.DataFrame(
            {"area": pairs["lad20cd"].astype(str), OF_COLUMN[column].name: decile}
        )
    return found


def pieces(rows: Stack, numbers: Numbers, deciles: dict[str, pd.DataFrame]) -> np.ndarray:
    """Return the codes of what authorities have of each decile, where either is withheld.

    All deciles of an authority add up to it; those that it has nothing of have no row.
    """
    found = [rows.codes[:0]]
    for column, pairs in deciles.items():
        dimension = OF_COLUMN[column]
        if not {"area", dimension.name} <= set(rows.dimensions):
            continue
        at = [rows.dimensions.index(name) for name in pairs]
        inside = np.column_stack([numbers.of_words(name, pairs[name]) for name in pairs])
        (country,) = numbers.of_words("area", [INDEX_COUNTRY[column]])
        (total,) = numbers.of_words(dimension.name, [dimension.total])
        area, decile = rows.codes[:, at].T
        ranked = (area == country) & (decile != total)
        places = np.isin(area, inside[:, 0]) & (decile == total)
        withheld = (ranked | places) & np.isnan(rows.value)
        group = row_numbers(np.delete(rows.codes, at, axis=1))
        both = np.intersect1d(group[ranked], group[places])
        both = first_of(group)[np.intersect1d(both, group[withheld])]
        new = np.repeat(rows.codes[both], len(inside), axis=0)
        new[:, at] = np.tile(inside, (len(both), 1))
        found.append(new)
    return np.concatenate(found)


class _Summed(NamedTuple):
    """Totals that have a row, and a row for some part.

    ``whole``: all parts have a row. ``short``: all are shown, and less together than the total.
    ``over``: those that are shown are more.
    """

    row: np.ndarray
    whole: np.ndarray
    short: np.ndarray
    over: np.ndarray


def _sums(keys: np.ndarray, value: np.ndarray, way: Sums, span: int) -> _Summed:
    group, code = np.divmod(keys, span)
    inside = np.flatnonzero(way.above[code] >= 0)
    totals, which = np.unique(group[inside] * span + way.above[code[inside]], return_inverse=True)
    shown = ~np.isnan(value[inside])
    size = np.bincount(which, minlength=len(totals))
    count = np.bincount(which, shown, len(totals))
    added = np.bincount(which, np.where(shown, value[inside], 0.0), len(totals))
    row = np.flatnonzero(among(keys, totals))
    at, needed = np.searchsorted(totals, keys[row]), way.parts.count[code[row]]
    return _Summed(
        row,
        size[at] == needed,
        (count[at] == needed) & (added[at] < value[row] - 1e-6),
        added[at] > value[row] + 1e-6,
    )


class _Falls(NamedTuple):
    """Totals that are more than their parts somewhere where all are shown: those without an age.

    ``closed`` marks the cells of such ``totals`` that are not: a table has the total and all of
    its parts there, and never falls short.
    """

    totals: np.ndarray
    closed: np.ndarray


def _falls(rows: Stack, place: int, along: Along) -> _Falls:
    keys = keys_along(rows.cells, place, along.span)
    least = np.full(len(rows.cells), np.inf)
    np.fmin.at(least, rows.cell, rows.value)
    least[np.isinf(least)] = np.nan
    code = rows.cells[:, place]
    falls = _Falls(np.zeros(along.span, dtype=bool), np.zeros(len(keys), dtype=bool))
    for way in along.ways:
        sums = _sums(keys, least, way, along.span)
        totals = np.zeros(along.span, dtype=bool)
        totals[code[sums.row[sums.short]]] = True
        falls.totals[totals] = True
        for table in np.unique(rows.table) if totals.any() else ():
            own = np.flatnonzero(rows.table == table)
            cell = rows.cell[own]
            sums = _sums(keys[cell], rows.value[own], way, along.span)
            cell, safe = cell[sums.row], totals.copy()
            safe[code[cell[sums.short]]] = False
            falls.closed[cell[sums.whole & safe[code[cell]]]] = True
    return falls


def _missing(
    cells: np.ndarray, fresh: np.ndarray, place: int, along: Along, falls: _Falls
) -> np.ndarray:
    """Parts along one dimension that have no row, of totals that are in a published sum.

    Only groups of other codes that have a ``fresh`` cell are looked at.
    """
    span = along.span
    keys = keys_along(cells, place, span)
    again = np.zeros(keys.max(initial=-1) // span + 1, dtype=bool)
    again[keys[fresh] // span] = True
    seen = np.flatnonzero(again[keys // span])
    first = first_of(keys // span)
    closed = np.sort(keys[: len(falls.closed)][falls.closed])
    there = present = np.sort(keys[seen])
    new = [keys[:0]]
    for way in [*along.ways, *along.ways]:
        at, total = way.totals.of(present % span)
        parts, above = present[at], present[at] // span * span + total
        sums, size = np.unique(above, return_counts=True)
        inside = np.sort(parts * span + above % span)
        present = ordered(present, sums)
        code, group = sums % span, sums // span * span
        told = ~among(group + _rest(code) % span, there)
        told[told] = _tied(sums[told], along.around, there, span)
        rests = told & falls.totals[code] & ~among(sums, closed)
        lacking = way.parts.count[code] - size
        many, few = told & (lacking > FEW), told & (lacking > 0) & (lacking <= FEW)
        new += [group[which] + _rest(code[which]) % span for which in (rests, many)]
        at, part = way.parts.of(code[few])
        part = group[few][at] + part
        new.append(part[~among(part * span + code[few][at], inside)])
    found = ordered(*new)
    lacked, code = cells[first[found // span]], found % span
    lacked[:, place] = np.where(code >= span // 2, code - span, code)
    return lacked


def _tied(sums: np.ndarray, around: Pairs, there: np.ndarray, span: int) -> np.ndarray:
    """Which sums are tied to something that is published; another says nothing."""
    at, above = around.of(sums % span)
    tied = among(sums[at] // span * span + above, there)
    return np.bincount(at[tied], minlength=len(sums)) > 0


def _rest(total: np.ndarray) -> np.ndarray:
    return -1 - total
