"""Readers of published ONS workbooks: a sheet laid out for people in, a tidy frame out.

A row of a tidy frame is one published figure or one cell with its figures. Codes stay strings,
sexes are ``F``, ``M`` and ``Persons``, causes are those of ``vocabulary.CAUSES``, months are
``2020-03`` or ``All months``. Nothing here corrects a figure, and no sum is filled in.
"""

from pathlib import Path

import openpyxl
import pandas as pd

from analysis.errors import InputError
from analysis.vocabulary import (
    ALL_MONTHS,
    CAUSES,
    ENGLAND_AND_WALES,
    PERSONS,
)

YEAR = 2020
SEX_CODES = {"Persons": PERSONS, "Males": "M", "Females": "F", "Male": "M", "Female": "F"}
CAUSE_CODES = dict(zip(("All causes", "COVID-19", "Non COVID-19"), CAUSES, strict=True))
MONTH_NUMBERS = {"March": 3, "April": 4, "May": 5, "June": 6, "July": 7}
MEASURES = ("numerator", "asmr", "status", "lower_ci", "upper_ci")

# Table of the local-area workbook: the columns that name an area, and what kind of area it is.
AREA_TABLES = {
    "Table 1": (2, 3, "region"),
    "Table 2": (3, 4, "lad20cd"),
    "Table 3": (2, 2, "imd_decile"),
    "Table 4": (2, 2, "wimd_quintile"),
}


def read_local_area(path: str | Path) -> pd.DataFrame:
    """Return Tables 1 to 4 of a local-area and deprivation workbook.

    Parameters
    ----------
    path
        Workbook of "Deaths involving COVID-19 by local area and socioeconomic deprivation".

    Returns
    -------
    DataFrame
        One row per table, cause, sex, area and month, the total of the months included:
        ``table``, ``kind`` (``region`` for countries and regions, ``lad20cd``, ``imd_decile``,
        ``wimd_quintile``), ``area_code``, ``area_name``, ``cause``, ``sex``, ``month``,
        ``numerator`` (deaths), ``asmr``, ``lower_ci``, ``upper_ci`` (per 100,000 people, NaN
        where none is published) and ``status`` (blank, ``u`` low reliability, ``:`` not
        calculated, ``z`` not applicable). Deciles and quintiles are codes ``1`` to ``10``.
        Table 2 repeats regions and countries; all its rows are kept.

    Raises
    ------
    InputError
        The workbook is missing, or a sheet is not laid out as this release was.
    """
    book = _open(path)
    return pd.concat(
        [_area_table(book, path, sheet, *spec) for sheet, spec in AREA_TABLES.items()],
        ignore_index=True,
    )


def read_msoa_counts(path: str | Path) -> pd.DataFrame:
    """Return Table 5 of a local-area workbook: deaths by MSOA.

    Returns
    -------
    DataFrame
        One row per MSOA, cause and month, totals included: ``msoa11cd``, ``msoa11nm`` (the name
        of the House of Commons Library), ``cause``, ``month``, ``numerator``. ONS moved a small
        number of deaths between neighbouring areas.

    Raises
    ------
    InputError
        The workbook is missing, or the sheet is not laid out as this release was.
    """
    rows = _sheet(_open(path), path, "Table 5")
    head = next((i for i, row in enumerate(rows) if row and row[0] == "MSOA code"), None)
    if head is None:
        raise _unlike(path, "Table 5", "no row starts with 'MSOA code'")
    cause, columns = None, {}
    for position, (above, month) in enumerate(zip(rows[head - 1], rows[head], strict=True)):
        cause = CAUSE_CODES.get(above, cause)
        if position > 2 and month:
            columns[position] = (cause, _month(month))
    cells = [row for row in rows[head + 1 :] if _is_code(row[0])]
    frames = [
        pd.DataFrame(
            {
                "msoa11cd": [row[0] for row in cells],
                "msoa11nm": [row[2] for row in cells],
                "cause": cause,
                "month": month,
                "numerator": [row[position] for row in cells],
            }
        )
        for position, (cause, month) in columns.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(numerator=frame["numerator"].astype("int64"))


def _area_table(
    book: openpyxl.Workbook, path: str | Path, sheet: str, code: int, name: int, kind: str
) -> pd.DataFrame:
    rows = _sheet(book, path, sheet)
    head = next((i for i, row in enumerate(rows) if row and row[0] == "Cause of death"), None)
    if head is None:
        raise _unlike(path, sheet, "no row starts with 'Cause of death'")
    starts = {_month(cell): i for i, cell in enumerate(rows[head]) if i > name and cell}
    cells = [row for row in rows[head + 2 :] if row[0] in CAUSE_CODES and row[1] in SEX_CODES]
    frames = [
        pd.DataFrame(
            {
                "table": sheet,
                "kind": kind,
                "area_code": [_area_code(row[code]) for row in cells],
                "area_name": [str(row[name]) for row in cells],
                "cause": [CAUSE_CODES[row[0]] for row in cells],
                "sex": [SEX_CODES[row[1]] for row in cells],
                "month": month,
            }
            | {
                # Deaths, rate, mark, lower and upper limit stand in five columns side by side.
                measure: [row[start + step] for row in cells]
                for step, measure in enumerate(MEASURES)
            }
        )
        for month, start in starts.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    marks = frame["asmr"].where(frame["asmr"].isin([":", "z"]), frame["status"])
    rates = frame[["asmr", "lower_ci", "upper_ci"]].apply(pd.to_numeric, errors="coerce")
    return frame.assign(
        numerator=frame["numerator"].astype("int64"),
        status=marks.fillna("").astype("str"),
        **rates,
    )


def _area_code(cell: object) -> str:
    text = str(cell).strip()
    # "K04000001, J99000001": England and Wales with the deaths of non-residents.
    return ENGLAND_AND_WALES if text.startswith(ENGLAND_AND_WALES) else text.split(" ")[0]


def _month(cell: object) -> str:
    text = str(cell).strip()
    return f"{YEAR}-{MONTH_NUMBERS[text]:02d}" if text in MONTH_NUMBERS else ALL_MONTHS


def _is_code(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) == 9 and cell[0] in "EW" and cell[1:].isdigit()


def _open(path: str | Path) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None
    except Exception as fault:
        raise InputError(
            f"{path}: not a readable workbook ({fault}).\nFetch it again: bulletin data fetch."
        ) from None


def _sheet(book: openpyxl.Workbook, path: str | Path, sheet: str) -> list[tuple]:
    if sheet not in book.sheetnames:
        raise _unlike(path, sheet, f"the sheets are {', '.join(book.sheetnames)}")
    rows = list(book[sheet].iter_rows(values_only=True))
    width = max(len(row) for row in rows)
    return [tuple(row) + (None,) * (width - len(row)) for row in rows]


def _unlike(path: str | Path, sheet: str, fault: str) -> InputError:
    return InputError(
        f"{path}, sheet '{sheet}': {fault}.\n"
        "The reader follows the workbooks of 2020 and would read a new design wrongly.\n"
        "Use the edition listed in data/raw/SOURCES.yml."
    )
