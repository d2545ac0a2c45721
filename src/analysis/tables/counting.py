"""Counting what a request asks for: in the engine, which gives back counts and no record."""

import ibis
import pandas as pd

from analysis.ingest.derive import ons_week
from analysis.ingest.select import select_records
from analysis.standards import esp2013
from analysis.standards.weekly_ages import weekly_age
from analysis.tables.dimensions import (
    COVID,
    DIMENSIONS,
    NOT_COVID,
    dimension_of,
    unknown_area,
)
from analysis.tables.request import INDEX_COUNTRY, Request
from analysis.tables.windows import Window
from analysis.vocabulary import AGE_BANDS, ENGLAND, INVOLVING, WALES, WEEKLY_AGES

_AREAS = ("lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd")
_NUMBERS = ("imd_decile", "wimd_quintile")


def with_levels(records: ibis.Table) -> ibis.Table:
    """Return records with every level of every dimension, as text and never missing, lazily.

    Parameters
    ----------
    records
        Checked records with derived columns. Optional columns (``ethnic_group``) may be absent.
    """
    derived = records.mutate(
        death_week=ons_week(records.death_date),
        age_group=ibis.cases(
            *[(records.age_band.isin(_bands_of(group)), group) for group in WEEKLY_AGES]
        ),
        cause=ibis.ifelse(records.covid19.isin(INVOLVING), COVID, NOT_COVID),
    )
    levels = {}
    for dimension in DIMENSIONS:
        for column in dimension.levels:
            if column in derived.columns and column not in _AREAS:
                text = derived[column].cast("int64") if column in _NUMBERS else derived[column]
                levels[column] = text.cast("string").fill_null(dimension.missing)
    return derived.mutate(**levels, **_areas(derived))


def count_request(records: ibis.Table, request: Request, columns: list[str]) -> pd.DataFrame:
    """Return the deaths that a request is about, counted by some columns.

    Parameters
    ----------
    records
        As :func:`with_levels` gives them.
    columns
        Levels to count by, those of ``request.by`` or others.

    Returns
    -------
    DataFrame
        One row per group with deaths: ``columns`` (text) and ``numerator``.
    """
    chosen = in_window(records, request.window)
    for column, codes in request.where.items():
        chosen = chosen.filter(chosen[column].isin(list(codes)))
    for column, country in INDEX_COUNTRY.items():
        if column in request.columns:
            chosen = chosen.filter(chosen.ctry20cd == country)
    counted = chosen.group_by(columns).agg(numerator=chosen.count()) if columns else None
    if counted is None:
        return pd.DataFrame({"numerator": [int(chosen.count().execute())]})
    return counted.order_by(columns).to_pandas()


def in_window(records: ibis.Table, window: Window) -> ibis.Table:
    """Return the records of a window: its days, its cut-off, its ages."""
    dates = {"death_date": "date", "registration_date": "date"}
    typed = records.mutate(**{name: records[name].cast(kind) for name, kind in dates.items()})
    chosen = select_records(
        typed, window.basis, window.date_from, window.date_to, window.registered_by
    )
    chosen = chosen.mutate(**{name: chosen[name].cast("string") for name in dates})
    if (window.age_min, window.age_max) != (0, None):
        bands = list(esp2013(window.age_min, window.age_max).index)
        chosen = chosen.filter(chosen.age_band.isin(bands))
    return chosen


def _bands_of(group: str) -> list[str]:
    return [band for band in AGE_BANDS if weekly_age(band) == group]


def _areas(records: ibis.Table) -> dict[str, ibis.Value]:
    """Areas with codes for those who have none: abroad, or not known within a country."""
    residence = records.residence.fill_null(dimension_of("lad20cd").missing)
    unknown = ibis.cases(
        (residence == ENGLAND, unknown_area(ENGLAND)),
        (residence == WALES, unknown_area(WALES)),
        else_=residence,
    )
    codes = {column: records[column].fill_null(unknown) for column in _AREAS[:-1]}
    # Wales has no regions, and is one: its people are in it wherever in Wales they lived.
    welsh = residence == WALES
    codes["rgn20cd"] = ibis.ifelse(welsh, WALES, codes["rgn20cd"])
    return codes | {"ctry20cd": ibis.coalesce(records.ctry20cd, residence)}
