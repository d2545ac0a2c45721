"""Published margins of the deaths of March to June 2020, as arrays.

Two kinds. *Local* margins are counts of the local-area workbook, exact, by small area or by
deprivation but without age. *National* margins are deaths by age, sex and month of each country,
put together from the monthly release and scaled to the local-area workbook, which is a week newer.

Axes are always in this order: country (England, Wales), cause (involving COVID-19, not), sex
(F, M), age band, month. No published rate is read here, so that rates remain a test.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.published_months import (
    read_deaths_by_age,
    read_deaths_by_place,
    read_deaths_involving,
)
from analysis.ingest.published_weeks import read_weekly
from analysis.synthesis.open_areas import DECILES, Areas
from analysis.synthesis.open_files import published
from analysis.vocabulary import AGE_BANDS, CAUSES, ENGLAND, NON_RESIDENT, SEXES, WALES

MONTHS = ("2020-03", "2020-04", "2020-05", "2020-06")
COUNTRIES = (ENGLAND, WALES)
WITH_AND_WITHOUT = CAUSES[1:]
COVID, OTHER = 0, 1

OLD = AGE_BANDS.index("65-69")
FIRST_MIDDLE = AGE_BANDS.index("45-49")
# A share printed to three decimals gives all deaths of a cell only where it is not too small.
LEAST_DUE, LEAST_SHARE = 3, 0.02
NEXT_TO_NONE = 0.02


@dataclass(frozen=True)
class LocalMargins:
    """Deaths by cause and month in the tables of one edition of the local-area workbook.

    Parameters
    ----------
    msoa
        Table 5: cause x month x MSOA.
    authority
        Table 2: cause x month x sex x local authority.
    stratum
        Tables 3 and 4: cause x month x sex x stratum.
    region
        Table 1: cause x month x sex x region (Wales among them).
    abroad
        Table 2: cause x month x sex, usual residents of other countries.
    """

    msoa: np.ndarray
    authority: np.ndarray
    stratum: np.ndarray
    region: np.ndarray
    abroad: np.ndarray


def local_margins(tables: pd.DataFrame, msoas: pd.DataFrame, areas: Areas) -> LocalMargins:
    """Return the counts of one edition of the local-area workbook as arrays.

    Parameters
    ----------
    tables, msoas
        As ``read_local_area`` and ``read_msoa_counts`` give them. An edition may have fewer than
        four months; the arrays have as many as it has.
    areas
        Areas in whose order the arrays stand.
    """
    months = [month for month in MONTHS if month in set(tables["month"])]
    keys = ["table", "cause", "month", "sex", "area_code"]
    cells = tables.drop_duplicates(keys).set_index(keys)["numerator"]

    def table(name: str, codes: pd.Index | list[str]) -> np.ndarray:
        wanted = pd.MultiIndex.from_product([[name], WITH_AND_WITHOUT, months, SEXES, codes])
        return cells.loc[wanted].to_numpy().reshape(2, len(months), 2, len(codes))

    counts = msoas.set_index(["cause", "month", "msoa11cd"])["numerator"]
    wanted = pd.MultiIndex.from_product([WITH_AND_WITHOUT, months, areas.msoas])
    deciles = table("Table 3", [str(decile) for decile in range(1, DECILES + 1)])
    quintiles = table("Table 4", [str(quintile) for quintile in range(1, 6)])
    return LocalMargins(
        msoa=counts.loc[wanted].to_numpy().reshape(2, len(months), -1),
        authority=table("Table 2", areas.authorities),
        stratum=np.concatenate([deciles, quintiles], axis=-1),
        region=table("Table 1", areas.regions),
        abroad=table("Table 2", [NON_RESIDENT])[..., 0],
    )


@dataclass(frozen=True)
class NationalMargins:
    """Deaths of residents by age, as the monthly release has them.

    Parameters
    ----------
    deaths
        Country x cause x sex x age band x month; each country, cause, sex and month sums to
        Table 1 of the local-area workbook.
    due
        Country x sex x age band x month: share of the deaths involving COVID-19 that are due to
        it, 0 to 1.
    """

    deaths: np.ndarray
    due: np.ndarray


def national_margins(folder: str | Path, people: np.ndarray, totals: np.ndarray) -> NationalMargins:
    """Return deaths by country, cause, sex, age band and month.

    Parameters
    ----------
    folder
        Where the published files are.
    people
        Residents: country x sex x age band.
    totals
        Deaths of the local-area workbook: country x cause x sex x month.

    Raises
    ------
    InputError
        A published file is missing or not as listed.
    """
    monthly = published(folder, "monthly")
    due = _grid(read_deaths_by_age(monthly), "numerator")
    every = _all_causes(folder, people) * 1.0
    every = every * (totals.sum(axis=1) / every.sum(axis=2))[:, :, None]
    involving = _involving(monthly, due, totals[:, COVID])
    deaths = np.stack([involving, np.maximum(every - involving, 0)], axis=1)
    deaths = deaths * _over(totals, deaths.sum(axis=3))[:, :, :, None]
    # Deaths due to COVID-19 were counted a week earlier: raised by as much as those involving it.
    older = read_deaths_involving(monthly)
    older = older[older["age"].isin(_involving_ages())].groupby(["ctry20cd", "sex"])["numerator"]
    before = older.sum().loc[pd.MultiIndex.from_product([COUNTRIES, SEXES])].to_numpy()
    later = totals[:, COVID].sum(axis=2) / before.reshape(2, 2)
    return NationalMargins(
        deaths=deaths, due=np.clip(_over(due * later[:, :, None, None], involving), 0, 1)
    )


def _grid(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return country x sex x age band x month of a tidy frame of the monthly release."""
    keys = ["ctry20cd", "sex", "age_band", "month"]
    wanted = pd.MultiIndex.from_product([COUNTRIES, SEXES, AGE_BANDS, MONTHS])
    cells = frame.set_index(keys)[column].loc[wanted].to_numpy(dtype=float)
    return cells.reshape(2, 2, len(AGE_BANDS), len(MONTHS))


def _all_causes(folder: str | Path, people: np.ndarray) -> np.ndarray:
    """Return deaths of all causes: country x sex x age band x month.

    Table 10 counts the ages from 65. Below 65 it has one total, which Table 2 divides: deaths due
    to COVID-19 over their share of all deaths. Where that share says too little (the young, Wales)
    the ages of weekly registrations, or those of England, stand in.
    """
    monthly = published(folder, "monthly")
    places = read_deaths_by_place(monthly)
    places = places[places["covid19"] == "all causes"]
    keys = ["ctry20cd", "sex", "age", "month"]
    wanted = pd.MultiIndex.from_product([COUNTRIES, SEXES, ["Under 65", *AGE_BANDS[OLD:]], MONTHS])
    counts = places.groupby(keys)["numerator"].sum().loc[wanted].to_numpy(dtype=float)
    counts = counts.reshape(2, 2, -1, len(MONTHS))

    ages = read_deaths_by_age(monthly)
    due, share = _grid(ages, "numerator")[0, :, :OLD], _grid(ages, "share")[0, :, :OLD]
    young = counts[:, :, 0]
    known = (due >= LEAST_DUE) & (share >= LEAST_SHARE)
    divided = np.where(known, due / np.where(known, share, 1), 0)
    registered = np.where(known, 0, _registered_by_age(folder)[:, :OLD])
    rest = young[0] - divided.sum(axis=1)
    england = divided + registered * (rest / registered.sum(axis=1))[:, None]
    wales = england / people[0, :, :OLD, None] * people[1, :, :OLD, None]
    wales = wales * (young[1] / wales.sum(axis=1))[:, None]
    return np.concatenate([np.stack([england, wales]), counts[:, :, 1:]], axis=2)


def _registered_by_age(folder: str | Path) -> np.ndarray:
    """Return registrations of England and Wales by sex x age band x month of registration."""
    weekly = read_weekly(published(folder, "weekly"), "registrations").dropna(subset=["sex"])
    month = weekly["week_ended"].dt.strftime("%Y-%m")
    sums = weekly.assign(month=month).groupby(["sex", "age_band", "month"])["numerator"].sum()
    wanted = pd.MultiIndex.from_product([SEXES, AGE_BANDS, MONTHS])
    return sums.loc[wanted].to_numpy(dtype=float).reshape(2, len(AGE_BANDS), len(MONTHS))


def _involving(monthly: Path, due: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return deaths involving COVID-19: country x sex x age band x month.

    Ages of the four months together are published (Table 6); those of one month only for deaths
    due to COVID-19, which are nine in ten of them and give the shape.
    """
    frame = read_deaths_involving(monthly).set_index(["ctry20cd", "sex", "age"])["numerator"]
    wanted = pd.MultiIndex.from_product([COUNTRIES, SEXES, _involving_ages()])
    by_age = frame.loc[wanted].to_numpy(dtype=float).reshape(2, 2, -1)
    by_age = by_age * (totals.sum(axis=2) / by_age.sum(axis=2))[:, :, None]
    fitted = due + NEXT_TO_NONE
    starts = [0, *range(FIRST_MIDDLE, len(AGE_BANDS))]
    width = np.diff([*starts, len(AGE_BANDS)])
    for _ in range(200):
        sums = np.add.reduceat(fitted.sum(axis=3), starts, axis=2)
        fitted = fitted * np.repeat(by_age / sums, width, axis=2)[..., None]
        fitted = fitted * (totals / fitted.sum(axis=2))[:, :, None]
    return fitted


def _involving_ages() -> list[str]:
    return ["0-44", *AGE_BANDS[FIRST_MIDDLE:]]


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros_like(below, dtype=float), where=below > 0)
