"""Age-standardised rates of a table that is asked for."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from analysis.errors import InputError
from analysis.standards import esp2013
from analysis.standards.occupations import NO_OCCUPATION
from analysis.standards.soc2010 import LEVELS
from analysis.statistics.counts import add_totals, count_deaths
from analysis.statistics.rates import asmr
from analysis.tables.counting import count_request
from analysis.tables.dimensions import dimension_of
from analysis.tables.request import INDEX_COUNTRY, Request

# Dimensions that people have, whether they die or not; the others are of deaths.
OF_PEOPLE = (
    "area", "deprivation", "welsh_deprivation", "sex", "occupation", "ethnicity", "religion",
)  # fmt: skip


def with_rates(frame: pd.DataFrame, source, request: Request) -> pd.DataFrame:
    """Return a table with the rate of each row whose people are known.

    Parameters
    ----------
    frame
        One row per group: ``request.by``, ``numerator`` and other columns.
    source
        Records, and ``people``, which gives a population by kind.

    Returns
    -------
    DataFrame
        With ``denominator``, ``asmr``, ``lower_ci`` and ``upper_ci`` per 100,000 people, missing
        in rows of people whose area, sex or occupation is not known.

    Raises
    ------
    InputError
        The request goes by age, or there is no population by what it asks for.
    """
    columns = request.columns
    if any(dimension_of(column).name == "age" for column in columns):
        raise InputError("A rate that is standardised for age cannot be by age: ask for counts.")
    people = _people(source, request)
    held = [column for column in request.by if dimension_of(column).name in OF_PEOPLE]
    people = people.groupby([*held, "age_band"], as_index=False, observed=True)["population"].sum()
    people = people.rename(columns={"population": "denominator"})
    window = request.window
    standard = esp2013(window.age_min, window.age_max)
    deaths = count_request(source.records, request, [*request.by, "age_band"])
    deaths = deaths[deaths["age_band"].isin(standard.index)]
    people = people[people["age_band"].isin(standard.index)]
    counts = pd.concat(
        [
            _counts(deaths, people, request.by, held, kept)
            for size in range(len(held) + 1)
            for kept in combinations(held, size)
        ]
    )
    rates = asmr(counts, list(request.by), standard)
    wanted = [*request.by, "denominator", "asmr", "lower_ci", "upper_ci"]
    return frame.merge(rates[wanted], how="left", on=list(request.by))


def _people(source, request: Request) -> pd.DataFrame:
    """The people that a request is about, with their codes as tables have them.

    All columns that say whose deaths are counted must say whose lives: otherwise the deaths of some
    would stand over the number of all.
    """
    kind = _population_kind(request)
    people = source.people(kind) if source.people else None
    if people is None:
        raise InputError(f"The edition has no population by {kind}: ask for counts.")
    if kind == "occupation":
        codes = people["soc2010"]
        levels = {column: codes.str[:length] for column, length in LEVELS.items()}
        people = people.assign(**{name: c.fillna(NO_OCCUPATION) for name, c in levels.items()})
    asked = [column for column in request.columns if dimension_of(column).name in OF_PEOPLE]
    absent = [column for column in asked if column not in people]
    if absent:
        raise InputError(
            f"{', '.join(absent)}: the population by {kind} does not say it, so there is no rate.\n"
            "Ask for counts, or leave it out."
        )
    people = people.dropna(subset=[column for column in asked if column in INDEX_COUNTRY])
    people = people.assign(**{column: _codes(people[column]) for column in asked})
    for column in set(asked) & set(request.where):
        people = people[people[column].isin(request.where[column])]
    return people


def _counts(
    deaths: pd.DataFrame, people: pd.DataFrame, by: Sequence[str], held: Sequence[str],
    kept: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    """Counts by some of the columns that people have, with the others at their totals.

    A total is of all deaths, as on the pages: those of people who lived elsewhere, or whose area is
    not known, are in that of England and Wales, and in no area.
    """
    placed = deaths
    for column in kept:
        placed = placed[placed[column].isin(people[column].unique().tolist())]
    crossed = [column for column in by if column not in held]
    counts = count_deaths(placed, people, [column for column in by if column in (*kept, *crossed)])
    totals = {column: dimension_of(column).total for column in by}
    whole = {column: totals[column] for column in held if column not in kept}
    counts = add_totals(counts, {column: totals[column] for column in crossed}, crossed=crossed)
    return counts.assign(**whole)


def _codes(column: pd.Series) -> pd.Series:
    """Codes as tables have them: deciles are numbers in a population."""
    whole = column.astype("Int64") if pd.api.types.is_numeric_dtype(column) else column
    return whole.astype("str")


def _population_kind(request: Request) -> str:
    names = {dimension_of(column).name for column in request.columns}
    if "occupation" in names:
        return "occupation"
    return "deprivation" if names & {"deprivation", "welsh_deprivation"} else "area"
