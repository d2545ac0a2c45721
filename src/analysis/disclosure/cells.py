"""Published tables read as cells: one number for each combination of codes, whoever prints it.

A cell that several tables print is one cell. That is how a number that one table withholds is
found in another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.hierarchies import Breakdown, read_hierarchies, root
from analysis.errors import DisclosureError

# Names of a column of counts, tried in this order where the caller names none.
COUNTS = ("numerator", "freq", "count", "deaths", "ant", "n")
# Columns that are read beside the codes and the count, and are never taken for a count.
MARKS = ("suppressed", "primary", "sensitive", "keep", "known_low", "known_high", "table")
Tables = pd.DataFrame | Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame]


@dataclass(frozen=True)
class Cells:
    """The cells of one or more tables.

    ``codes`` has a row for each cell and a column for each dimension: numbers of ``names``.
    ``rows`` says for each table which cell each of its rows is, and ``shown`` the count there,
    missing where the table withholds it. ``value`` is missing where no table shows the cell; ``low`` and ``high`` are what the reader knows beforehand.
    ``unpublished`` is the cell of each row of the unpublished cells asked for.
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
        parts.append(_codes_of(frame, levels, name))
        values.append(_shown(frame, list(levels), count, withheld, name))
    if unpublished is not None and len(unpublished):
        parts.append(_codes_of(_at_totals(unpublished, levels), levels, "unpublished"))
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


def name_tables(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return tables by name; a single one is called ``table``, a list ``table 1``, ``table 2``."""
    if isinstance(tables, pd.DataFrame):
        return {"table": tables}
    if isinstance(tables, Mapping):
        return {str(name): frame for name, frame in tables.items()}
    return {f"table {place}": frame for place, frame in enumerate(tables, start=1)}


def count_column(frame: pd.DataFrame, dimensions: list[str], name: str) -> str:
    """Return the column that holds the counts.

    Raises
    ------
    DisclosureError
        None, or several, could be it.
    """
    for column in COUNTS:
        if column in frame and column not in dimensions:
            return column
    left = frame.drop(columns=[*dimensions, *MARKS], errors="ignore")
    numbers = list(left.select_dtypes("number").columns)
    if len(numbers) != 1:
        raise DisclosureError(
            f"{name}: {len(numbers)} columns could hold the counts ({', '.join(numbers[:5])}).\n"
            f"Name the column with count=, or call it {COUNTS[0]}."
        )
    return numbers[0]


def _codes_of(frame: pd.DataFrame, levels: dict, name: str) -> pd.DataFrame:
    missing = [dimension for dimension in levels if dimension not in frame]
    present = [dimension for dimension in levels if dimension in frame]
    if not present:
        raise DisclosureError(
            f"{name}: none of the dimensions {', '.join(levels)} is a column of it.\n"
            "Each dimension of hierarchies is a column of codes."
        )
    for dimension in present:
        blank = int(frame[dimension].isna().sum())
        if blank:
            raise DisclosureError(
                f"{name}: {blank} of {len(frame)} rows have no code in column {dimension}.\n"
                "A row without a code belongs to no sum: give it one, or leave it out."
            )
    tops = {dimension: root(levels[dimension], dimension) for dimension in missing}
    coded = {dimension: _text(frame[dimension]) for dimension in present}
    return pd.DataFrame({**coded, **tops}, index=range(len(frame)))[list(levels)]


def _at_totals(frame: pd.DataFrame, levels: dict) -> pd.DataFrame:
    given = [dimension for dimension in levels if dimension in frame]
    gaps = {d: root(levels[d], d) for d in given if frame[d].isna().any()}
    return frame[given].fillna(gaps)


def _text(codes: pd.Series) -> np.ndarray:
    """Codes as text; whole numbers read as floats lose the point that they never had."""
    if pd.api.types.is_float_dtype(codes) and (codes % 1 == 0).all():
        codes = codes.astype("int64")
    return codes.astype(str).to_numpy()


def _shown(
    frame: pd.DataFrame, dimensions: list[str], count: str | None, withheld: bool, name: str
) -> np.ndarray:
    column = count or count_column(frame, dimensions, name)
    if column not in frame:
        raise DisclosureError(f"{name}: there is no column {column} of counts.")
    value = pd.to_numeric(frame[column]).to_numpy(dtype=float, na_value=np.nan)
    if withheld and "suppressed" in frame:
        value = np.where(frame["suppressed"].fillna(False).to_numpy(bool), np.nan, value)
    if (value < 0).any() or np.isinf(value).any():
        raise DisclosureError(
            f"{name}: {int((value < 0).sum() + np.isinf(value).sum())} of {len(frame)} counts in "
            f"column {column} are below 0 or infinite.\nA number of deaths is 0 or more."
        )
    return value


def _distinct(keys: pd.DataFrame) -> tuple[dict[str, pd.Index], np.ndarray, np.ndarray]:
    """Names of codes, the distinct combinations as numbers, and which of them each row is."""
    names, numbers = {}, []
    place, size = np.zeros(len(keys), dtype=np.int64), 1
    for dimension in keys:
        number, found = pd.factorize(keys[dimension])
        names[dimension] = pd.Index(found)
        numbers.append(number)
        size *= len(found)
        place = place * len(found) + number
    if size >= 2**63:
        place = pd.MultiIndex.from_frame(keys).factorize()[0]
    which = pd.factorize(place)[0]
    _, at = np.unique(which, return_index=True)
    return names, np.column_stack(numbers)[at], which


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
