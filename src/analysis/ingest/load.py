"""The loaders: what a page reads.

A page never reads records. The run counts them once, in the engine, into small Parquet files in
the folder of the edition; the loaders open these files for the page's ages and areas.
"""

import json
from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from analysis.errors import InputError
from analysis.params import PageParams
from analysis.standards import esp2013
from analysis.standards.occupations import ALL_OCCUPATIONS, NO_OCCUPATION, SOC_LEVELS
from analysis.standards.soc2010 import LEVELS
from analysis.vocabulary import ENGLAND_AND_WALES, INVOLVING, NON_RESIDENT

# A code for everything, so that the top of a hierarchy is a column like any other level.
WHOLE = {
    "area": {"ew20cd": ENGLAND_AND_WALES},
    "deprivation": {"ew20cd": ENGLAND_AND_WALES},
    "occupation": {"soc2010_all": ALL_OCCUPATIONS},
}


def load_deaths(params: PageParams) -> ibis.Table:
    """Return the deaths of a page, lazily.

    A row is a group with deaths: the dimensions of ``params.deaths`` (for ``area``: residence,
    areas from LSOA to country, deprivation, sex, age band, month of death; for ``occupation``:
    SOC2010 levels, sex, age band), ``covid19``, ``cause`` (``COVID-19`` where it is mentioned,
    else ``Not COVID-19``), the code of the whole (``ew20cd``, ``soc2010_all``) and ``numerator``.
    Only the ages of the page are there; deaths of unknown age are there if all ages are.

    Raises
    ------
    InputError
        The edition has not been counted.
    """
    deaths = _open(params, params.deaths)
    if (params.age_min, params.age_max) != (0, None):
        deaths = deaths.filter(deaths.age_band.isin(_bands(params)))
    cause = ibis.ifelse(deaths.covid19.isin(INVOLVING), "COVID-19", "Not COVID-19")
    return _with_whole(deaths, params.deaths).mutate(cause=cause)


def load_population(params: PageParams, by: list[str]) -> pd.DataFrame:
    """Return the people at risk of a page, by group and age band.

    A row is a group of ``by`` and an age band: ``by``, ``age_band``, ``denominator``. Columns of
    ``by`` that the population does not have (month, cause) are left out. The denominator is the
    population, or person-years of the page's period if ``params.annualise``.

    Raises
    ------
    InputError
        The edition has not been counted.
    """
    people = _with_whole(_open(params, f"population_{params.population}"), params.population)
    people = people.filter(people.age_band.isin(_bands(params)))
    known = [column for column in by if column in people.columns]
    people = people.drop_null(known) if known else people
    summed = people.group_by([*known, "age_band"]).agg(denominator=people.population.sum())
    years = _years(params.date_from, params.date_to) if params.annualise else 1.0
    frame = summed.order_by([*known, "age_band"]).to_pandas()
    return frame.assign(denominator=frame["denominator"].astype("float64") * years)


def load_areas(params: PageParams) -> pd.DataFrame:
    """Return the names of areas: ``area_code``, ``area_name``, ``area_level``, ``region_name``."""
    return _open(params, "areas").order_by("area_code").to_pandas()


def load_quality(params: PageParams, part: str) -> pd.DataFrame:
    """Return one part of what the run learnt about its input.

    Parameters
    ----------
    part
        ``checks``: a row is a rule of cleaning, with its severity and number of records.
        ``delays``: a row is a place of death and a ``delay``, in days from death to registration.
        ``registered``: a row is a month of death and the deaths registered by the cut-off.
        ``reconciliation``: a row is a kind of published figure, with the differences from it.
    """
    return _open(params, f"quality_{part}").to_pandas()


def load_inputs(edition: Path) -> list[dict]:
    """Return the inputs of the edition in a folder: ``name file bytes sha256`` of each."""
    return json.loads((edition / "counts" / "inputs.json").read_text(encoding="utf-8"))


def _open(params: PageParams, name: str) -> ibis.Table:
    path = params.path / "counts" / f"{name}.parquet"
    if not path.is_file():
        raise InputError(
            f"{params.folder}/counts/{name}.parquet: no such file.\n"
            f"The records of edition {params.edition} have not been counted.\n"
            f"Run: bulletin run params/{params.edition}.yml"
        )
    return ibis.duckdb.connect().read_parquet(path)


def _with_whole(table: ibis.Table, kind: str) -> ibis.Table:
    """Add the code of the whole; every level of occupation, with a code for those without one."""
    whole = {column: ibis.literal(code) for column, code in WHOLE[kind].items()}
    if "soc2010" in table.columns:
        digits = {column: LEVELS[column] for column in SOC_LEVELS.values()}
        whole |= {
            column: table.soc2010.left(length).fill_null(NO_OCCUPATION)
            for column, length in digits.items()
        }
    if "residence" in table.columns:
        # A resident of England or Wales whose LSOA is not known still has a country.
        resident = table.residence.nullif(NON_RESIDENT)
        whole["ctry20cd"] = ibis.coalesce(table.ctry20cd, resident)
    return table.mutate(**whole)


def _bands(params: PageParams) -> list[str]:
    return list(esp2013(params.age_min, params.age_max).index)


def _years(start: date, end: date) -> float:
    """Person-years that one person lives from ``start`` to ``end``, both included."""
    days = pd.Series(1, index=pd.date_range(start, end))
    return float(sum(days.groupby(days.index.year).sum() / _days_in_year(days.index.year.unique())))


def _days_in_year(years: pd.Index) -> pd.Series:
    return pd.Series(
        {year: 366 if pd.Timestamp(year, 1, 1).is_leap_year else 365 for year in years}
    )
