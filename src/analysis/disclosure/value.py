"""Single numbers and names of a protected table, as prose reads them, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.disclosure.measures import INTERVALS, MEASURES
from analysis.errors import DisclosureError
from analysis.vocabulary import shown_code


@dataclass(frozen=True)
class Value:
    """One published number, with its status and, for a rate, its limits.

    ``format(value, "interval")`` gives the limits in words; without a specification, the number
    as the table shows it. ``source`` says where it was read: the download, the steps that lead to
    its row there, and which column.
    """

    number: float | str
    measure: str = ""
    status: str = ""
    lower: float = float("nan")
    upper: float = float("nan")
    source: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __format__(self, spec: str) -> str:
        if isinstance(self.number, str):
            return self.number
        if spec == "interval":
            return f"{self._shown(self.lower)} to {self._shown(self.upper)}"
        return self._shown(self.number)

    def _shown(self, number: float) -> str:
        if pd.isna(number):
            return self.status or "[x]"
        return f"{number:,.{MEASURES[self.measure].decimals}f}"

    def against(self, other: "Value") -> str:
        """Say how this rate compares with another, by whether their intervals overlap."""
        if self.measure != other.measure or self.measure not in INTERVALS:
            raise DisclosureError(
                f"Cannot compare {self.measure} with {other.measure}: compare two equal rates."
            )
        if pd.isna([self.lower, self.upper, other.lower, other.upper]).any():
            return "not compared with (too few deaths)"
        if self.lower > other.upper:
            return "statistically significantly higher than"
        if self.upper < other.lower:
            return "statistically significantly lower than"
        return "not statistically significantly different from"


@dataclass(frozen=True)
class Row:
    """One row of a table, or none: what prose says of the highest or the lowest.

    ``source`` says where it stands: the download and the step that leads to it.
    """

    cells: dict[str, object]
    source: Mapping[str, object] = field(default_factory=dict)

    def value(self, measure: str) -> Value:
        """Return one number of the row; ``[x]`` where there is no row."""
        lower, upper = INTERVALS.get(measure, ("", ""))
        return Value(
            self.cells.get(measure, float("nan")),
            measure,
            str(self.cells.get(f"{measure}_status", "[x]")),
            self.cells.get(lower, float("nan")),
            self.cells.get(upper, float("nan")),
            self._read("measure", measure),
        )

    def label(self, column: str) -> Value:
        """Return the name of a group as prose may print it; "none" where there is no row."""
        name = shown_code(self.cells.get(column, "none"))
        return Value(name, source=self._read("label", column))

    def _read(self, what: str, column: str) -> dict[str, object]:
        return {**self.source, what: column} if self.source else {}
