"""What is wanted of a table: all of it, or the rows of some periods.

A table is protected with all its periods. One that is asked for of some periods alone is a part of
it: nothing is added up over them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import InputError
from analysis.tables.dimensions import TIMES, WEEKS, dimension_of
from analysis.tables.request import Request
from analysis.tables.windows import Window


@dataclass(frozen=True)
class Wanted:
    """A request, and the codes of its ``column`` whose rows are wanted; all if there are none."""

    request: Request
    column: str = ""
    periods: tuple[str, ...] = ()

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table that are wanted."""
        if not self.column:
            return frame
        return frame[frame[self.column].astype(str).isin(self.periods)].reset_index(drop=True)

    @property
    def about(self) -> dict[str, object]:
        """What metadata say of it."""
        return {"only": {self.column: list(self.periods)}} if self.column else {}


def wanted_of(
    window: Window, by: tuple[str, ...], where: Mapping[str, tuple[str, ...]], measure: str
) -> Wanted:
    """Return what is wanted in the words of someone who asks.

    A filter of periods, ``where={"month": ("2020-04",)}``, gives the rows of these periods, by the
    column of time that the table goes by, or by that of the filter.

    Raises
    ------
    InputError
        A column, a filter or a period is not known.
    """
    times = [column for column in where if dimension_of(column).name in TIMES]
    others = {column: codes for column, codes in where.items() if column not in times}
    if not times:
        return Wanted(Request(window, by, others, measure))
    filtered = times[0]
    levels = dimension_of(filtered).levels
    own = next((column for column in by if column in levels), "")
    request = Request(window, by if own else (*by, filtered), others, measure)
    wanted = Wanted(request, own or filtered)
    return replace(wanted, periods=_periods(wanted, filtered, where[filtered]))


def _periods(wanted: Wanted, filtered: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of the column of a table that are in the periods of a filter."""
    window, levels = wanted.request.window, dimension_of(filtered).levels
    said = f"--where {filtered}={'|'.join(codes)}"
    if levels.index(filtered) < levels.index(wanted.column):
        raise InputError(f"{said}: finer than {wanted.column}. Ask by {filtered}.")
    if wanted.column in WEEKS and filtered != wanted.column:
        raise InputError(
            f"{said}: weeks reach over the ends of months.\nAsk by day, or name weeks."
        )
    period_of = window.period_of_days(filtered)
    known = list(dict.fromkeys(period_of.values()))
    strange = [code for code in codes if code not in known]
    if strange:
        raise InputError(
            f"{said}: {', '.join(strange)} is no {filtered} of these deaths.\n"
            f"They have {known[0]} to {known[-1]}."
        )
    own = window.period_of_days(wanted.column)
    return tuple(dict.fromkeys(own[day] for day, code in period_of.items() if code in codes))
