"""What the open data agree with: each published margin beside the invented deaths.

A margin is *exact* where every cell agrees, *nearly* where a few cannot, and a *shape* where only
proportions were followed because another source with other totals comes first.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.published_months import (
    read_daily_deaths,
    read_deaths_by_age,
    read_deaths_by_place,
    read_deaths_involving,
)
from analysis.synthesis.margins import COUNTRIES, COVID, MONTHS, LocalMargins
from analysis.synthesis.open_areas import STRATA, Areas
from analysis.synthesis.open_certificates import DUE, PLACE_AGES
from analysis.synthesis.open_files import published
from analysis.vocabulary import AGE_BANDS, ENGLAND_AND_WALES, PLACES_OF_DEATH, SEXES

EXACT, NEARLY, SHAPE = "exact", "nearly", "shape"
CHANGED = (
    "Where the earlier edition counts more deaths than the later one, records had changed: the "
    "later edition wins."
)
WEEK_OLDER = "Registered by 4 July, a week before the local-area workbook, which wins."
NOT_REVISED = "Never revised after publication; deaths by month and area win."


def margin_report(
    deaths: pd.DataFrame,
    later: LocalMargins,
    earlier: LocalMargins,
    gaps: dict,
    areas: Areas,
    folder: str | Path,
) -> pd.DataFrame:
    """Return how far the deaths agree with each published margin.

    Parameters
    ----------
    deaths
        Deaths of March to June: ``cause``, ``month``, ``sex``, ``age_band``, ``group``, ``late``,
        ``covid19``, ``place``, ``died``, ``country``.
    later, earlier
        Margins of the two editions of the local-area workbook.
    gaps
        Weekly registrations, as ``weekly_gaps`` gives them.
    areas
        Areas in whose order the arrays stand.
    folder
        Where the published files are.

    Returns
    -------
    DataFrame
        One row per margin: ``margin``, ``source``, ``cells``, ``cells_equal``, ``deaths`` (the sum
        published), ``largest_difference`` and ``sum_of_differences`` (deaths, without sign),
        ``agreement`` (``exact``, ``nearly``, ``shape``) and ``note`` (which source won, and why).
    """
    rows = []
    early = deaths[~deaths["late"].astype(bool) & (deaths["month"] < earlier.msoa.shape[1])]
    editions = (
        ("March to June, by 11 July", deaths, later, ""),
        ("March to May, by 6 June", early, earlier, CHANGED),
    )
    for name, those, margins, note in editions:
        for table, (ours, theirs) in _local(those, margins, areas).items():
            rows.append(_row(table, f"Local-area workbook, {name}", ours, theirs, note))
    for table, ours, theirs in _monthly(deaths, folder):
        rows.append(_row(table, "Monthly release, June 2020", ours, theirs, WEEK_OLDER, SHAPE))
    made = gaps["spring"] + gaps["missing"]
    rows.append(
        _row("Deaths by week of registration and cause", "Weekly workbook, week 53 of 2020",
             made, gaps["published"], NOT_REVISED, SHAPE)
    )  # fmt: skip
    return pd.DataFrame(rows)


def _row(
    margin: str, source: str, ours: np.ndarray, theirs: np.ndarray, note: str, kind: str = NEARLY
) -> dict[str, object]:
    difference = np.abs(ours - theirs)
    equal = int((difference == 0).sum())
    return {
        "margin": margin,
        "source": source,
        "cells": theirs.size,
        "cells_equal": equal,
        "deaths": int(theirs.sum()),
        "largest_difference": int(difference.max()),
        "sum_of_differences": int(difference.sum()),
        "agreement": EXACT if equal == theirs.size else kind,
        "note": "" if equal == theirs.size else note,
    }


def _count(deaths: pd.DataFrame, shape: tuple[int, ...], *columns: np.ndarray) -> np.ndarray:
    cell = np.ravel_multi_index([np.asarray(column) for column in columns], shape)
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)


def _local(
    deaths: pd.DataFrame, margins: LocalMargins, areas: Areas
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    months = margins.msoa.shape[1]
    here = deaths[deaths["group"] >= 0]
    group = here["group"].to_numpy()
    by = (here["cause"], here["month"], here["sex"])
    authority = areas.group_authority[group]
    count = len(areas.authorities)
    by_authority = _count(here, (2, months, 2, count), *by, authority)
    by_stratum = _count(here, (2, months, 2, STRATA), *by, areas.group_stratum[group])
    by_msoa = _count(
        here, (2, months, len(areas.msoas)), here["cause"], here["month"], areas.group_msoa[group]
    )
    region = areas.authority_region[authority]
    by_region = _count(here, (2, months, 2, len(areas.regions)), *by, region)
    abroad = deaths[deaths["group"] < 0]
    from_abroad = _count(abroad, (2, months, 2), abroad["cause"], abroad["month"], abroad["sex"])
    every = by_region.sum(axis=-1) + from_abroad
    return {
        "Table 1: region x sex x cause x month": (by_region, margins.region),
        "Table 1: England and Wales with non-residents x sex x cause x month": (
            every,
            margins.region.sum(axis=-1) + margins.abroad,
        ),
        "Table 2: local authority x sex x cause x month": (by_authority, margins.authority),
        "Table 2: non-residents x sex x cause x month": (from_abroad, margins.abroad),
        "Tables 3 and 4: decile and Welsh quintile x sex x cause x month": (
            by_stratum,
            margins.stratum,
        ),
        "Table 5: MSOA x cause x month": (by_msoa, margins.msoa),
    }


def _monthly(deaths: pd.DataFrame, folder: str | Path) -> list[tuple[str, np.ndarray, np.ndarray]]:
    monthly = published(folder, "monthly")
    here = deaths[deaths["group"] >= 0]
    due = here[here["covid19"] == DUE]
    ages = read_deaths_by_age(monthly).set_index(["ctry20cd", "sex", "age_band", "month"])
    wanted = pd.MultiIndex.from_product([COUNTRIES, SEXES, AGE_BANDS, MONTHS])
    shape = (len(COUNTRIES), len(SEXES), len(AGE_BANDS), len(MONTHS))
    columns = ["country", "sex", "age_band", "month"]
    ours_due = _count(due, shape, *(due[column] for column in columns))
    theirs_due = ages["numerator"].loc[wanted].to_numpy().reshape(shape)

    covid = here[here["cause"] == COVID]
    starts = [0, *range(10, len(AGE_BANDS))]
    involving = read_deaths_involving(monthly).set_index(["ctry20cd", "sex", "age"])["numerator"]
    groups = pd.MultiIndex.from_product([COUNTRIES, SEXES, ["0-44", *AGE_BANDS[10:]]])
    theirs = involving.loc[groups].to_numpy().reshape(2, 2, -1)
    by_age = _count(covid, shape[:3], covid["country"], covid["sex"], covid["age_band"])
    ours = np.add.reduceat(by_age, starts, axis=2)

    places = read_deaths_by_place(monthly)
    places = places[(places["ctry20cd"] == ENGLAND_AND_WALES) & (places["covid19"] == "all causes")]
    cells = pd.MultiIndex.from_product([SEXES, PLACE_AGES, MONTHS, PLACES_OF_DEATH])
    by_place = places.set_index(["sex", "age", "month", "place_of_death"])["numerator"]
    old = np.maximum(deaths["age_band"] - (len(AGE_BANDS) - len(PLACE_AGES)), 0)
    place_shape = (2, len(PLACE_AGES), len(MONTHS), len(PLACES_OF_DEATH))
    ours_place = _count(deaths, place_shape, deaths["sex"], old, deaths["month"], deaths["place"])

    daily = read_daily_deaths(monthly)
    daily = daily[daily["covid19"] == "all causes"].sort_values("death_date")
    first = daily["death_date"].iloc[0].to_datetime64().astype("datetime64[D]")
    day = (deaths["died"].to_numpy().astype("datetime64[D]") - first).astype(int)
    return [
        ("Table 2: due to COVID-19, country x sex x age x month", ours_due, theirs_due),
        ("Table 6: involving COVID-19, country x sex x age", ours, theirs),
        ("Table 10: place x sex x age x month, England and Wales", ours_place,
         by_place.loc[cells].to_numpy().reshape(place_shape)),
        ("Table 9: all causes by day of death", np.bincount(day, minlength=len(daily)),
         daily["numerator"].to_numpy()),
    ]  # fmt: skip
