"""Trend and season: time in years, and the waves of a year."""

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.standards.weeks import week_end

YEAR = 365.25


def years_of(times: pd.Series) -> np.ndarray:
    """Return time in years since the start of 2000, of ONS weeks, dates or numbers of weeks."""
    if pd.api.types.is_numeric_dtype(times):
        return times.to_numpy(dtype=float) * 7 / YEAR
    try:
        if pd.api.types.is_datetime64_any_dtype(times):
            days = times
        else:
            weeks = {code: week_end(code) for code in times.unique()}
            days = pd.to_datetime(times.map(weeks))
        return ((days - pd.Timestamp(2000, 1, 1)) / pd.Timedelta(days=YEAR)).to_numpy(dtype=float)
    except (ValueError, AttributeError, TypeError) as error:
        raise RatesError(
            f"{times.name}: not ONS weeks as 2020-W13, nor dates, nor numbers of weeks ({error}).\n"
            f"Name the column of time."
        ) from None


def with_time(rows: pd.DataFrame, time: str, origin: float, waves: int) -> pd.DataFrame:
    """Add ``trend`` (years since ``origin``), ``sin1``, ``cos1`` ... where rows have none."""
    years = years_of(rows[time])
    columns = {"trend": years - origin}
    for wave in range(1, waves + 1):
        columns[f"sin{wave}"] = np.sin(2 * np.pi * wave * years)
        columns[f"cos{wave}"] = np.cos(2 * np.pi * wave * years)
    return rows.assign(**{name: value for name, value in columns.items() if name not in rows})
