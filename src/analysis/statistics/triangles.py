"""Reporting triangles: deaths by when they happened and how long they took to be registered.

A row is a period of death, a column a delay; what a cut-off cannot yet know is missing, not 0.
"""

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers
from analysis.statistics.counts import counted_in_engine
from analysis.statistics.groups import require_columns

UNITS = {"D": "days", "W": "weeks to Friday", "1": "whole numbers"}


def reporting_triangle(
    deaths,
    now,
    max_delay: int,
    event: str = "death_date",
    report: str = "registration_date",
    unit: str = "D",
    start=None,
    long_delays: str = "last",
) -> pd.DataFrame:
    """Return deaths by period of death and delay, as known at a cut-off.

    Parameters
    ----------
    deaths
        DataFrame or Ibis table: one row per death, or per group of them with ``numerator``, with
        ``event`` and ``report`` (dates; or whole numbers of periods where ``unit`` is ``"1"``).
        Deaths without a date of either are not counted, nor those reported before they happened.
    now
        The cut-off: what was reported later is not known yet.
    max_delay
        Largest delay that has a column of its own, in periods.
    unit
        ``D`` for days, ``W`` for ONS weeks (to Friday), ``"1"`` for numbers.
    start
        First period; that of the first death known without.
    long_delays
        ``last`` counts delays beyond the largest in its column, ``drop`` leaves them out.

    Returns
    -------
    DataFrame
        A row for every period from the first to that of ``now`` (index ``event``; the Friday of
        a week), a column for each delay from 0 to ``max_delay`` (counts). Cells after the
        cut-off are NaN.

    Raises
    ------
    RatesError
        Nothing known at the cut-off, fewer periods than delays, an unknown unit.
    """
    if unit not in UNITS or long_delays not in ("last", "drop"):
        raise RatesError(
            f"unit {unit!r}, long_delays {long_delays!r}: not one of {', '.join(UNITS)} and last, "
            f"drop.\nChoose the period in which delays are counted."
        )
    counted = _counted(deaths, event, report)
    happened, reported = (_periods(counted[column], unit) for column in (event, report))
    last = int(_periods(pd.Series([now]), unit)[0])
    delay = reported - happened
    known = (delay >= 0) & (reported <= last)
    if long_delays == "drop":
        known &= delay <= max_delay
    if start is not None:
        first = int(_periods(pd.Series([start]), unit)[0])
        known &= happened >= first
    elif known.any():
        first = int(happened[known].min())
    if not known.any() or last - first < max_delay:
        raise RatesError(
            f"{event}: {known.sum():,} rows are known at {now}, in too few periods for a delay of "
            f"{max_delay}.\nGive deaths of more periods than the largest delay."
        )
    rows, columns = last - first + 1, max_delay + 1
    place = (happened - first) * columns + np.minimum(delay, max_delay)
    cells = np.bincount(
        place[known].astype(np.int64),
        weights=as_numbers(counted["numerator"])[known],
        minlength=rows * columns,
    ).reshape(rows, columns)
    cells[np.add.outer(np.arange(rows), np.arange(columns)) > rows - 1] = np.nan
    index = pd.Index(_names(np.arange(first, last + 1), unit), name=event)
    return pd.DataFrame(cells, index=index, columns=pd.RangeIndex(columns, name="delay"))


def cumulate(triangle: pd.DataFrame) -> pd.DataFrame:
    """Return the triangle of deaths known up to each delay; what is not known stays missing."""
    return triangle.cumsum(axis=1).where(triangle.notna())


def check_triangle(triangle: pd.DataFrame) -> np.ndarray:
    """Return the cells as floats, or raise unless each row is known up to some delay."""
    try:
        cells = triangle.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise RatesError(
            "triangle: holds values that are not numbers.\nGive a row per origin, a column per "
            "delay, and nothing else."
        ) from None
    known = ~np.isnan(cells)
    if cells.size == 0 or np.isinf(cells).any() or not known[:, 0].all():
        raise RatesError(
            "triangle: empty, or a row whose first cell is missing or a cell that is infinite.\n"
            "Each origin is known at its first delay at least."
        )
    gaps = np.argwhere(np.diff(known.astype(int), axis=1) > 0)
    if len(gaps):
        raise RatesError(
            f"triangle, origin {triangle.index[gaps[0][0]]}: known at delay "
            f"{triangle.columns[gaps[0][1] + 1]} but not before ({len(gaps):,} such cells).\n"
            f"What is known of an origin runs from its first delay without a gap."
        )
    return cells


def _counted(deaths, event: str, report: str) -> pd.DataFrame:
    keys = [event, report]
    deaths = counted_in_engine(deaths, keys)
    require_columns(deaths, keys)
    if "numerator" not in deaths.columns:
        deaths = deaths[keys].assign(numerator=1)
    return deaths[[*keys, "numerator"]].dropna()


def _periods(dates: pd.Series, unit: str) -> np.ndarray:
    """Number the periods: days since 1970, weeks to Friday since then, or the numbers given."""
    if unit == "1":
        return as_numbers(dates)
    try:
        days = pd.to_datetime(dates).to_numpy(dtype="datetime64[D]").astype(np.int64)
    except (ValueError, TypeError) as error:
        raise RatesError(
            f"{dates.name}: holds values that are not dates ({error}).\nWrite 2020-03-31."
        ) from None
    # 1 January 1970 was a Thursday, so weeks that end on Friday start at day 2.
    return days if unit == "D" else (days - 2) // 7


def _names(periods: np.ndarray, unit: str) -> np.ndarray:
    if unit == "1":
        return periods
    days = periods if unit == "D" else periods * 7 + 8
    return days.astype("datetime64[D]").astype("datetime64[s]")
