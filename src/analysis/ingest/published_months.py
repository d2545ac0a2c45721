"""Readers of the monthly release "Deaths involving COVID-19, England and Wales", June 2020.

The sheets are read from CSV dumps, one file a sheet, laid out for people. Table 2 and Table 10
count deaths *due to* COVID-19 in their COVID half, Tables 6 and 9 deaths *involving* it: the
column ``covid19`` of every frame says which. Deaths registered by 4 July 2020, a week earlier
than the local-area workbook.
"""

from pathlib import Path

import pandas as pd

from analysis.errors import InputError
from analysis.vocabulary import AGE_BANDS, ENGLAND, ENGLAND_AND_WALES, PERSONS, WALES

YEAR = 2020
MONTHS = ("2020-03", "2020-04", "2020-05", "2020-06")
COUNTRY_CODES = {
    "England and Wales": ENGLAND_AND_WALES,
    "England & Wales": ENGLAND_AND_WALES,
    "England": ENGLAND,
    "Wales": WALES,
}
SEX_CODES = {"Persons": PERSONS, "Males": "M", "Females": "F"}
ORDER_OF_SEXES = (PERSONS, "M", "F")
DUE, INVOLVING, ANY = "due to", "involving", "all causes"
PLACES = {
    "Home": "Home",
    "Hospital (acute or community, not psychiatric)": "Hospital",
    "Hospice": "Hospice",
    "Care home": "Care home",
    "Other": "Other communal establishment",
    "Elsewhere": "Elsewhere",
}


def read_deaths_by_age(folder: str | Path) -> pd.DataFrame:
    """Return Table 2: deaths due to COVID-19 by age, sex and month.

    Returns
    -------
    DataFrame
        One row per country, month, sex and age band: ``ctry20cd``, ``month``, ``sex`` (Persons
        included), ``age_band``, ``numerator`` (deaths due to COVID-19) and ``share``, their share
        of all deaths to three decimals (NaN where no share is given). All deaths of a cell are
        therefore about ``numerator / share``.

    Raises
    ------
    InputError
        The file is missing or not laid out as this release was.
    """
    path, cells = _cells(folder, "table_2.csv")
    country = cells[1].where(cells[1].isin(COUNTRY_CODES)).ffill().map(COUNTRY_CODES)
    age_band = _age_bands(cells[0])
    chosen = cells[age_band.notna() & country.notna()]
    _expect(path, len(chosen), 3 * len(AGE_BANDS), "rows of ages")
    frames = [
        pd.DataFrame(
            {
                "ctry20cd": country[chosen.index],
                "month": month,
                "sex": sex,
                "age_band": age_band[chosen.index],
                # Eight columns a month: three sexes, a blank, three shares, a blank.
                "numerator": _numbers(chosen[1 + 8 * position + step]),
                "share": _numbers(chosen[5 + 8 * position + step]),
            }
        )
        for position, month in enumerate(MONTHS)
        for step, sex in enumerate(ORDER_OF_SEXES)
    ]
    return pd.concat(frames, ignore_index=True)


def read_deaths_involving(folder: str | Path) -> pd.DataFrame:
    """Return the totals of Tables 6a to 6c: deaths involving COVID-19 by age and sex.

    Returns
    -------
    DataFrame
        One row per country, sex and age, four months together: ``ctry20cd``, ``sex``, ``age``
        (``0-44``, ``45-49`` ... ``90+``; Persons also ``0-69`` and such), ``numerator``.

    Raises
    ------
    InputError
        A file is missing or not laid out as this release was.
    """
    frames = []
    for part in "abc":
        path, cells = _cells(folder, f"table_6{part}.csv")
        totals = cells[cells[4].str.startswith("All deaths involving", na=False)]
        _expect(path, len(totals) > 0, True, "a row 'All deaths involving COVID-19'")
        frames.append(
            pd.DataFrame(
                {
                    "ctry20cd": totals[0].map(COUNTRY_CODES),
                    "sex": totals[2].map(SEX_CODES),
                    "age": totals[3].str.strip(),
                    "numerator": _numbers(totals[5]),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def read_deaths_by_place(folder: str | Path) -> pd.DataFrame:
    """Return Table 10: deaths by place of death, sex, age and month.

    Returns
    -------
    DataFrame
        One row per country, cause, month, sex, age and place: ``ctry20cd``, ``covid19``
        (``all causes`` or ``due to``), ``month``, ``sex``, ``age`` (``Under 65``, ``65-69`` ...
        ``90+``), ``place_of_death`` (words of the vocabulary), ``numerator``.

    Raises
    ------
    InputError
        The file is missing or not laid out as this release was.
    """
    path, cells = _cells(folder, "table_10.csv")
    country = cells[2].map(COUNTRY_CODES).ffill()
    place = cells[0].map(PLACES).ffill()
    chosen = cells[cells[1].isin(["Under 65", *AGE_BANDS[14:]])]
    _expect(path, len(chosen), 3 * 6 * 7, "rows of places and ages")
    frames = [
        pd.DataFrame(
            {
                "ctry20cd": country[chosen.index],
                "covid19": cause,
                "month": month,
                "sex": sex,
                "age": chosen[1],
                "place_of_death": place[chosen.index],
                "numerator": _numbers(chosen[2 + 12 * block + 3 * position + step]),
            }
        )
        for block, cause in enumerate((ANY, DUE))
        for position, month in enumerate(MONTHS)
        for step, sex in enumerate(ORDER_OF_SEXES)
    ]
    return pd.concat(frames, ignore_index=True)


def read_daily_deaths(folder: str | Path) -> pd.DataFrame:
    """Return Table 9: deaths by date of death, and how many were registered within 7 days.

    Returns
    -------
    DataFrame
        One row per date and cause, non-residents included: ``death_date``, ``covid19``
        (``all causes`` or ``involving``), ``numerator``, ``within_7_days``.

    Raises
    ------
    InputError
        The file is missing or not laid out as this release was.
    """
    path, cells = _cells(folder, "table_9.csv")
    dates = pd.to_datetime(cells[0], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    chosen = cells[dates.notna()]
    _expect(path, len(chosen), 122, "rows of dates")
    frames = [
        pd.DataFrame(
            {
                "death_date": dates[chosen.index],
                "covid19": cause,
                # 'z' stands where nobody died.
                "numerator": _numbers(chosen[start]).fillna(0),
                "within_7_days": _numbers(chosen[start + 1]).fillna(0),
            }
        )
        for start, cause in ((1, ANY), (7, INVOLVING))
    ]
    return pd.concat(frames, ignore_index=True)


def read_leading_causes(folder: str | Path) -> pd.DataFrame:
    """Return Table 1: deaths by leading cause group and month, England and Wales.

    Returns
    -------
    DataFrame
        One row per cause group and month: ``codes`` (its ICD-10 codes as printed, with plain
        hyphens), ``month``, ``numerator``. Causes outside the list are not in the table.

    Raises
    ------
    InputError
        The file is missing or not laid out as this release was.
    """
    path, cells = _cells(folder, "table_1.csv")
    chosen = cells[cells[0].str.match(r"[A-Z]\d\d", na=False)]
    _expect(path, len(chosen) > 50, True, "more than 50 cause groups")
    codes = chosen[0].str.replace("–", "-").str.strip()
    frames = [
        pd.DataFrame({"codes": codes, "month": month, "numerator": _numbers(chosen[2 + position])})
        for position, month in enumerate(MONTHS)
    ]
    return pd.concat(frames, ignore_index=True)


def _cells(folder: str | Path, name: str) -> tuple[Path, pd.DataFrame]:
    path = Path(folder) / name
    try:
        return path, pd.read_csv(path, header=None, dtype=str)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None


def _age_bands(column: pd.Series) -> pd.Series:
    # This release writes 01-04 and 05-09.
    text = column.str.strip().str.replace(r"^0(\d)-0(\d)$", r"\1-\2", regex=True)
    return text.where(text.isin(AGE_BANDS))


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce")


def _expect(path: Path, found: object, expected: object, what: str) -> None:
    if found != expected:
        raise InputError(
            f"{path}: {what}: expected {expected}, found {found}.\n"
            "The reader follows the release of July 2020 and would read another wrongly.\n"
            "Use the edition listed in data/raw/SOURCES.yml."
        )
