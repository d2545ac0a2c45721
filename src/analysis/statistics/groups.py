"""Groups of rows: which row belongs to which group, and sums over groups.

One factorisation serves every sum of a statistic, so that its cost is that of reading the columns
once, whatever the number of groups.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError


class Groups:
    """The groups of a frame: ``codes`` (a number per row), ``frame`` (a row per group).

    Of each column of ``by``, ``levels`` has its values in order, and ``places`` where among them
    that of each group is.

    Groups are in the order of their values (categories in the order of the category), whatever
    the order of the rows, so that equal inputs give equal tables.
    """

    def __init__(self, rows: pd.DataFrame, by: Sequence[str]):
        by = [by] if isinstance(by, str) else list(by)
        require_columns(rows, by)
        codes, size = np.zeros(len(rows), dtype=np.int64), 1
        values, places = [], []
        for column in by:
            position, levels = factorize(rows[column])
            if len(position) and position.min() < 0:
                raise RatesError(
                    f"column {column}: {(position < 0).sum():,} rows have no code.\n"
                    f"A row without a code belongs to no group and would be lost unseen.\n"
                    f"Leave such rows out and count them, as count_deaths() does."
                )
            many = len(levels)
            codes, present = _renumber(codes * many + position, size * many)
            places = [place[present // many] for place in places] + [present % many]
            values.append(levels)
            size = len(present)
        self.by, self.levels, self.places = by, values, places
        self.codes = codes
        self.size = size
        self.frame = pd.DataFrame(
            {
                name: levels.array.take(place)
                for name, levels, place in zip(by, values, places, strict=True)
            },
            index=pd.RangeIndex(size),
        )

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Sum of ``values`` in each group."""
        return np.bincount(self.codes, weights=values, minlength=self.size)

    def count(self) -> np.ndarray:
        """Rows in each group."""
        return np.bincount(self.codes, minlength=self.size)

    def max(self, values: np.ndarray) -> np.ndarray:
        """Largest of ``values`` in each group."""
        largest = np.full(self.size, -np.inf)
        np.maximum.at(largest, self.codes, values)
        return largest

    def min(self, values: np.ndarray) -> np.ndarray:
        """Smallest of ``values`` in each group."""
        return -self.max(-values)

    def name(self, group: int) -> str:
        """A group in words, for a message: ``sex F, imd_decile 3``."""
        row = self.frame.iloc[group]
        return ", ".join(f"{column} {row[column]}" for column in self.by) or "all rows"


def factorize(column: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Return the position of each value among the sorted values that occur; -1 where missing."""
    try:
        position, values = pd.factorize(column, sort=True)
    except TypeError:  # values of several types have no order; keep that of appearance
        position, values = pd.factorize(column)
    return position, pd.Series(values)


def require_columns(rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise unless ``rows`` has every one of ``columns``."""
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise RatesError(
            f"no column {', '.join(missing)}; there are {', '.join(map(str, rows.columns))}.\n"
            f"Every column that names a group or holds a count must be in the frame."
        )


def _renumber(codes: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Renumber the codes that occur from 0, keeping their order."""
    if span <= 4 * len(codes) + 1_000:
        seen = np.zeros(span, dtype=bool)
        seen[codes] = True
        present = np.flatnonzero(seen)
        if len(present) == span:
            return codes, present
        number = np.cumsum(seen) - 1
        return number[codes], present
    present, codes = np.unique(codes, return_inverse=True)
    return codes, present
