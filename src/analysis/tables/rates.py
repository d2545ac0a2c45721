"""Age-standardised rates of a table that is asked for."""

import pandas as pd

from analysis.errors import InputError
from analysis.standards import esp2013
from analysis.statistics.counts import add_totals, count_deaths
from analysis.statistics.rates import asmr
from analysis.tables.counting import count_request
from analysis.tables.dimensions import dimension_of
from analysis.tables.request import Request


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
        The request goes by age, or there is no population.
    """
    columns = request.columns
    if any(dimension_of(column).name == "age" for column in columns):
        raise InputError("A rate that is standardised for age cannot be by age: ask for counts.")
    kind = _population_kind(request)
    people = source.people(kind) if source.people else None
    if people is None:
        raise InputError(f"The edition has no population by {kind}: ask for counts.")
    for column, codes in request.where.items():
        if column in people:
            people = people[people[column].astype("str").isin(codes)]
    held = [column for column in request.by if column in people]
    people = people.dropna(subset=held).astype(dict.fromkeys(held, "str"))
    people = people.groupby([*held, "age_band"], as_index=False, observed=True)["population"].sum()
    people = people.rename(columns={"population": "denominator"})
    window = request.window
    standard = esp2013(window.age_min, window.age_max)
    deaths = count_request(source.records, request, [*request.by, "age_band"])
    deaths = deaths[deaths["age_band"].isin(standard.index)]
    for column in held:
        deaths = deaths[deaths[column].isin(people[column].unique())]
    counts = count_deaths(deaths, people[people["age_band"].isin(standard.index)], request.by)
    totals = {column: dimension_of(column).total for column in request.by}
    crossed = [column for column in request.by if column not in held]
    rates = asmr(add_totals(counts, totals, crossed=crossed), list(request.by), standard)
    wanted = [*request.by, "denominator", "asmr", "lower_ci", "upper_ci"]
    return frame.merge(rates[wanted], how="left", on=list(request.by))


def _population_kind(request: Request) -> str:
    names = {dimension_of(column).name for column in request.columns}
    if "occupation" in names:
        return "occupation"
    return "deprivation" if names & {"deprivation", "welsh_deprivation"} else "area"
