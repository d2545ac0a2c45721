"""The attacker: what a reader of everything that is published can conclude.

Tables go in as they are published, with what else a reader knows; out come the smallest and the
largest count that each withheld cell can have, and the leaks among them, each with the sum that
gives it away. The attacker is given no count that a table marks as suppressed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.disclosure.cells import read_cells
from analysis.disclosure.columns import Tables, count_column, name_tables
from analysis.disclosure.knowledge import Knowledge, join
from analysis.disclosure.linear_system import System, build_system
from analysis.disclosure.matrices import blocks
from analysis.disclosure.polytope import UNBOUNDED
from analysis.disclosure.questions import BOUNDED, Question
from analysis.disclosure.reader import Known, Ranges, conclude
from analysis.errors import DisclosureError

NARROW = 1e-6


def bounds(
    cells: Tables,
    hierarchies: Mapping,
    count: str | None = None,
    minimum: float = 0.0,
    knowledge: Iterable[Knowledge] = (),
    whole: bool = False,
    at_least: float | None = None,
    ceiling: float | None = None,
) -> pd.DataFrame:
    """Return the smallest and largest count that a reader must think possible.

    Parameters
    ----------
    cells
        A table, or several that are published together, by name. One row per inner cell or total:
        a column of codes for each dimension (a table that lacks one stands at its total), and a
        count. Withheld cells have a missing count, or ``True`` in a column ``suppressed``, whose
        counts are then not looked at. A part of a total that has no row counts as 0. Optional
        columns ``known_low`` and ``known_high``: what a reader knows of a cell beforehand.
    hierarchies
        Which codes add up to which, ``{"sex": {"Persons": ["F", "M"]}}``; see
        ``hierarchies.read_hierarchies``.
    count
        Column of counts: by default ``numerator``, ``freq`` or ``count``, or the only column of
        numbers.
    minimum
        Smallest count that a withheld cell can have: 1 where a reader knows that no 0 is withheld.
    knowledge
        Facts beyond the sums, from the functions of ``knowledge``. Cells that they name and no
        table has are unknown, and are bounded as well.
    whole
        Whether the reader uses that counts are whole numbers. Slower, never wider.
    at_least
        Stop at a range of this width: enough to tell what is too narrow, and much faster. The
        limits returned of wider ranges are then those met so far, not the extremes.
    ceiling
        A count that no reader thinks possible to be passed, such as all deaths of the year. By
        default the largest count of ``cells``, where the counts of suppressed cells are given too;
        else none.

    Returns
    -------
    DataFrame
        One row per withheld or unknown cell: its code in each dimension, ``attack_low``,
        ``attack_up``, ``exact`` (the reader knows the count), ``status`` and ``tables`` (that
        withhold it). ``status`` is ``bounded``; ``unbounded``, where the sums set no upper limit
        (``attack_up`` is infinite, or comes from the ceiling); ``infeasible``, where what is
        published contradicts itself; ``unsolved``. Only ``bounded`` can be safe.

    Raises
    ------
    DisclosureError
        Parts do not add up to a total (the first such sum), or two tables print two values of a
        cell, or what is known of shown cells contradicts them.
    """
    system = read_system(cells, hierarchies, count, minimum, knowledge)
    if ceiling is None:
        ceiling = _largest(cells, hierarchies, count)
    ranges = concluded(system, Question(at_least, whole), ceiling)
    return listed(system, ranges)


@dataclass(frozen=True)
class Evidence:
    """A system of sums with the facts of other knowledge below them."""

    system: System
    matrix: sparse.csr_array
    low: np.ndarray
    high: np.ndarray
    sources: list[str]

    def known(self) -> Known:
        """What is known of the hidden cells, after the shown ones are put in."""
        hidden, cells = self.system.hidden, self.system.cells
        shown = self.matrix @ np.where(hidden, 0.0, cells.value)
        return Known(
            sparse.csr_array(self.matrix[:, hidden]),
            self.low - shown,
            self.high - shown,
            cells.low[hidden],
            cells.high[hidden],
        )

    def reached_by(self, tables: Collection[str]) -> np.ndarray:
        """Return which hidden cells some tables may tell of, to who has all the others.

        Those are the cells that share sums, through what the others do not show, with a cell of
        these tables or with a fact.
        """
        cells, own = self.system.cells, np.zeros(len(self.system.cells.codes), dtype=bool)
        unknown = ~own
        for name, rows in cells.rows.items():
            if name in tables:
                own[rows] = True
            else:
                unknown[rows[~np.isnan(cells.shown[name])]] = False
        columns, first = np.flatnonzero(unknown), self.system.matrix.shape[0]
        reached = np.zeros(len(own), dtype=bool)
        for rows, places, _ in blocks(self.matrix[:, columns]):
            inside = columns[places]
            reached[inside] = own[inside].any() or (rows >= first).any()
        return reached[self.system.hidden]


def read_system(
    cells: Tables,
    hierarchies: Mapping,
    count: str | None = None,
    minimum: float = 0.0,
    knowledge: Iterable[Knowledge] = (),
) -> Evidence:
    """Return all that the reader knows as one linear system; arguments as for :func:`bounds`."""
    facts = join(knowledge)
    terms = None if facts is None else facts.terms.drop(columns=["fact", "weight"])
    read = read_cells(cells, hierarchies, count, minimum, unpublished=terms)
    system = build_system(read)
    zero, sources = np.zeros(system.matrix.shape[0]), []
    if facts is None:
        return Evidence(system, system.matrix, zero, zero, sources)
    told = sparse.csr_array(
        (facts.terms["weight"], (facts.terms["fact"], read.unpublished)),
        shape=(len(facts.facts), len(read.codes)),
    )
    evidence = Evidence(
        system,
        sparse.csr_array(sparse.vstack([system.matrix, told])),
        np.concatenate([zero, facts.facts["low"]]),
        np.concatenate([zero, facts.facts["high"]]),
        list(facts.facts["source"]),
    )
    _require_agreement(evidence)
    return evidence


def concluded(
    evidence: Evidence, question: Question, ceiling: float = np.inf, asked=None, strict=None
) -> Ranges:
    """Return the ranges of hidden cells (or of those ``asked``, others keeping valid limits).

    A ceiling limits those that the sums do not.
    """
    known = evidence.known()
    asked = np.ones(len(known.low), dtype=bool) if asked is None else asked
    ranges = conclude(known, asked, question, strict)
    endless = ranges.status == UNBOUNDED
    if not endless.any() or not np.isfinite(ceiling):
        return ranges
    capped = replace(known, high=np.minimum(known.high, ceiling))
    ranges = conclude(capped, asked, question, strict)
    bounded = endless & (ranges.status == BOUNDED)
    return replace(ranges, status=np.where(bounded, UNBOUNDED, ranges.status))


def listed(evidence: Evidence, ranges: Ranges) -> pd.DataFrame:
    """Return the ranges as :func:`bounds` does."""
    cells, hidden = evidence.system.cells, np.flatnonzero(evidence.system.hidden)
    width = ranges.high - ranges.low
    frame = cells.frame(hidden).assign(
        attack_low=ranges.low + 0.0,
        attack_up=ranges.high + 0.0,
        exact=(width <= NARROW) & (ranges.status == BOUNDED),
        status=ranges.status.astype(str),
        tables=cells.withheld_by(hidden),
    )
    if any("primary" in table for table in cells.tables.values()):
        frame["primary"] = cells.mark("primary", False)[hidden]
    return frame.iloc[np.argsort(cells.order()[hidden], kind="stable")].reset_index(drop=True)


def _largest(cells: Tables, hierarchies: Mapping, count: str | None) -> float:
    """The largest count, suppressed or not; infinite where the suppressed are not given."""
    counts = [
        pd.to_numeric(table[count or count_column(table, list(map(str, hierarchies)), name)])
        for name, table in name_tables(cells).items()
    ]
    known = not any(column.isna().any() or column.empty for column in counts)
    return float(max(column.max() for column in counts)) if known else np.inf


def _require_agreement(evidence: Evidence) -> None:
    """Refuse facts about shown cells alone that those cells contradict."""
    hidden, first = evidence.system.hidden, evidence.system.matrix.shape[0]
    shown = evidence.matrix @ np.where(hidden, 0.0, evidence.system.cells.value)
    closed = abs(evidence.matrix) @ hidden.astype(float) == 0
    slack = NARROW * np.maximum(1.0, np.abs(shown))
    odd = np.flatnonzero(
        closed & ((shown < evidence.low - slack) | (shown > evidence.high + slack))
    )
    odd = odd[odd >= first]
    if len(odd):
        row = odd[0]
        cell = evidence.matrix.indices[evidence.matrix.indptr[row]]
        raise DisclosureError(
            f"{evidence.system.cells.label(int(cell))}: {evidence.sources[row - first]} cannot "
            f"be true of the counts that are shown ({len(odd)} such facts).\n"
            "Two published numbers contradict each other: make both from the same counts."
        )
