"""The protected table, and the values read from it.

A Table is made by ``protect`` alone. It knows how to show itself, whole or as a view, how to
give single values to prose, and how to write its download. It never held a hidden value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.disclosure.csv_text import Written
from analysis.disclosure.html import table_shown
from analysis.disclosure.rules import AppliedRule
from analysis.disclosure.value import Row, Value
from analysis.errors import DisclosureError


@dataclass(frozen=True)
class Table:
    """A protected, publishable table; a row is a group.

    ``frame`` has the ``by`` columns, the measures, and ``<measure>_status`` for each; a value
    that is not shown is missing. ``rules`` is the rule that it was protected under. ``whole``
    names the table that a selection was taken from, and ``steps`` how. ``about`` says which deaths
    it counts where they are not those of its page: what its metadata say.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    title: str
    name: str
    rules: AppliedRule
    notes: str = ""
    whole: str = ""
    columns: tuple[str, ...] = ()
    pivot: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Mapping[str, object], ...] = ()
    # A table and its views have the same rows, which are written once for all of them.
    _written: Written = field(default_factory=Written, repr=False, compare=False)

    @property
    def download(self) -> str:
        """Name of the download: that of the table which this one was taken from, if it was."""
        return self.whole or self.name

    @property
    def measures(self) -> list[str]:
        """Names of the measures."""
        return [column for column in self.frame if f"{column}_status" in self.frame]

    @property
    def digest(self) -> str:
        """SHA-256 of the table's download."""
        return self._written.of(self.frame, self.measures).digest

    def to_csv(self) -> str:
        """Return the table as tidy CSV: groups, measures, and a status for each measure."""
        return self._written.of(self.frame, self.measures).text

    def counting(self, about: Mapping[str, object]) -> "Table":
        """Return the table with what its metadata say of the deaths that it counts."""
        return replace(self, about=dict(about))

    def select(self, name: str, title: str, **where: object) -> "Table":
        """Return the rows in which each column has the value, or one of the values, given.

        Raises
        ------
        DisclosureError
            No row is left of a table that has some.
        """
        kept = self.frame[self._matches(where)].reset_index(drop=True)
        if kept.empty and len(self.frame):
            raise DisclosureError(f"Table {self.name!r} has no rows where {where}.")
        return self._part(kept, {"select": _words(where)}, name, title, whole=self.download)

    def top(self, rows: int, measure: str, name: str, title: str) -> "Table":
        """Return the rows with the highest values of ``measure``, highest first.

        Ties are broken by the order of the groups, so that the selection does not depend on
        the order of rows.
        """
        ordered = self.frame.dropna(subset=[measure]).sort_values(
            [measure, *self.by], ascending=[False] + [True] * len(self.by)
        )
        kept = ordered.head(rows).reset_index(drop=True)
        return self._part(kept, {"top": [rows, measure]}, name, title)

    def retrace(self, steps: Iterable[Mapping[str, Any]]) -> "Table":
        """Return the part of a whole table, with its codes as text, that ``steps`` lead to."""
        found = self
        for step in steps:
            if "top" in step:
                found = found.top(*step["top"], found.name, found.title)
            else:
                found = found.select(found.name, found.title, **step["select"])
        return found

    def show(self, columns: Iterable[str] = (), pivot: str = "") -> "Table":
        """Return the table as it is to be laid out on the page.

        Parameters
        ----------
        columns
            Groups and measures to show; all by default. A rate brings its limits.
        pivot
            Group that is spread over the columns, such as ``sex``.
        """
        return replace(self, columns=tuple(columns), pivot=pivot)

    def value(self, measure: str, **where: object) -> Value:
        """Return one number; ``where`` must name exactly one row of a table that has some.

        Raises
        ------
        DisclosureError
            No row, or more than one, is named.
        """
        return self._row(where).value(measure)

    def label(self, column: str, **where: object) -> Value:
        """Return the name of a group as prose may print it; ``where`` must name one row."""
        return self._row(where).label(column)

    def highest(self, measure: str, **where: object) -> Row:
        """Return the row with the highest ``measure`` that is shown; an empty one if none is."""
        return self._first(measure, where, ascending=False)

    def lowest(self, measure: str, **where: object) -> Row:
        """Return the row with the lowest ``measure`` that is shown; an empty one if none is."""
        return self._first(measure, where, ascending=True)

    def rows(self, **where: object) -> Value:
        """Return how many rows there are (where columns have the values given)."""
        steps = [*self.steps, *([{"select": _words(where)}] if where else [])]
        source = {"table": self.download, "steps": steps, "rows": True}
        return Value(float(self._matches(where).sum()), "cells", source=source)

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        html, text = table_shown(self)
        data = {"text/html": html, "text/plain": text}
        about = {"kind": "table", "name": self.name, "caption": self.title, "digest": self.digest}
        return data, {"bulletin": about}

    def _part(
        self, rows: pd.DataFrame, step: Mapping[str, object], name: str, title: str, **whole: str
    ) -> "Table":
        """Some of the rows, which are written for themselves."""
        return replace(
            self, frame=rows, name=name, title=title, steps=(*self.steps, step),
            _written=Written(), **whole,
        )  # fmt: skip

    def _first(self, measure: str, where: dict, ascending: bool) -> Row:
        rows = self.frame[self._matches(where)].dropna(subset=[measure])
        order = rows.sort_values([measure, *self.by], ascending=[ascending] + [True] * len(self.by))
        return Row({}) if order.empty else self._read(order.iloc[0].to_dict())

    def _row(self, where: dict) -> Row:
        rows = self.frame[self._matches(where)]
        if self.frame.empty:
            return Row({})
        if len(rows) != 1:
            raise DisclosureError(
                f"Table {self.name!r}: {len(rows)} rows where {where}; a value is read from one.\n"
                f"Name a value for each of {', '.join(self.by)}."
            )
        return self._read(rows.iloc[0].to_dict())

    def _read(self, cells: dict[str, object]) -> Row:
        step = {"select": _words({column: cells[column] for column in self.by})}
        return Row(cells, {"table": self.download, "steps": [step]})

    def _matches(self, where: dict) -> pd.Series:
        unknown = [column for column in where if column not in self.by]
        if unknown:
            raise DisclosureError(
                f"Table {self.name!r} has no group {', '.join(unknown)}; it has "
                f"{', '.join(self.by)}."
            )
        matches = pd.Series(True, index=self.frame.index)
        for column, wanted in where.items():
            values = wanted if isinstance(wanted, (list, tuple, set)) else [wanted]
            matches &= self.frame[column].isin(list(values))
        return matches


def _words(where: Mapping[str, object]) -> dict[str, list[str]]:
    """The values asked for, as a download has them."""
    return {
        column: [
            "" if pd.isna(one) else str(one)
            for one in (wanted if isinstance(wanted, (list, tuple, set)) else [wanted])
        ]
        for column, wanted in where.items()
    }
