"""Our counts and rates beside published ones, cell by cell.

Nothing here opens a file or protects a number: the frames hold unprotected counts and are for the
gate, which shows their differences only.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.counts import add_totals, count_deaths
from analysis.statistics.rates import asmr
from analysis.vocabulary import (
    ALL_CAUSES,
    ALL_MONTHS,
    CAUSES,
    ENGLAND_AND_WALES,
    INVOLVING,
    PERSONS,
)

KEYS = ["table", "area_code", "cause", "sex", "month"]
# Table of the local-area workbook: which columns of the counts its codes stand in.
LEVELS = {
    "Table 1": ("ctry20cd", "rgn20cd"),
    "Table 2": ("lad20cd",),
    "Table 3": ("imd_decile",),
    "Table 4": ("wimd_quintile",),
}
ON_DEPRIVATION = ("Table 3", "Table 4")
LAST_DIGIT = 0.1
MISPRINTED = 29  # deaths: the lower factor of ONS's table is 19.32 there, exact limits give 19.42
FEWEST_COMPARED = 100

# What each group of published figures is called, and which rows of which table it holds.
GROUPS = {
    "England and Wales, England, Wales": ("Table 1", r"^[KW]|^E92"),
    "English regions": ("Table 1", r"^E12"),
    "Deprivation deciles, England": ("Table 3", ""),
    "Deprivation quintiles, Wales": ("Table 4", ""),
    "Local authorities, 100 deaths or more": ("Table 2", r"^(?:E0|W06)"),
}


def reconcile(
    published: pd.DataFrame,
    deaths: pd.DataFrame,
    people: pd.DataFrame,
    people_by_deprivation: pd.DataFrame,
    standard: pd.Series,
    interval: str = "ons",
) -> pd.DataFrame:
    """Return each published figure of Tables 1 to 4 of a local-area workbook beside ours.

    Parameters
    ----------
    published
        One row per table, cause, sex, area and month, as ``read_local_area`` gives.
    deaths
        Counts of the edition by ``residence``, ``lad20cd``, ``rgn20cd``, ``ctry20cd``,
        ``imd_decile``, ``wimd_quintile``, ``sex``, ``age_band``, ``month``, ``covid19``, with
        ``numerator``: deaths of the period and cut-off of the workbook, non-residents included.
    people
        Residents by ``lad20cd``, ``rgn20cd``, ``ctry20cd``, ``sex`` and ``age_band`` (or finer),
        with ``denominator``: mid-2019, as ONS used for areas.
    people_by_deprivation
        The same by ``imd_decile`` and ``wimd_quintile``: mid-2018, as ONS used for deprivation.
    standard
        Standard population indexed by ``age_band``.
    interval
        Method of the limits.

    Returns
    -------
    DataFrame
        One row per published cell: ``table``, ``area_code``, ``area_name``, ``cause``, ``sex``,
        ``month``; ``published_numerator``, ``published_asmr``, ``published_lower_ci``,
        ``published_upper_ci``; ours under the plain names; ``numerator_difference`` (deaths, ours
        less theirs), ``asmr_difference`` and ``relative_difference`` (per cent; theirs as
        printed, to one decimal), ``within`` (our rate is inside the published interval, to
        rounding), ``limits_equal`` (to rounding; null where the rates differ as printed) and
        ``limits_in_proportion`` (the published limits are as far above and below their rate, in
        proportion, as our method says, whatever the ages of the dead; null where deaths differ
        or the interval is too narrow to tell). Both are null at 29 deaths. Where no rate is
        published the comparison of rates is null.

    Raises
    ------
    RatesError
        A column is missing, or deaths are in an area without people.
    """
    tables = [table for table in LEVELS if table in set(published["table"])]
    if not tables:
        raise RatesError(
            "reconciliation: none of Tables 1 to 4 is among the published figures.\n"
            "Give the frame that read_local_area() returns."
        )
    caused = deaths.assign(cause=np.where(deaths["covid19"].isin(INVOLVING), *CAUSES[1:]))
    ours = pd.concat(
        [
            _rates_of_table(
                table,
                caused,
                people_by_deprivation if table in ON_DEPRIVATION else people,
                standard,
                interval,
            )
            for table in tables
        ],
        ignore_index=True,
    )
    measures = ["numerator", "asmr", "lower_ci", "upper_ci"]
    theirs = published.drop_duplicates(KEYS).rename(
        columns={measure: f"published_{measure}" for measure in measures}
    )
    known = theirs.merge(ours, on=KEYS, how="inner")
    return _compared(known[[*KEYS, "area_name", *_both(measures)]])


def summarise(cells: pd.DataFrame, months: Sequence[str] = (ALL_MONTHS,)) -> pd.DataFrame:
    """Return how far our rates are from the published ones, for each kind of figure.

    Parameters
    ----------
    cells
        As :func:`reconcile` gives.
    months
        Months to summarise; the total of the edition unless given.

    Returns
    -------
    DataFrame
        One row per kind of figure, sex (``Persons``, ``By sex``) and cause: ``published``,
        ``sex``, ``cause``, ``cells``, ``deaths_difference`` (the largest, in deaths, without sign),
        ``median_difference``, ``percentile_95_difference`` and
        ``largest_difference`` (per cent of the published rate, without sign) and ``within``
        (per cent of the cells whose rate is inside the published interval). Local authorities are
        those with 100 deaths or more of that sex and cause.
    """
    rows = []
    chosen = cells[cells["month"].isin(months) & cells["published_asmr"].notna()]
    for name, (table, pattern) in GROUPS.items():
        here = chosen[(chosen["table"] == table) & chosen["area_code"].str.contains(pattern)]
        if table == "Table 2":
            here = here[here["published_numerator"] >= FEWEST_COMPARED]
        sexes = here["sex"].where(here["sex"] == PERSONS, "By sex")
        for sex, cause in ((s, c) for s in (PERSONS, "By sex") for c in CAUSES):
            those = here[(sexes == sex) & (here["cause"] == cause)]
            if those.empty:
                continue
            size = those["relative_difference"].abs()
            rows.append(
                {
                    "published": name,
                    "sex": sex,
                    "cause": cause,
                    "cells": len(those),
                    "deaths_difference": int(those["numerator_difference"].abs().max()),
                    "median_difference": size.median(),
                    "percentile_95_difference": size.quantile(0.95),
                    "largest_difference": size.max(),
                    "within": 100 * those["within"].astype(float).mean(),
                }
            )
    return pd.DataFrame(rows)


def _rates_of_table(
    table: str,
    deaths: pd.DataFrame,
    people: pd.DataFrame,
    standard: pd.Series,
    interval: str,
) -> pd.DataFrame:
    codes = [*LEVELS[table], *(["all"] if table == "Table 1" else [])]
    frames = []
    for column in codes:
        # England and Wales counts everyone, also those who lived in neither.
        whole = column == "all"
        here = deaths.assign(area_code=ENGLAND_AND_WALES if whole else _text(deaths[column]))
        base = people.assign(area_code=ENGLAND_AND_WALES if whole else _text(people[column]))
        frames.append(_rates(here, base.dropna(subset=["area_code"]), standard, interval))
    rates = pd.concat(frames, ignore_index=True).drop_duplicates(KEYS[1:])
    return rates.assign(table=table)


def _rates(
    deaths: pd.DataFrame, people: pd.DataFrame, standard: pd.Series, interval: str
) -> pd.DataFrame:
    by = ["area_code", "sex", "cause", "month"]
    counts = count_deaths(deaths, people, by)
    totals = {"sex": PERSONS, "cause": ALL_CAUSES, "month": ALL_MONTHS}
    counts = add_totals(counts, totals, crossed=("cause", "month"))
    return asmr(counts, by, standard, interval=interval)


def _text(codes: pd.Series) -> pd.Series:
    """Return codes as the published tables write them: deciles are words there."""
    return (
        codes.astype("Int64").astype("string")
        if codes.dtype.kind in "if"
        else codes.astype("string")
    )


def _both(measures: list[str]) -> list[str]:
    return [*(f"published_{measure}" for measure in measures), *measures]


def _compared(cells: pd.DataFrame) -> pd.DataFrame:
    theirs = cells["published_asmr"]
    half = LAST_DIGIT / 2 + 1e-9
    inside = cells["asmr"].between(
        cells["published_lower_ci"] - half, cells["published_upper_ci"] + half
    )
    limits = np.maximum(
        (cells["lower_ci"] - cells["published_lower_ci"]).abs(),
        (cells["upper_ci"] - cells["published_upper_ci"]).abs(),
    )
    same_rate = (cells["asmr"].round(1) - theirs).abs() < LAST_DIGIT / 2
    to_compare = cells["published_numerator"] != MISPRINTED
    same_deaths = cells["numerator"] == cells["published_numerator"]
    equal = (limits <= LAST_DIGIT + half).astype("boolean").where(same_rate & to_compare)
    difference = cells["asmr"] - theirs
    return cells.assign(
        numerator_difference=cells["numerator"] - cells["published_numerator"],
        asmr_difference=difference,
        relative_difference=100 * (difference / theirs.where(theirs > 0)),
        within=inside.astype("boolean").where(theirs.notna()),
        limits_equal=equal,
        limits_in_proportion=_in_proportion(cells).where(to_compare & same_deaths),
    )


def _in_proportion(cells: pd.DataFrame) -> pd.Series:
    """Compare upper over lower half of the intervals, which the ages of the dead cancel out of."""
    above = cells["published_upper_ci"] - cells["published_asmr"]
    below = cells["published_asmr"] - cells["published_lower_ci"]
    ours = (cells["upper_ci"] - cells["asmr"]) / (cells["asmr"] - cells["lower_ci"])
    # Each half is the difference of two figures that are each rounded to one decimal.
    lowest = (above - LAST_DIGIT) / (below + LAST_DIGIT)
    highest = (above + LAST_DIGIT) / (below - LAST_DIGIT)
    fits = ours.between(lowest - 1e-9, highest + 1e-9)
    return fits.astype("boolean").where((below > LAST_DIGIT) & ours.notna())
