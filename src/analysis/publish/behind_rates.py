"""Counts behind rates as evidence: all but the deaths without an age.

Pages of rates count the deaths of known ages. They differ by a few from tables of all deaths, so
that not everything they show can be put into one system with those.
"""

from collections.abc import Sequence

import numpy as np

from analysis.disclosure.measures import RATES
from analysis.publish.gaps import PASSES, exceeded
from analysis.publish.numbers import Along, Stack
from analysis.publish.universe import Part


def rates_only(part: Part) -> bool:
    """Return whether a table has counts behind rates, and withholds nothing."""
    return bool(set(RATES) & set(part.table.measures)) and not part.table.withheld.any()


def tied(
    rows: Stack, dimensions: Sequence[Along], guarded: np.ndarray, behind: np.ndarray
) -> np.ndarray:
    """Return which rows to keep: of counts behind rates those tied to what a table guards.

    In a dimension that a guarded table goes by, these are codes above and below its own; in any
    other, the code at which it stands and those above.

    Parameters
    ----------
    guarded, behind
        Which rows are of tables that withhold small counts, and which of counts behind rates.
    """
    codes, found = rows.codes[behind], np.zeros(behind.sum(), dtype=bool)
    tables = np.unique(rows.table[guarded])
    for table in tables:
        own = rows.codes[rows.table == table]
        near = [_near(own[:, place], along) for place, along in enumerate(dimensions)]
        found |= np.logical_and.reduce([of[code] for of, code in zip(near, codes.T, strict=True)])
    kept = ~behind
    kept[behind] = found | (not len(tables))
    return kept


def _near(codes: np.ndarray, along: Along) -> np.ndarray:
    """Codes, those above them, and those below if there are several."""
    part, total = along.edges
    own = np.zeros(along.span, dtype=bool)
    own[codes] = True
    found, new = own.copy(), own
    while new.any():
        new = _marked(total[new[part]], along.span) & ~found
        found |= new
    below = own if own.sum() > 1 else new
    while below.any():
        below = _marked(part[below[total]], along.span) & ~found
        found |= below
    return found


def _marked(codes: np.ndarray, span: int) -> np.ndarray:
    marked = np.zeros(span, dtype=bool)
    marked[codes] = True
    return marked


def without_ageless(rows: Stack, dimensions: Sequence[Along], behind: np.ndarray) -> np.ndarray:
    """Return which rows to keep: no counts behind rates below what tables, or their parts, say.

    Rates leave out the deaths without an age; a table of counts has them. Any other two values of
    one cell are a contradiction, and stay.
    """
    counted = np.full(len(rows.cells), -np.inf)
    np.fmax.at(counted, rows.cell[~behind], rows.value[~behind])
    kept = ~behind | ~(rows.value < counted[rows.cell])
    for _ in range(PASSES if behind.any() and not behind.all() else 0):
        left = np.flatnonzero(kept)
        less = exceeded(rows.where(kept), dimensions) & behind[left]
        if not less.any():
            break
        kept[left[less]] = False
    return kept
