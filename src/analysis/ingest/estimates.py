"""Readers of published population estimates, at single years of age.

A frame has a row for each area and a column for each year of age, 0 to 90; 90 stands for 90 and
over. Frames by sex have the sex (``F``, ``M``) as the first level of their rows. Nothing here
splits, rakes or rounds: that is for ``synthesis``.
"""

import gzip
from io import StringIO
from pathlib import Path

import pandas as pd
import xlrd

from analysis.errors import InputError
from analysis.vocabulary import ENGLAND, WALES

AGES = tuple(range(91))
SHEET_SEX = {"F": "MYE2 - Females", "M": "MYE2 - Males"}
DECILE_SHEETS = {ENGLAND: "Table 1 - England", WALES: "Table 2 - Wales"}
HEADINGS_OF_SEX = {"Females": "F", "Males": "M"}


def read_lsoa_estimates(path: str | Path) -> pd.DataFrame:
    """Return people of each 2011 LSOA by single year of age, both sexes together.

    Returns
    -------
    DataFrame
        One row per LSOA (index ``lsoa11cd``), columns 0 to 90.
    """
    frame = _found(path, pd.read_parquet).set_index("lsoa11cd")
    return _by_age(path, frame.rename(columns=int))


def read_msoa_estimates(females: str | Path, males: str | Path) -> pd.DataFrame:
    """Return people of each 2011 MSOA by sex and single year of age, from two Nomis files.

    Returns
    -------
    DataFrame
        One row per sex and MSOA (index ``sex``, ``msoa11cd``), columns 0 to 90.
    """
    return pd.concat({"F": _nomis(females), "M": _nomis(males)}, names=["sex", "msoa11cd"])


def read_authority_estimates(path: str | Path) -> pd.DataFrame:
    """Return people of each local authority, region and country by sex and single year of age.

    Parameters
    ----------
    path
        Workbook MYE2 "Population estimates for the UK", with codes of April 2020 for mid-2019.

    Returns
    -------
    DataFrame
        One row per sex and area (index ``sex``, ``code``), columns 0 to 90.
    """
    book = _found(path, lambda file: xlrd.open_workbook(str(file), on_demand=True))
    frames = {sex: _mye_sheet(book.sheet_by_name(sheet)) for sex, sheet in SHEET_SEX.items()}
    return _by_age(path, pd.concat(frames, names=["sex", "code"]))


def read_decile_estimates(path: str | Path) -> pd.DataFrame:
    """Return people of each deprivation decile of England and of Wales, mid-2020.

    Returns
    -------
    DataFrame
        One row per country, sex and decile (index ``ctry20cd``, ``sex``, ``decile``; 1 is the most
        deprived), columns 0 to 90. English deciles are those of IMD 2019, Welsh ones of WIMD 2019.
    """
    frames = {}
    for country, sheet in DECILE_SHEETS.items():
        cells = _found(path, pd.read_excel, sheet_name=sheet, header=3)
        sex = cells.iloc[:, 0].map(HEADINGS_OF_SEX).ffill()
        decile = pd.to_numeric(cells.iloc[:, 1], errors="coerce")
        rows = cells[decile.notna()].rename(columns={"90+": 90})
        keys = [sex[rows.index], decile[rows.index].astype("int64")]
        frames[country] = rows.set_index(pd.MultiIndex.from_arrays(keys, names=["sex", "decile"]))
    return _by_age(path, pd.concat(frames, names=["ctry20cd"]))


def read_decile_history(path: str | Path) -> pd.DataFrame:
    """Return people of each IMD **2015** decile of England by sex and year, 2002 to 2020.

    The deciles of this file are not those of IMD 2019: use it for how a decile changed from one
    year to the next, never for how many people a decile has.

    Returns
    -------
    DataFrame
        One row per year, sex and decile (index ``year``, ``sex``, ``decile``), columns 0 to 90.
    """
    frame = _found(path, pd.read_csv)
    frame = frame.assign(age=frame["age"].clip(upper=AGES[-1])).rename(columns={"dimd": "decile"})
    sums = frame.groupby(["year", "sex", "decile", "age"])["pop_size"].sum()
    return _by_age(path, sums.unstack("age"))


def read_national_estimates(path: str | Path) -> pd.DataFrame:
    """Return people of England and Wales by year, sex and age band, 2001 to 2019.

    Returns
    -------
    DataFrame
        One row per year and sex (index ``year``, ``sex``), 20 columns in the order of age.
    """
    frame = _found(path, pd.read_csv).rename(columns={"gender": "sex"})
    frame = frame.assign(sex=frame["sex"].str.upper())
    return frame.set_index(["year", "sex", "ageGrp"])["pop"].unstack("ageGrp").sort_index(axis=1)


def read_deaths_by_decile(deaths: str | Path, people: str | Path) -> pd.DataFrame:
    """Return deaths and people of each decile of England by sex and age band, 2001 to 2015.

    Returns
    -------
    DataFrame
        One row per year, sex and decile (index ``year``, ``sex``, ``decile``; 1 is the most
        deprived); columns in two levels, ``deaths`` and ``people``, then the age band.
    """
    frames = {"deaths": _decile_file(deaths), "people": _decile_file(people)}
    return pd.concat(frames, axis=1, join="inner")


def _decile_file(path: str | Path) -> pd.DataFrame:
    # Rows of these two exports may end in a bare carriage return, which read_csv takes amiss.
    text = _found(path, lambda file: Path(file).read_text(encoding="utf-8-sig"))
    rows = [line.split(",") for line in text.splitlines() if line.strip()]
    frame = pd.DataFrame(rows[1:], columns=[name.strip() for name in rows[0]])
    bands = [name for name in frame if name[0] in "<0123456789"]
    keys = {
        "year": pd.to_numeric(frame["year"]),
        "sex": frame["sex"].str[0],
        "decile": pd.to_numeric(frame["imd"]),
    }
    numbers = frame[bands].apply(pd.to_numeric).assign(**keys)
    return numbers.groupby(list(keys))[bands].sum()


def _mye_sheet(sheet: xlrd.sheet.Sheet) -> pd.DataFrame:
    """Return the rows below the heading, which begins with 'Code', as they stand."""
    head = sheet.col_values(0).index("Code")
    heading = [90 if name == "90+" else name for name in sheet.row_values(head)]
    rows = [sheet.row_values(number) for number in range(head + 1, sheet.nrows)]
    frame = pd.DataFrame(rows, columns=heading)
    return frame[frame[90] != ""].set_index("Code")


def _nomis(path: str | Path) -> pd.DataFrame:
    lines = _found(path, _lines)
    head = [number for number, line in enumerate(lines) if line.startswith('"2011 super output')]
    if len(head) != 1:
        raise InputError(f"{path}: no heading '2011 super output area' (a Nomis download has one).")
    frame = pd.read_csv(StringIO("".join(lines[head[0] :])), dtype={0: str})
    area = frame.iloc[:, 0].astype("str")
    rows = frame[area.str.contains(" : ", na=False)]
    ages = rows.rename(columns=lambda name: _age_of(str(name)))
    return _by_age(path, ages.set_index(area[rows.index].str.slice(0, 9)))


def _lines(path: str | Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line for line in file if line.strip()]


def _age_of(heading: str) -> object:
    digits = "".join(character for character in heading if character.isdigit())
    return int(digits) if heading.lower().startswith(("age", "aged")) and digits else heading


def _by_age(path: str | Path, frame: pd.DataFrame) -> pd.DataFrame:
    missing = [age for age in AGES if age not in frame.columns]
    if missing:
        raise InputError(
            f"{path}: no column for age {missing[0]} ({len(missing)} ages of 91).\n"
            "Use the edition listed in data/raw/SOURCES.yml."
        )
    return frame[list(AGES)].astype("float64")


def _found(path: str | Path, read, **options) -> pd.DataFrame:
    try:
        return read(path, **options)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None
