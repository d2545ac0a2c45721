"""The values that a chart draws, by the names of their groups, as its words may tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.measures import MEASURES
from analysis.disclosure.table import Table
from analysis.publish.bound import Downloads
from analysis.publish.words import NUMBER
from analysis.show import words
from analysis.show.drawn import Drawn
from analysis.show.style import series_label
from analysis.vocabulary import shown_code

_ENDS = ["value", "lower", "upper"]
_NUMBERS = {name for name, measure in MEASURES.items() if measure.decimals is not None}


class Marks:
    """Rows of which a chart shows a value. ``names`` has the column and code of each name."""

    def __init__(self) -> None:
        self.names: dict[str, set[tuple[str, str]]] = {}
        self._rows: list[_Rows] = []
        self._shown: set[tuple[str, str]] = set()
        self._others: set[str] = set()
        self._read: set[int] = set()

    def add(self, drawn: Drawn, part: Table) -> None:
        """Add what a chart draws of a part of a download."""
        columns = [
            column
            for column in part.by
            # The words for levels are those for their groups: region.
            if not column.endswith("_level") and len(part.frame[column].unique()) > 1
        ]
        rows = part.frame[part.frame[drawn.measure].notna()].reset_index(drop=True)
        own = pd.concat([rows[columns], drawn.rows[_ENDS]], axis=1)
        self._rows.append(_Rows.of(drawn.measure, own))
        self._rows += [
            _Rows.of(drawn.measure, _quartiles(drawn, column))
            for column in drawn.groups
            if 1 < len(drawn.rows[column].unique()) < len(drawn.rows) / 10
        ]
        for column in columns:
            self._shown |= {(column, code) for code in rows[column].unique().tolist()}
            for code in part.frame[column].unique().tolist() if id(part) not in self._read else ():
                for name in {shown_code(code), series_label(code), words.place(column, code)}:
                    if not NUMBER.fullmatch(name):
                        self.names.setdefault(name, set()).add((column, code))
        self._read.add(id(part))

    def add_like(self, source: Mapping, downloads: Downloads) -> None:
        """Add the values of downloads of a measure, for a table that is no download itself."""
        for table in downloads.published.values():
            if source.get("measure") in table.measures:
                for measure in _NUMBERS & set(table.measures):
                    values = table.frame[measure].dropna().unique()
                    self._others |= {words.number(value, measure) for value in values}

    def is_hidden(self, name: str) -> bool:
        """Return whether the group of a name shows no value."""
        return not self.names[name] & self._shown

    def has(self, number: str, before: Sequence[str], after: str = "") -> bool:
        """Return whether a number is a value of a row of the names that stand beside it.

        Of each column the row has the code that was named last before the number, or next.
        """
        asked: dict[str, set[str]] = {}
        for name in before:
            asked |= _by_column(self.names[name])
        for column, codes in _by_column(self.names.get(after, set())).items():
            asked[column] = asked.get(column, set()) | codes
        return number in self._others or any(rows.have(number, asked) for rows in self._rows)


@dataclass(frozen=True)
class _Rows:
    """Values of a measure with their limits, a row each, and the codes of each row by column."""

    measure: str
    values: np.ndarray
    codes: dict[str, np.ndarray]

    @classmethod
    def of(cls, measure: str, rows: pd.DataFrame) -> "_Rows":
        codes = {name: rows[name].to_numpy(dtype=object) for name in rows if name not in _ENDS}
        return cls(measure, rows[_ENDS].to_numpy(dtype=float), codes)

    def have(self, number: str, asked: Mapping[str, set[str]]) -> bool:
        """Return whether a number is a value of a row that has one of the codes of each column."""
        value = float(number.replace(",", ""))
        if words.number(value, self.measure) != number:
            return False
        named = [(self.codes[column], asked[column]) for column in asked.keys() & self.codes.keys()]
        places = np.flatnonzero((self.values == value).any(axis=1)).tolist()
        return any(all(codes[place] in wanted for codes, wanted in named) for place in places)


def _by_column(codes: set[tuple[str, str]]) -> dict[str, set[str]]:
    return {column: {code for c, code in codes if c == column} for column, _ in codes}


def _quartiles(drawn: Drawn, column: str) -> pd.DataFrame:
    """The quartiles of areas by group, as a chart prints them."""
    groups = drawn.rows["value"].groupby(drawn.rows[column])
    found = groups.quantile([0.25, 0.5, 0.75]).unstack()
    for quartile in found:
        printed = [words.number(value, drawn.measure) for value in found[quartile]]
        found[quartile] = [float(text.replace(",", "")) for text in printed]
    return found.set_axis(_ENDS, axis="columns").reset_index()
