"""Cell suppression: which counts to withhold so that none of the small ones can be worked out.

Primary cells are small; secondary cells are withheld because a sum would give a primary cell back.
All sums over all totals and hierarchies count at once, over all tables that are given together.
The pattern that leaves this module has been attacked and has passed, or there is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.disclosure.ask import SAME
from analysis.disclosure.cells import Cells, read_cells
from analysis.disclosure.columns import Tables
from analysis.disclosure.cover import Pattern, cheapest_cover
from analysis.disclosure.cuts import Task, Unprotectable
from analysis.disclosure.linear_system import System, build_system
from analysis.disclosure.polytope import WHOLE
from analysis.disclosure.questions import BOUNDED, Question
from analysis.disclosure.reader import Known, conclude, tightened
from analysis.disclosure.tasks import build_task
from analysis.errors import DisclosureError

ZEROS = ("secondary", "primary", "shown")
# Up to so many cells the pattern is the cheapest; above, within a hundredth of it or the rounds.
EXACT, MANY = 600, 50_000
ATTEMPTS = 5


class NotProtectable(DisclosureError):
    """Too few cells may be withheld to hide a count."""


def suppress(
    cells: Tables,
    hierarchies: Mapping,
    max_primary: float,
    count: str | None = None,
    zeros: str = "secondary",
    protection: float | None = None,
    rounds: int | None = None,
    open_parts: bool = False,
    look: Callable[[pd.Series], None] | None = None,
) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Return tables with the cells to withhold marked, at low cost in deaths withheld.

    Parameters
    ----------
    cells
        A table, or several that are published together, by name. One row per inner cell or total:
        a column of codes for each dimension (a table that lacks one stands at its total), and a
        count. A part without a row counts as 0; a total without a row is not published. Optional
        columns of true and false: ``sensitive`` (to be withheld whatever its count), ``keep``
        (must be shown, such as a cell that an earlier edition shows), ``unpublished`` (in no
        table: of no cost, but the reader knows that it exists and is not below 0), ``likely``
        (may well be of use to protect others, such as what an earlier edition withholds: tried
        first); and of numbers, ``protection`` (of this cell, where a sum that is public leaves less
        room).
    hierarchies
        Which codes add up to which, ``{"sex": {"Persons": ["F", "M"]}}``; see
        ``hierarchies.read_hierarchies``.
    max_primary
        Largest count that must not become known.
    count
        Column of counts: by default ``numerator``, ``freq`` or ``count``, or the only column of
        numbers.
    zeros
        ``secondary``: a 0 may be withheld to protect another cell. ``primary``: every 0 is
        withheld and protected. ``shown``: no 0 is withheld; then a reader knows that a withheld
        cell is at least 1, and protection holds against that reader.
    protection
        How far the smallest and the largest whole number that a reader must think possible in a
        primary cell lie apart. By default ``max_primary``, or one less where zeros are shown:
        nothing can be said of the cell that is not true of small cells in general. Cells are not
        counted on to move up by more than twice this, so it holds for a reader who knows the size
        of every cell roughly.
    rounds
        How often to look for a cheaper pattern. By default as often as the size of the tables
        allows; few are fast, and some per cent dearer.
    open_parts
        A part without a row is not 0 but a count that no table tells, and a total may be more than
        its parts.
    look
        Called with what would be withheld of a single table, row by row, before it is verified in
        whole numbers, which takes longest. What it raises ends the work.

    Returns
    -------
    DataFrame or dict of DataFrame
        As ``cells``, the same rows in the same order, with columns ``primary`` and ``suppressed``
        (primary or secondary). **The counts are still there**: show them only where ``suppressed``
        is false. ``attrs["suppression"]`` holds the number of ``cells``, ``primary`` and
        ``secondary`` cells, the deaths ``withheld``, ``cost`` (a death and a cell count 1 each)
        and ``bound``, a cost below which no pattern is safe.

    Raises
    ------
    DisclosureError
        Parts do not add up to a total, a count is missing, or tables contradict each other.
    NotProtectable
        A primary cell cannot be protected because too few others may be withheld.

    References
    ----------
    Fischetti M, Salazar JJ (2001), Solving the cell suppression problem on tabular data with
    linear constraints, Management Science 47, 1008-1027.
    """
    if zeros not in ZEROS:
        raise DisclosureError(f"zeros={zeros!r}: it is one of {', '.join(ZEROS)}.")
    read = read_cells(cells, hierarchies, count, withheld=False)
    _require_counts(read)
    system = build_system(read, open_parts)
    least = 1.0 if zeros == "shown" else 0.0
    width = max(1.0, max_primary - least) if protection is None else float(protection)
    task = build_task(system, max_primary, zeros, width)
    pattern = _verified(
        task, system, rounds, look and (lambda hidden: look(_of_rows(read, hidden)))
    )
    return _marked(cells, read, task, pattern)


def _of_rows(read: Cells, hidden: np.ndarray) -> pd.Series:
    """Which rows of the one table are hidden."""
    (name,) = read.rows
    return pd.Series(hidden[read.rows[name]], index=read.tables[name].index)


def _verified(
    task: Task,
    system: System,
    rounds: int | None,
    look: Callable[[np.ndarray], None] | None,
) -> Pattern:
    """A pattern that the attacker cannot break, in whole numbers."""
    wanted = task.width.copy()
    size = len(system.cells.value)
    effort = {"rounds": 40, "gap": 0.0} if size <= EXACT else {"rounds": 10, "gap": 0.01}
    if size > MANY:
        effort = {"rounds": 4, "gap": 0.02}
    if rounds is not None:
        effort = {"rounds": rounds, "gap": 0.05} | ({"patience": 0} if rounds == 1 else {})
    for _ in range(ATTEMPTS):
        try:
            pattern = cheapest_cover(task, **effort)
        except Unprotectable as fault:
            raise NotProtectable(
                f"{system.cells.label(fault.cell)}: nothing that may be withheld hides this "
                f"count from a reader, who needs {wanted[fault.cell]:g} whole numbers in doubt.\n"
                "Publish the table coarser, let totals be withheld (keep), or lower protection."
            ) from None
        if look is not None:
            look(pattern.hidden[:size])
        broken = _broken(task, pattern, wanted)
        if not len(broken):
            return _without_idle(task, system, pattern)
        # Fractions moved far enough, whole numbers did not: ask for more room there.
        task.width[broken] += 1.0
    raise NotProtectable(
        f"{system.cells.label(int(broken[0]))}: {len(broken)} cells could not be protected in "
        f"whole numbers in {ATTEMPTS} attempts.\nPublish the table coarser."
    )


def _without_idle(task: Task, system: System, pattern: Pattern) -> Pattern:
    """Show again what the sums give back at once: that tells a reader nothing new."""
    size = len(system.cells.value)
    hidden = np.flatnonzero(pattern.hidden[:size])
    matrix = sparse.csr_array(system.matrix[:, hidden])
    least = np.where(system.open, system.rest, 0.0)
    most = np.where(system.open, np.inf, 0.0)
    low, high = tightened(Known(matrix, least, most, -task.down[hidden], task.up[hidden] + np.inf))
    idle = hidden[(high - low <= SAME) & ~task.start[hidden]]
    shown = pattern.hidden.copy()
    shown[idle] = False
    return replace(pattern, hidden=shown, cost=pattern.cost - float(task.cost[idle].sum()))


def _broken(task: Task, pattern: Pattern, width: np.ndarray) -> np.ndarray:
    """Primary cells that a reader can place within less than their width."""
    hidden = np.flatnonzero(pattern.hidden)
    matrix = sparse.csr_array(task.matrix[:, hidden])
    zero = np.zeros(matrix.shape[0])
    # Moves from the true table: a reader's table is the true one and a move.
    known = Known(matrix, zero, zero, -task.down[hidden], task.up[hidden])
    primary = task.primary[hidden]
    found = conclude(known, primary, Question(width[hidden], whole=True))
    safe = (found.status == BOUNDED) & (found.high - found.low >= width[hidden] - WHOLE)
    return hidden[primary & ~safe]


def _marked(cells: Tables, read: Cells, task: Task, pattern: Pattern):
    size = len(read.value)
    hidden, primary = pattern.hidden[:size], task.primary[:size]
    secondary = hidden & ~primary & ~task.latent[:size]
    about = {
        "cells": int((~task.latent[:size]).sum()),
        "primary": int(primary.sum()),
        "secondary": int(secondary.sum()),
        "withheld": float(read.value[hidden & ~task.latent[:size]].sum()),
        "cost": float((read.value + 1)[primary | secondary].sum()),
        "bound": pattern.bound if size == len(task.primary) else float("nan"),
    }
    marked = {}
    for name, table in read.tables.items():
        rows = read.rows[name]
        marked[name] = table.assign(primary=primary[rows], suppressed=hidden[rows])
        marked[name].attrs["suppression"] = about
    if isinstance(cells, pd.DataFrame):
        return marked["table"]
    return marked


def _require_counts(read: Cells) -> None:
    for name, shown in read.shown.items():
        missing = int(np.isnan(shown).sum())
        if missing:
            raise DisclosureError(
                f"{name}: {missing} of {len(shown)} rows have no count.\n"
                "Protection starts from all counts; a cell that is not published has no row."
            )
