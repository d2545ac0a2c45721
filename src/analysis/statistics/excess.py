"""Excess deaths: deaths of a week less those expected, by an average of years or by a model.

The average of the five years before is what ONS compared with in 2020; it knows no trend and no
growth of the population, and has no limits. The quasi-Poisson model has both, and a prediction
interval in which a week without an epidemic should lie. It is in ``baselines``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.baselines import Baseline, fit_baseline
from analysis.statistics.checks import as_numbers
from analysis.statistics.groups import Groups, require_columns

__all__ = ["Baseline", "fit_baseline", "five_year_average"]


def five_year_average(
    weekly: pd.DataFrame,
    by: Sequence[str],
    year: int,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return the deaths of each week of a year beside the average of the same week before.

    As ONS did in 2020: the plain mean of the deaths registered in the week of that number in
    each of the five years before. Week 53 is compared with the average of weeks 52.

    Parameters
    ----------
    weekly
        One row per group and week: ``by``, ``week`` (ONS week, ``2020-W13``), ``numerator``
        (deaths registered).
    by
        Columns that name a group; may be empty.
    year
        The year whose weeks are compared; it may be incomplete.
    years
        The years that make the average; the five before ``year`` without.

    Returns
    -------
    DataFrame
        One row per group and week of ``year``: ``by``, ``week``, ``numerator``, ``expected``
        (the average), ``excess`` (deaths less expected), ``relative_excess`` (excess over
        expected; NaN where none are expected).

    Raises
    ------
    RatesError
        A week twice; a week of a year of the average that is not there; no week of ``year``; a
        count that is negative or missing; a code that is no week.

    References
    ----------
    Office for National Statistics (2021), Deaths registered weekly in England and Wales,
    provisional: week 53 2020, footnotes 10 and 11.
    """
    by = [by] if isinstance(by, str) else list(by)
    years = list(range(year - 5, year)) if years is None else list(years)
    require_columns(weekly, [*by, "week", "numerator"])
    parts = weekly["week"].astype(str).str.extract(r"^(\d{4})-W(\d{2})$").astype(float)
    died = as_numbers(weekly["numerator"])
    wrong = parts.isna().any(axis=1).to_numpy() | ~(np.isfinite(died) & (died >= 0))
    if wrong.any():
        row = weekly.iloc[int(np.argmax(wrong))]
        raise RatesError(
            f"week {row['week']}: not a week as 2020-W13, or its deaths are missing or negative "
            f"({wrong.sum():,} such rows).\nGive one row per group and ONS week, with 0 where "
            f"nobody died."
        )
    groups = Groups(weekly, by)
    rows = pd.DataFrame(
        {"group": groups.codes, "year": parts[0].to_numpy(int), "number": parts[1].to_numpy(int)}
    ).assign(numerator=died, week=weekly["week"].to_numpy())
    doubled = rows.duplicated(["group", "week"])
    if doubled.any():
        row = rows[doubled].iloc[0]
        raise RatesError(
            f"{groups.name(row['group'])}, week {row['week']}: more than one row "
            f"({doubled.sum():,} such weeks).\nSum the deaths of a week first."
        )
    current = rows[rows["year"] == year].sort_values(["group", "week"])
    if current.empty:
        raise RatesError(f"year {year}: no week of it.\nGive the weeks that are to be compared.")
    before = rows[rows["year"].isin(years)].pivot_table(
        index=["group", "number"], columns="year", values="numerator", aggfunc="sum"
    )
    before = before.reindex(columns=years)
    key = pd.MultiIndex.from_arrays([current["group"], current["number"].clip(upper=52)])
    same = before.reindex(key)
    missing = same.isna()
    if missing.any(axis=None):
        row, column = np.argwhere(missing.to_numpy())[0]
        group, number = same.index[row]
        raise RatesError(
            f"{groups.name(group)}, week {years[column]}-W{number:02d}: not there "
            f"({missing.to_numpy().sum():,} such weeks), so there is no average to compare with.\n"
            f"Give every week of {years[0]} to {years[-1]}, with 0 where nobody died."
        )
    expected = same.mean(axis=1).to_numpy()
    excess = current["numerator"].to_numpy() - expected
    table = groups.frame.loc[current["group"]].reset_index(drop=True)
    return table.assign(
        week=current["week"].to_numpy(),
        numerator=current["numerator"].to_numpy(),
        expected=expected,
        excess=excess,
        relative_excess=excess / np.where(expected > 0, expected, np.nan),
    )
