"""The columns of a table: its codes as text, and its counts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.disclosure.hierarchies import root
from analysis.errors import DisclosureError

Tables = pd.DataFrame | Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame]
# Names of a column of counts, tried in this order where the caller names none.
COUNTS = ("numerator", "freq", "count", "deaths", "ant", "n")
# Columns that are read beside the codes and the count, and are never taken for a count.
MARKS = (
    "suppressed", "primary", "sensitive", "keep", "unpublished", "known_low", "known_high", "table",
    "protection",
)  # fmt: skip


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


def codes_of(frame: pd.DataFrame, levels: dict, name: str) -> pd.DataFrame:
    """Return the codes of each row as text, a column for each dimension in the order of ``levels``.

    A dimension that the table lacks stands at its one total.

    Raises
    ------
    DisclosureError
        A code is missing, or no dimension is a column.
    """
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


def at_totals(frame: pd.DataFrame, levels: dict) -> pd.DataFrame:
    """Return the dimensions of a frame with missing codes put at the total."""
    given = [dimension for dimension in levels if dimension in frame]
    gaps = {d: root(levels[d], d) for d in given if frame[d].isna().any()}
    return frame[given].fillna(gaps)


def _text(codes: pd.Series) -> np.ndarray:
    """Codes as text; whole numbers read as floats lose the point that they never had."""
    if pd.api.types.is_float_dtype(codes) and (codes % 1 == 0).all():
        codes = codes.astype("int64")
    return codes.astype(str).to_numpy()


def shown_counts(
    frame: pd.DataFrame, dimensions: list[str], count: str | None, withheld: bool, name: str
) -> np.ndarray:
    """Return the counts of a table, missing where it does not show them.

    Raises
    ------
    DisclosureError
        There is no such column, or a count is negative or infinite.
    """
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
