"""What the numbers beside a withheld count say of it.

Every measure that a table can show is in one of three lists: what gives back the count, between
two limits (a fact for the attacker); what gives it back in a way that is no range (found as a leak
as it stands); and what says nothing of it, with the reason.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.disclosure.knowledge import Knowledge, counts_from_limits, ranges_known
from analysis.disclosure.measures import MEASURES
from analysis.publish.evidence import PublishedTable

Range = tuple[np.ndarray, np.ndarray]

# Shown beside a withheld count, one of these is a leak by itself: it is made from the count, and a
# reader who knows the method undoes it with the rows in which both are shown.
TELLING = {
    "difference", "ratio", "ratio_lower_ci", "ratio_upper_ci",
    "place", "adjusted_p_value",
    "smoothed", "smoothed_lower_ci", "smoothed_upper_ci",
    "life_expectancy",
    "sii", "sii_lower_ci", "sii_upper_ci", "rii", "rii_lower_ci", "rii_upper_ci",
    "gap", "gap_lower_ci", "gap_upper_ci",
    "asmr_nowcast", "asmr_nowcast_lower_ci", "asmr_nowcast_upper_ci",
    "relative_excess_lower_ci", "relative_excess_upper_ci",
    "excess_lower_ci", "excess_upper_ci",
    "estimated_lower_ci", "estimated_upper_ci",
    "completeness_lower_ci", "completeness_upper_ci",
    "share",
}  # fmt: skip

# What says nothing of the count beside it.
HARMLESS = {
    # People, and deaths expected of them at the rates of the whole country.
    "denominator", "expected", "lower_95", "upper_95", "lower_998", "upper_998", "own_weight",
    # Deaths of other years, and a model of them.
    "average", "predicted", "predicted_lower_ci", "predicted_upper_ci",
    # Figures that others have published.
    "published", "published_average", "published_above",
    # A count of some group that is not named; withheld by itself where it is small.
    "fewest",
    # Numbers of areas, records or figures, of which none is named.
    "records", "areas", "by_chance", "cells", "deaths_difference", "within",
    "percentile_5", "percentile_25", "median", "percentile_75", "percentile_95",
    "median_difference", "percentile_95_difference", "largest_difference",
}  # fmt: skip


def _half(measure: str) -> float:
    """Half of the last digit that is printed of a measure."""
    return 0.5 * 10.0 ** -(MEASURES[measure].decimals or 0)


def _ends(frame: pd.DataFrame, measure: str, per: float = 1.0) -> Range:
    shown = frame[measure].to_numpy(float)
    return (shown - _half(measure)) / per, (shown + _half(measure)) / per


def _product(first: Range, second: Range) -> Range:
    """Limits of a product of two numbers, of which the second is not below 0."""
    corners = [a * np.maximum(b, 0) for a in first for b in second]
    return np.minimum.reduce(corners), np.maximum.reduce(corners)


def _rate(measure: str, of: str, per: float) -> Callable[[pd.DataFrame], Range]:
    return lambda frame: _product(_ends(frame, measure, per), _ends(frame, of))


def _sum(measure: str, of: str) -> Callable[[pd.DataFrame], Range]:
    def limits(frame: pd.DataFrame) -> Range:
        (a, b), (c, d) = _ends(frame, measure), _ends(frame, of)
        return a + c, b + d

    return limits


def _above(measure: str, of: str) -> Callable[[pd.DataFrame], Range]:
    """Per cent by which the count is above another number."""

    def limits(frame: pd.DataFrame) -> Range:
        low, high = _ends(frame, measure, 100)
        return _product((1 + low, 1 + high), _ends(frame, of))

    return limits


def _below(measure: str) -> Callable[[pd.DataFrame], Range]:
    return lambda frame: (np.zeros(len(frame)), _ends(frame, measure)[1])


# Measures that give the count back together, and the limits of the count that they leave.
GIVEN_BACK: dict[tuple[str, ...], Callable[[pd.DataFrame], Range]] = {
    ("crude_rate", "denominator"): _rate("crude_rate", "denominator", 100_000),
    ("age_specific_rate", "denominator"): _rate("age_specific_rate", "denominator", 100_000),
    ("smr", "expected"): _rate("smr", "expected", 1),
    ("completeness", "estimated"): _rate("completeness", "estimated", 100),
    ("estimated",): _below("estimated"),
    ("above_average", "average"): _sum("above_average", "average"),
    ("relative_average", "average"): _above("relative_average", "average"),
    ("excess", "predicted"): _sum("excess", "predicted"),
    ("relative_excess", "predicted"): _above("relative_excess", "predicted"),
}
# Of deaths involving COVID-19, in a table of all deaths.
INVOLVING_BACK = {
    ("covid_share", "above_average"): _rate("covid_share", "above_average", 100),
}
# Rates whose limits give the count back, and the limits.
LIMITS = {
    "asmr": ("lower_ci", "upper_ci"),
    "crude_rate": ("lower_ci", "upper_ci"),
    "age_specific_rate": ("lower_ci", "upper_ci"),
    "smr": ("smr_lower_ci", "smr_upper_ci"),
}
# Poisson limits behind the limits of a rate, by the name of the interval of its page.
POISSON = {"ons": "ons", "dobson-exact": "exact", "dobson-byar": "exact-byar"}


def facts_of(
    table: PublishedTable, cells: pd.DataFrame, count: str = "numerator"
) -> tuple[list[Knowledge], pd.DataFrame]:
    """Return what a table says of counts that it does not show.

    Parameters
    ----------
    table
        The table.
    cells
        Codes of the rows whose count the reader does not have, a column for each dimension; the
        index is that of ``table.frame``.
    count
        The count that is meant: ``numerator``, or ``involving``.

    Returns
    -------
    facts, telling
        Facts for the attacker; and one row for each number that gives the count back in no simple
        way: the codes, and ``measure``.
    """
    rows, dimensions = table.frame.loc[cells.index], list(cells)
    facts = []
    ways = GIVEN_BACK if count == "numerator" else INVOLVING_BACK
    for measures, limits in ways.items():
        if set(measures) <= set(table.measures):
            low, high = limits(rows)
            source = f"{' and '.join(measures)} in {table.label}"
            facts.append(ranges_known(cells, dimensions, np.maximum(low, 0), high, source))
    if count != "numerator":
        return facts, cells.head(0).assign(measure="")
    for rate, limits in LIMITS.items():
        if {rate, *limits} <= set(table.measures):
            facts += _from_limits(table, cells, rate, limits)
    return facts, _telling(table, rows, cells)


def _from_limits(
    table: PublishedTable, cells: pd.DataFrame, rate: str, limits: tuple[str, str]
) -> list[Knowledge]:
    method = _method(table, rate)
    rows = table.frame.loc[cells.index, [rate, *limits]].astype(float)
    rows = rows[rows.notna().all(axis=1)]
    if rows.empty or method is None:
        return []
    # The count of a ratio stands to it as that of a crude rate does.
    named = "crude_rate" if rate == "smr" else rate
    found = counts_from_limits(
        rows.rename(columns={rate: named}), named, *limits,
        method=method,
        decimals=MEASURES[rate].decimals or 0,
        confidence=float(table.settings.get("confidence", 0.95)),
    )  # fmt: skip
    found = found[found["possible"] > 0]
    source = f"the limits of {rate} in {table.label}"
    told = cells.loc[found.index]
    return [ranges_known(told, list(cells), found["low"], found["high"], source)]


def _method(table: PublishedTable, rate: str) -> str | None:
    """Poisson limits behind those of a rate; None where they are of another kind."""
    return "exact-byar" if rate == "smr" else POISSON.get(table.settings.get("interval", "ons"))


def _telling(table: PublishedTable, rows: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Numbers that are made from the count, and are no range of it."""
    measures = [measure for measure in table.measures if measure in TELLING]
    for rate, limits in LIMITS.items():
        shown = {rate, *limits} <= set(table.measures)
        # A rate without limits, or with limits of another kind, is not undone here.
        if rate in table.measures and not (shown and _method(table, rate)):
            given = any(rate in ways for ways in GIVEN_BACK if set(ways) <= set(table.measures))
            measures += [] if given else [rate]
        elif shown and rows[rate].notna().any():
            measures += [
                limit for limit in limits if rows.loc[rows[rate].isna(), limit].notna().any()
            ]
    found = [
        cells[rows[measure].notna() & (rows[measure].astype(str) != "")].assign(measure=measure)
        for measure in dict.fromkeys(measures)
    ]
    return pd.concat(found) if found else cells.head(0).assign(measure="")
