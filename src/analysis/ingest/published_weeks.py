"""Reader of "Deaths registered weekly in England and Wales, provisional", the 2020 workbook.

Weeks end on a Friday and are named by the ISO week of that Friday. Registrations are never
revised after publication; occurrences are as registered by 2 January 2021.
"""

from pathlib import Path

import pandas as pd

from analysis.errors import InputError
from analysis.vocabulary import AGE_BANDS, ENGLAND_AND_WALES, PERSONS, WALES

SHEETS = {
    "registrations": "Weekly figures 2020",
    "covid19 registrations": "Covid-19 - Weekly registrations",
    "covid19 occurrences": "Covid-19 - Weekly occurrences",
}
DAILY = "Covid-19 - Daily occurrences"
SEX_BLOCKS = {"Persons": PERSONS, "Males": "M", "Females": "F"}
REGION_CODES = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and The Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
    "Wales": WALES,
    "England and Wales": ENGLAND_AND_WALES,
}


def read_weekly(path: str | Path, series: str) -> pd.DataFrame:
    """Return one weekly series of the workbook, by age and sex and by region.

    Parameters
    ----------
    path
        The workbook of week 53 of 2020.
    series
        ``registrations``, ``covid19 registrations`` or ``covid19 occurrences``.

    Returns
    -------
    DataFrame
        One row per week and cell: ``week_ended`` (the Friday), ``area_code`` (a region, or
        England and Wales), ``sex`` and ``age_band`` (null in rows of regions; rows of England and
        Wales have both, Persons included), ``numerator``. Deaths of unknown age are in no row of
        ages, deaths of non-residents in no region.

    Raises
    ------
    InputError
        The workbook is missing, or the sheet is not laid out as in 2020.
    """
    cells = _cells(path, SHEETS[series])
    weeks = _week_columns(path, cells)
    blocks = cells[1].str.extract(r"^(Persons|Males|Females)\b")[0].ffill().map(SEX_BLOCKS)
    by_age = cells[cells[1].isin(AGE_BANDS)]
    by_region = cells[cells[0].isin(REGION_CODES.values())]
    if len(by_age) != 3 * len(AGE_BANDS) or len(by_region) != 10:
        raise InputError(
            f"{path}, sheet '{SHEETS[series]}': {len(by_age)} rows of ages (60 expected) and "
            f"{len(by_region)} of regions (10 expected).\n"
            "Use the edition listed in data/raw/SOURCES.yml."
        )
    parts = [
        by_age.assign(area_code=ENGLAND_AND_WALES, sex=blocks[by_age.index], age_band=by_age[1]),
        by_region.assign(area_code=by_region[0], sex=None, age_band=None),
    ]
    keys = ["area_code", "sex", "age_band"]
    long = pd.concat(parts).melt(keys, list(weeks), "column", "numerator")
    return pd.DataFrame(
        {
            "week_ended": long["column"].map(weeks),
            **{key: long[key] for key in keys},
            "numerator": pd.to_numeric(long["numerator"]).astype("int64"),
        }
    )


def read_daily_covid19(path: str | Path) -> pd.DataFrame:
    """Return deaths involving COVID-19 by date of death and region.

    Returns
    -------
    DataFrame
        One row per date and area: ``death_date``, ``area_code`` (region, Wales, or England and
        Wales), ``numerator``. Dates before 2 March 2020 without deaths are not listed.

    Raises
    ------
    InputError
        The workbook is missing, or the sheet is not laid out as in 2020.
    """
    cells = _cells(path, DAILY)
    head = cells.index[cells[0].eq("Date")]
    if len(head) != 1:
        raise InputError(f"{path}, sheet '{DAILY}': no row starts with 'Date'.")
    names = cells.loc[head[0]].map(lambda cell: REGION_CODES.get(str(cell).strip()))
    columns = names.dropna()
    dates = pd.to_datetime(cells[0].astype("str"), format="mixed", dayfirst=True, errors="coerce")
    iso = pd.to_datetime(cells[0].astype("str"), format="%Y-%m-%d %H:%M:%S", errors="coerce")
    days = cells.assign(death_date=iso.fillna(dates)).loc[head[0] + 1 :]
    days = days[days["death_date"].notna()]
    long = days.melt("death_date", list(columns.index), "column", "numerator")
    return pd.DataFrame(
        {
            "death_date": long["death_date"],
            "area_code": long["column"].map(columns),
            "numerator": pd.to_numeric(long["numerator"]).astype("int64"),
        }
    )


def _cells(path: str | Path, sheet: str) -> pd.DataFrame:
    try:
        return pd.read_excel(path, sheet_name=sheet, header=None, dtype=object)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None
    except ValueError as fault:
        raise InputError(
            f"{path}: {fault}.\nUse the edition listed in data/raw/SOURCES.yml."
        ) from None


def _week_columns(path: str | Path, cells: pd.DataFrame) -> dict[int, pd.Timestamp]:
    rows = cells.index[cells[0].eq("Week ended")]
    if len(rows) != 1:
        raise InputError(f"{path}: no row starts with 'Week ended'.")
    ended = pd.to_datetime(cells.loc[rows[0]].iloc[2:], errors="coerce").dropna()
    return dict(ended.items())
