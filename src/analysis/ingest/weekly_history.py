"""Deaths registered weekly in the years before: the file of an edition, and ONS's workbooks.

A row is an ONS week and one cell of the margins that the workbooks give: England and Wales in all,
by sex and age group, and by region. Registrations of a week are never revised.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.errors import InputError
from analysis.ingest.published_weeks import REGION_CODES, SEX_BLOCKS
from analysis.standards.weekly_ages import weekly_age
from analysis.standards.weeks import week_code
from analysis.vocabulary import ALL_AGES, ENGLAND_AND_WALES, PERSONS, WEEKLY_AGES

KEYS = ["week", "area_code", "sex", "age_group"]
COLUMNS = [*KEYS, "numerator", "average"]
_FIRST_EDITION_AGES = {"Under 1 year": "<1", "01-14": "1-14"}


def read_history(path: str | Path) -> pd.DataFrame:
    """Return the weekly deaths of the years before.

    Parameters
    ----------
    path
        A Parquet file with the columns of ``COLUMNS``.

    Returns
    -------
    DataFrame
        One row per week and cell: ``week`` (``2015-W53``), ``area_code`` (England and Wales, or a
        region), ``sex`` (``F``, ``M``, ``Persons``), ``age_group`` (``WEEKLY_AGES`` or all ages;
        regions have Persons of all ages only), ``numerator``, ``average`` (the five-year average
        as published, where it was).

    Raises
    ------
    InputError
        The file is missing or damaged, lacks a column, or has a cell twice or a negative count.
    """
    try:
        history = pd.read_parquet(path)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\n"
            "Make it with `bulletin data demo` or `bulletin data synthesise`."
        ) from None
    except (OSError, ValueError) as fault:
        raise InputError(f"{path}: not a readable Parquet file ({fault}).") from None
    lacking = [column for column in COLUMNS if column not in history]
    if lacking:
        raise InputError(
            f"{path}: no column {', '.join(lacking)}.\nWeekly deaths have {', '.join(COLUMNS)}."
        )
    doubled, negative = int(history.duplicated(KEYS).sum()), int((history["numerator"] < 0).sum())
    if doubled or negative or history[[*KEYS, "numerator"]].isna().any(axis=None):
        raise InputError(
            f"{path}: {doubled} cells twice, {negative} below 0, or one without week, cell or "
            f"count.\nGive one row per {', '.join(KEYS)}."
        )
    return history[COLUMNS]


def read_workbooks(paths: Sequence[str | Path]) -> pd.DataFrame:
    """Return the weekly deaths of ONS's workbooks, one of each year, as ``read_history`` does.

    Raises
    ------
    InputError
        A workbook is missing, or is not laid out as those of 2010 to 2020.
    """
    return pd.concat([_read_workbook(Path(path)) for path in paths], ignore_index=True)


def _read_workbook(path: Path) -> pd.DataFrame:
    cells = _sheet(path)
    labels = cells[[0, 1]].map(lambda cell: cell.strip() if isinstance(cell, str) else "")
    weeks = _weeks(path, cells, labels)
    first, second = labels[0], labels[1].where(labels[1] != "", labels[0])
    block = second.str.extract(r"^(Persons|Males|Females)\b")[0].ffill().map(SEX_BLOCKS)
    age = second.replace(_FIRST_EDITION_AGES).map(weekly_age)
    region = second.map(REGION_CODES).where(lambda code: code != ENGLAND_AND_WALES)
    total = first.str.startswith("Total deaths, all ages")
    # The average stands beside the first line of its label, or beside the second.
    average = first.str.startswith("Total deaths: average")
    average |= first.str.contains(r"previous.*\(England and Wales\)")
    average &= cells[list(weeks)].notna().any(axis=1)
    if not (total.sum() == 1 and average.sum() == 1 and region.notna().sum() == 10):
        raise InputError(
            f"{path}: {total.sum()} rows of totals, {average.sum()} of averages (1 expected each) "
            f"and {region.notna().sum()} of regions (10 expected).\n"
            "Use the edition listed in data/raw/SOURCES.yml."
        )
    parts = [
        _long(cells[total], weeks, area_code=ENGLAND_AND_WALES, sex=PERSONS, age_group=ALL_AGES),
        _long(cells[age.notna()], weeks, area_code=ENGLAND_AND_WALES, sex=block, age_group=age),
        _long(cells[region.notna()], weeks, area_code=region, sex=PERSONS, age_group=ALL_AGES),
    ]
    long = pd.concat(parts).groupby(KEYS, as_index=False)["numerator"].sum()
    if len(long) != len(weeks) * (1 + 3 * len(WEEKLY_AGES) + 10):
        raise InputError(
            f"{path}: {len(long)} figures by week and sex, age or region, "
            f"{len(weeks) * (1 + 3 * len(WEEKLY_AGES) + 10)} expected.\n"
            "Use the edition listed in data/raw/SOURCES.yml."
        )
    means = pd.to_numeric(cells[average].iloc[0][list(weeks)]).rename(weeks)
    whole = long["area_code"].eq(ENGLAND_AND_WALES) & long["age_group"].eq(ALL_AGES)
    return long.assign(average=long["week"].map(means).where(whole).astype(float))[COLUMNS]


def _sheet(path: Path) -> pd.DataFrame:
    try:
        with pd.ExcelFile(path) as book:
            named = [
                name for name in book.sheet_names if name.lower().startswith("weekly figures 20")
            ]
            if len(named) != 1:
                raise InputError(f"{path}: {len(named)} sheets 'Weekly figures', 1 expected.")
            return pd.read_excel(book, sheet_name=named[0], header=None, dtype=object)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None
    except ValueError as fault:
        raise InputError(f"{path}: not a readable workbook ({fault}).") from None


def _weeks(path: Path, cells: pd.DataFrame, labels: pd.DataFrame) -> dict[int, str]:
    """The columns of weeks, by the Friday that ends each."""
    rows = labels.index[labels[0].eq("Week ended")]
    if len(rows) != 1:
        raise InputError(f"{path}: {len(rows)} rows start with 'Week ended', 1 expected.")
    ended = cells.loc[rows[0]].iloc[1:].dropna().map(pd.Timestamp)
    weeks = {column: week_code(day.date()) for column, day in ended.items()}
    if any(day.day_name() != "Friday" for day in ended) or len(set(weeks.values())) < 52:
        raise InputError(f"{path}: {len(weeks)} weeks, of which some do not end on a Friday.")
    return weeks


def _long(rows: pd.DataFrame, weeks: dict[int, str], **keys: object) -> pd.DataFrame:
    cells = rows[list(weeks)].rename(columns=weeks).apply(pd.to_numeric)
    named = cells.assign(**keys)
    return named.melt(list(keys), var_name="week", value_name="numerator").dropna()
