"""The loaders: what a page reads.

A page never reads records. The run counts them once, in the engine, into small Parquet files in
the folder of the edition; the loaders open these files for the page's ages and areas.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path

import ibis
import pandas as pd

from analysis.errors import InputError
from analysis.ingest.weekly_margins import weekly_margins
from analysis.params import PageParams
from analysis.standards import esp2013
from analysis.standards.occupations import ALL_OCCUPATIONS, NO_OCCUPATION, SOC_LEVELS
from analysis.standards.soc2010 import LEVELS
from analysis.standards.weeks import week_code
from analysis.vocabulary import ENGLAND_AND_WALES, INVOLVING, NON_RESIDENT

# A code for everything, so that the top of a hierarchy is a column like any other level.
WHOLE = {
    "area": {"ew20cd": ENGLAND_AND_WALES},
    "msoa": {"ew20cd": ENGLAND_AND_WALES},
    "deprivation": {"ew20cd": ENGLAND_AND_WALES},
    "occupation": {"soc2010_all": ALL_OCCUPATIONS},
}
# True counts of these are for no page: what is shown by MSOA is made from the deaths ``msoa``.
SMALL_AREAS = ("lsoa11cd", "msoa11cd")


def load_deaths(params: PageParams) -> ibis.Table:
    """Return the deaths of a page, lazily.

    A row is a group with deaths: the dimensions of ``params.deaths`` (for ``area``: residence,
    areas from local authority to country, deprivation, sex, age band, month of death; for
    ``msoa``: the same by MSOA, without deprivation, a few deaths moved between neighbours; for
    ``occupation``: SOC2010 levels, sex, age band), ``covid19``, ``cause`` (``COVID-19`` where it
    is mentioned, else ``Not COVID-19``), the code of the whole (``ew20cd``, ``soc2010_all``) and
    ``numerator``. Only the ages of the page are there; deaths of unknown age are there if all
    ages are.

    Raises
    ------
    InputError
        The edition has not been counted.
    """
    deaths = _open(params, params.deaths)
    if params.deaths == "area":
        deaths = deaths.drop(*SMALL_AREAS)
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
    frame = summed.order_by([*known, "age_band"]).to_pyarrow().to_pandas()
    # Codes of thousands of areas, each in many rows, are categories: pages are made sooner.
    codes = {name: frame[name].astype("category") for name in SMALL_AREAS if name in known}
    return frame.assign(**codes, denominator=frame["denominator"].astype("float64") * years)


def load_areas(params: PageParams) -> pd.DataFrame:
    """Return the names of areas: ``area_code``, ``area_name``, ``area_level``, ``region_name``."""
    return _read(params, "areas").sort_values("area_code", ignore_index=True)


def load_quality(params: PageParams, part: str) -> pd.DataFrame:
    """Return one part of what the run learnt about its input.

    Parameters
    ----------
    part
        ``checks``: a row is a rule of cleaning, with its severity and number of records.
        ``delays``: a row is a place of death and a ``delay``, in days from death to registration.
        ``registered``: a row is a month of death and the deaths registered by the cut-off.
        ``slow``: one row, the deaths registered too late for a nowcast to follow them.
        ``reconciliation``: a row is a kind of published figure, with the differences from it.
    """
    return _read(params, f"quality_{part}")


def load_weekly(params: PageParams) -> pd.DataFrame:
    """Return deaths registered by week, of the page's period and of the years before.

    A row is a week and a cell of the margins: England and Wales, by sex and age group, and
    regions, as ``ingest.weekly_margins`` gives them.

    Raises
    ------
    InputError
        The edition has not been counted.
    """
    counts, history = _read(params, "weekly"), _read(params, "weekly_history")
    return weekly_margins(counts, history, params.date_from, params.date_to)


def load_published_weeks(params: PageParams) -> pd.DataFrame:
    """Return what has been published of the weeks of a page, if anything.

    A row is a week and a cell of the margins, as in ``load_weekly``: ``area_code sex age_group
    week``, ``published`` (deaths), ``published_average`` (of five years; England and Wales only).
    """
    history = _read(params, "weekly_history")
    weeks = history[history["week"] >= week_code(params.date_from)]
    return weeks.rename(columns={"numerator": "published", "average": "published_average"})


def load_late(params: PageParams) -> pd.DataFrame:
    """Return deaths by the time from death, and from registration, to the cut-off.

    A row is a group with deaths: ``elapsed`` (days from death to the cut-off), ``weeks_known``
    (whole weeks from registration to the cut-off), ``week_ended`` (last day of the seven in which
    the death fell, counted back from the cut-off), ``month``, ``sex``, ``age_band``, ``cause``,
    ``numerator``, and ``in_period`` (whether the death is in the page's period). From the day of
    the oldest death on, all that was registered is there.
    """
    late = _read(params, "late")
    cut_off = pd.Timestamp(params.registered_by)
    weeks = pd.to_timedelta(late["elapsed"] // 7 * 7, unit="D")
    died = cut_off - pd.to_timedelta(late["elapsed"], unit="D")
    return late.drop(columns="covid19").assign(
        cause=late["covid19"].isin(INVOLVING).map({True: "COVID-19", False: "Not COVID-19"}),
        week_ended=(cut_off - weeks).dt.strftime("%Y-%m-%d"),
        in_period=died.between(pd.Timestamp(params.date_from), pd.Timestamp(params.date_to)),
    )


def load_moved(params: PageParams) -> str | None:
    """Return who moved deaths between small areas before the records came here, in words.

    None where the run has moved them.
    """
    said = (params.path / "counts" / "moved.json").read_text(encoding="utf-8")
    return json.loads(said)["before"]


def load_inputs(edition: Path) -> list[dict]:
    """Return the inputs of the edition in a folder: ``name file bytes sha256`` of each."""
    return json.loads((edition / "counts" / "inputs.json").read_text(encoding="utf-8"))


def _open(params: PageParams, name: str) -> ibis.Table:
    """A file of counts, lazily: what is added up of it is added up in the engine."""
    return _engine().read_parquet(_counted(params, name))


def _read(params: PageParams, name: str) -> pd.DataFrame:
    """A small file of counts, whole."""
    return pd.read_parquet(_counted(params, name))


@cache
def _engine() -> ibis.BaseBackend:
    """One for all that a page reads: starting it takes longer than to read a small file."""
    return ibis.duckdb.connect()


def _counted(params: PageParams, name: str) -> Path:
    path = params.path / "counts" / f"{name}.parquet"
    if not path.is_file():
        raise InputError(
            f"{params.folder}/counts/{name}.parquet: no such file.\n"
            f"The records of edition {params.edition} have not been counted.\n"
            f"Run: bulletin run params/{params.edition}.yml"
        )
    return path


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
