"""What the attacker found that must not be published, and the sum that gives it away."""

import time
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.disclosure.attack import Evidence, concluded, read_system
from analysis.disclosure.cells import Cells
from analysis.disclosure.columns import Tables
from analysis.disclosure.explain import Explainer
from analysis.disclosure.knowledge import Knowledge
from analysis.disclosure.polytope import UNBOUNDED, WHOLE
from analysis.disclosure.questions import BOUNDED, Question
from analysis.disclosure.reader import Ranges
from analysis.errors import DisclosureError

# Seconds after which no further leak is explained.
PATIENCE = 20.0
COLUMNS = ["cell", "attack_low", "attack_up", "reason", "tables", "sum"]


def find_leaks(
    cells: Tables,
    hierarchies: Mapping,
    max_primary: float,
    protection: float = 1.0,
    count: str | None = None,
    minimum: float = 0.0,
    knowledge: Iterable[Knowledge] = (),
    whole: bool = True,
    ceiling: float = np.inf,
    explained: int = 50,
    new: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the withheld cells that a reader can work out, or nearly.

    A cell leaks if its range is narrower than ``protection``, and it holds a small count: where
    the tables have a column ``primary``, one marked there; and in any case one whose whole range
    is from 1 to ``max_primary``, of which a reader is sure that it is small. A cell that cannot be
    bounded, or whose sums contradict each other, is reported whatever it holds. Where tables of
    several rules are attacked together, a column ``limit`` says up to which count a cell is small
    (0: it may be known), instead of ``max_primary``; of several tables the largest holds.

    Parameters
    ----------
    cells, hierarchies, count, minimum, knowledge, whole
        As for ``attack.bounds``.
    max_primary
        Largest count that must not become known.
    protection
        Width below which a range is too narrow; 1 is the distance of two whole numbers.
    ceiling
        A count that no reader thinks possible to be passed, such as all deaths of the year.
        Without one, a cell that no sum bounds from above is reported.
    explained
        Leaks at most for which the sum is worked out; fewer where that takes long.
    new
        Names of tables, where all the others have been found to be safe together: only cells of
        which these tell are looked at.

    Returns
    -------
    DataFrame
        One row per leak, the narrowest first: ``cell`` in words, its range (``attack_low``,
        ``attack_up``), ``reason``, the ``tables`` that take part, and the ``sum`` that leaks.
        ``attrs["attack"]`` holds the number of ``cells`` and of ``hidden`` ones, and ``narrowest``,
        the width of the narrowest range of a hidden cell that is marked (by ``primary`` or a
        ``limit``) and may be small, that is from 1 to its limit; missing if there is none. Ranges
        are worked out only as far as they have to be, so it is at least that.

    Raises
    ------
    DisclosureError
        As for ``attack.bounds``.
    """
    evidence = read_system(cells, hierarchies, count, minimum, knowledge)
    primary = evidence.system.cells.mark("primary", False)[evidence.system.hidden]
    limit = _limits(evidence.system.cells, max_primary)
    question = Question(protection, whole, small=(1, max(max_primary, *limit, 1)))
    guarded = primary | (limit > 0)[evidence.system.hidden]
    if new is not None:
        guarded &= evidence.reached_by(new)
    limited = any("limit" in table for table in evidence.system.cells.tables.values())
    strict = guarded if limited else primary
    ranges = concluded(evidence, question, ceiling, guarded, strict)
    found = _found(evidence, ranges, limit, protection, ceiling)
    explain, begun = Explainer(evidence, ceiling), time.monotonic()
    hidden = np.flatnonzero(evidence.system.hidden)
    rows = _shown_elsewhere(evidence.system.cells, limit)
    for place, column in enumerate(found):
        cell = int(hidden[column])
        patient = place < explained and time.monotonic() - begun < PATIENCE
        sentence, tables = explain(column) if patient else ("", [])
        withheld = evidence.system.cells.tables_of(cell, withheld=True)
        rows.append(
            {
                "cell": evidence.system.cells.label(cell),
                "attack_low": ranges.low[column],
                "attack_up": ranges.high[column],
                "reason": _reason(ranges, column),
                "tables": ", ".join(dict.fromkeys([*withheld, *tables])),
                "sum": sentence,
            }
        )
    leaks = pd.DataFrame(rows, columns=COLUMNS)
    # A count that is known to be 0, such as of nobody added between editions, is not small.
    may_be_small = (ranges.low <= limit[hidden] + WHOLE) & (ranges.high > WHOLE)
    width = (ranges.high - ranges.low)[strict & (ranges.status == BOUNDED) & may_be_small]
    leaks.attrs["attack"] = {
        "cells": len(evidence.system.cells.codes),
        "hidden": len(hidden),
        "narrowest": float(width.min()) if len(width) else np.nan,
    }
    return leaks


def require_no_leaks(leaks: pd.DataFrame, where: str) -> None:
    """Refuse what leaks; ``where`` names what was attacked.

    Raises
    ------
    DisclosureError
        ``leaks`` (of :func:`find_leaks`) has rows: the first five, with their sums.
    """
    if leaks.empty:
        return
    listed = "\n".join(
        f"  {leak.cell} ({leak.tables}): {leak.reason}{': ' if leak.sum else ''}{leak.sum}"
        for leak in leaks.head(5).rename(columns={"sum": "sum"}).itertuples()
    )
    more = f"\n  ... and {len(leaks) - 5} more" if len(leaks) > 5 else ""
    raise DisclosureError(
        f"{where}: a reader can work out {len(leaks)} withheld cells.\n{listed}{more}\n"
        "Withhold one more cell of each sum, or publish the table coarser."
    )


def _limits(cells: Cells, max_primary: float) -> np.ndarray:
    """Largest count of each cell that must not become known."""
    limit = np.full(len(cells.codes), -np.inf)
    for name, table in cells.tables.items():
        own = table.get("limit", pd.Series(max_primary, index=table.index)).fillna(max_primary)
        np.maximum.at(limit, cells.rows[name], own.to_numpy(float))
    return np.where(np.isinf(limit), max_primary, limit)


def _found(
    evidence: Evidence, ranges: Ranges, limit: np.ndarray, protection: float, ceiling: float
) -> np.ndarray:
    """Places of the leaks among the hidden cells, the narrowest first."""
    cells = evidence.system.cells
    width = ranges.high - ranges.low
    odd = ranges.status != BOUNDED
    own = limit[evidence.system.hidden]
    # A count that may be known is not in danger where nothing bounds it.
    odd &= (ranges.status != UNBOUNDED) | ((own > 0) & ~np.isfinite(ceiling))
    small = (ranges.low > WHOLE) & (ranges.high <= own + WHOLE)
    small |= cells.mark("primary", False)[evidence.system.hidden]
    found = np.flatnonzero(odd | (small & (width < protection - WHOLE)))
    return found[np.argsort(np.nan_to_num(width[found], nan=-1.0), kind="stable")]


def _reason(ranges: Ranges, column: int) -> str:
    low, high = ranges.low[column] + 0.0, ranges.high[column] + 0.0
    if ranges.status[column] != BOUNDED and not high - low < np.inf:
        return f"{ranges.status[column]}"
    if high - low <= WHOLE:
        return f"is exactly {high:g}"
    return f"is between {low:g} and {high:g}"


def _shown_elsewhere(cells: Cells, limit: np.ndarray) -> list[dict]:
    """Small counts that one table withholds and another shows."""
    rows = []
    primary = cells.mark("primary", False)
    for name, places in cells.rows.items():
        value = cells.value[places]
        small = ((value > 0) & (value <= limit[places])) | primary[places]
        for row in np.flatnonzero(np.isnan(cells.shown[name]) & np.isfinite(value) & small):
            cell = int(places[row])
            others = cells.tables_of(cell, withheld=False)
            rows.append(
                {
                    "cell": cells.label(cell),
                    "attack_low": value[row],
                    "attack_up": value[row],
                    "reason": f"is exactly {value[row]:g}",
                    "tables": ", ".join([name, *others]),
                    "sum": f"{name} withholds it, {others[0]} shows it",
                }
            )
    return rows
