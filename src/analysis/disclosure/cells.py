"""Published tables read as cells: one number for each combination of codes, whoever prints it.

A cell that several tables print is one cell. That is how a number that one table withholds is
found in another.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.columns import Tables, at_totals, codes_of, name_tables, shown_counts
from analysis.disclosure.hierarchies import Breakdown, read_hierarchies
from analysis.errors import DisclosureError


@dataclass(frozen=True)
class Cells:
    """The cells of one or more tables.

    ``codes`` has a row for each cell and a column for each dimension: numbers of ``names``.
    ``rows`` says for each table which cell each of its rows is, and ``shown`` the count there,
    missing where the table withholds it. ``value`` is missing where no table shows the cell;
    ``low`` and ``high`` are what the reader knows beforehand. ``unpublished`` is the cell of each
    row of the unpublished cells asked for.
    """

    dimensions: tuple[str, ...]
    levels: dict[str, tuple[Breakdown, ...]]
    names: dict[str, pd.Index]
    codes: np.ndarray
    tables: dict[str, pd.DataFrame]
    rows: dict[str, np.ndarray]
    shown: dict[str, np.ndarray]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unpublished: np.ndarray

    def frame(self, cells: np.ndarray) -> pd.DataFrame:
        """Return the codes of some cells."""
        return pd.DataFrame(
            {
                dimension: self.names[dimension].take(self.codes[cells, place]).to_numpy()
                for place, dimension in enumerate(self.dimensions)
            }
        )

    def label(self, cell: int) -> str:
        """Return the name of a cell for a message."""
        codes = self.frame(np.array([cell])).iloc[0]
        return ", ".join(f"{name} {code}" for name, code in codes.items() if code)

    def mark(self, column: str, missing: object) -> np.ndarray:
        """Return an optional column as an array over cells; the last table that has it decides."""
        result = np.full(len(self.codes), missing)
        for name, frame in self.tables.items():
            if column in frame:
                result[self.rows[name]] = frame[column].fillna(missing).to_numpy(result.dtype)
        return result

    def order(self) -> np.ndarray:
        """Return the place of each cell in the rows of the tables, those of no table last."""
        rows = np.concatenate([*self.rows.values(), self.unpublished])
        _, first = np.unique(rows, return_index=True)
        return first

    def tables_of(self, cell: int, withheld: bool) -> list[str]:
        """Return the tables that withhold a cell, or those that show it."""
        return [
            name
            for name, rows in self.rows.items()
            if (np.isnan(self.shown[name][rows == cell]) == withheld).any()
        ]

    def withheld_by(self, cells: np.ndarray) -> list[str]:
        """Return, for each of some cells, the names of the tables that withhold it."""
        names = np.full(len(self.codes), "", dtype=object)
        for name, rows in self.rows.items():
            at = rows[np.isnan(self.shown[name])]
            names[at] = np.where(names[at] == "", name, names[at] + ", " + name)
        return list(names[cells])


def read_cells(
    tables: Tables,
    hierarchies: Mapping,
    count: str | None = None,
    minimum: float = 0.0,
    withheld: bool = True,
    unpublished: pd.DataFrame | None = None,
) -> Cells:
    """Return the distinct cells of tables that are published together.

    Parameters
    ----------
    tables
        One table, or several by name. One row per cell: a column of codes for each dimension that
        the table has, and a count. A table that lacks a dimension stands at its total. Optional
        columns: ``suppressed`` (the count is not shown), ``known_low`` and ``known_high`` (what a
        reader knows of the count beforehand, such as a population).
    hierarchies
        As for ``hierarchies.read_hierarchies``; its keys are the dimensions.
    count
        Column of counts. By default the one of ``COUNTS``, or the only column of numbers.
    minimum
        Smallest count that a withheld cell can have, to the reader's knowledge.
    withheld
        Whether rows marked ``suppressed`` are hidden. A missing count is hidden in any case.
    unpublished
        Cells that no table need have; a missing column or code stands at the total.

    Raises
    ------
    DisclosureError
        A dimension, code or count is missing, a row is there twice, or two tables print two
        values of one cell.
    """
    levels = read_hierarchies(hierarchies)
    named = name_tables(tables)
    parts, values = [], []
    for name, frame in named.items():
        parts.append(codes_of(frame, levels, name))
        values.append(shown_counts(frame, list(levels), count, withheld, name))
    if unpublished is not None and len(unpublished):
        parts.append(codes_of(at_totals(unpublished, levels), levels, "unpublished"))
        values.append(np.full(len(parts[-1]), np.nan))
    names, codes, which = _distinct(pd.concat(parts, ignore_index=True))
    edges = np.cumsum([0, *(len(part) for part in parts)])
    rows = {
        name: which[start:end]
        for name, start, end in zip(named, edges[:-1], edges[1:], strict=False)
    }
    for name in named:
        _require_distinct(rows[name], name)
    value, low, high = _merge(named, rows, np.concatenate(values), which, len(codes), minimum)
    cells = Cells(
        tuple(levels), levels, names, codes, named, rows, dict(zip(named, values, strict=False)),
        value, low, high, which[edges[len(named)] :],
    )  # fmt: skip
    _require_one_value(cells)
    return cells


def _distinct(keys: pd.DataFrame) -> tuple[dict[str, pd.Index], np.ndarray, np.ndarray]:
    """Names of codes, the distinct combinations as numbers, and which of them each row is.

    Both are sorted: what is found does not depend on the order of rows.
    """
    names, numbers = {}, []
    place, size = np.zeros(len(keys), dtype=np.int64), 1
    for dimension in keys:
        number, found = pd.factorize(keys[dimension], sort=True)
        names[dimension] = pd.Index(found)
        numbers.append(number)
        size *= max(len(found), 1)
        place = place * len(found) + number
    if size >= 2**63:
        place = pd.factorize(pd.MultiIndex.from_arrays(numbers), sort=True)[0]
    _, first, which = np.unique(place, return_index=True, return_inverse=True)
    return names, np.column_stack(numbers)[first], which


def _merge(named, rows, shown, which, size, minimum):
    value = np.full(size, np.nan)
    told = ~np.isnan(shown)
    value[which[told]] = shown[told]
    low, high = np.full(size, float(minimum)), np.full(size, np.inf)
    for name, frame in named.items():
        for column, limit, keep in (("known_low", low, None), ("known_high", high, np.minimum)):
            if column in frame:
                known = frame[column].to_numpy(dtype=float, na_value=np.nan)
                has = ~np.isnan(known)
                at = rows[name][has]
                limit[at] = known[has] if keep is None else keep(limit[at], known[has])
    return value, low, high


def _require_distinct(rows: np.ndarray, name: str) -> None:
    repeated = len(rows) - len(np.unique(rows))
    if repeated:
        raise DisclosureError(
            f"{name}: {repeated} of {len(rows)} rows repeat the codes of another row.\n"
            "A row is one cell: give each combination of codes once."
        )


def _require_one_value(cells: Cells) -> None:
    for name, shown in cells.shown.items():
        merged = cells.value[cells.rows[name]]
        odd = np.flatnonzero(np.abs(shown - merged) > 1e-6)
        if len(odd):
            cell, here = int(cells.rows[name][odd[0]]), shown[odd[0]]
            there = cells.value[cell]
            other = cells.tables_of(cell, withheld=False)[-1]
            raise DisclosureError(
                f"{cells.label(cell)}: {name} shows {here:g} and {other} shows {there:g} "
                f"({len(odd)} such cells).\n"
                f"Their difference, {abs(here - there):g}, is what one of them leaves out: make "
                "totals before anything is withheld, and the same for all tables."
            )
