"""Columns that follow from a record: age band, areas, occupation levels, cause, week."""

import ibis
import pandas as pd

from analysis.standards.icd10 import COVID19_CODES, icd10_chapters
from analysis.standards.soc2010 import LEVELS
from analysis.vocabulary import AGE_BANDS, COVID19

AREAS = ("msoa11cd", "lad20cd", "rgn20cd", "ctry20cd")
DEPRIVATION = ("imd_decile", "wimd_quintile")


def derive_columns(records: ibis.Table, lookup: pd.DataFrame | None) -> ibis.Table:
    """Return records with the columns that follow from them, lazily.

    Parameters
    ----------
    records
        Records that stayed after the checks: ``Checked.kept``.
    lookup
        Areas, as ``read_lookup`` gives them; None where the records have no LSOAs.

    Returns
    -------
    ibis.Table
        One row per record, in its own columns and: ``age_band``; ``msoa11cd``, ``lad20cd``,
        ``rgn20cd``, ``ctry20cd``, ``imd_decile`` (England), ``wimd_quintile`` (Wales), all by the
        LSOA; ``soc2010_major``, ``soc2010_submajor``, ``soc2010_minor``; ``icd10_chapter``;
        ``covid19`` (``due to``, ``mentioned``, ``none``); ``week`` of registration, Saturday to
        Friday (``2020-W53``); ``month`` of death (``2020-03``); ``delay``, days from death to
        registration. A column is missing where what it follows from is.
    """
    day, died = records.registration_date, records.death_date
    derived = records.mutate(
        age_band=age_band(records.age),
        soc2010_major=records.soc2010.left(LEVELS["soc2010_major"]),
        soc2010_submajor=records.soc2010.left(LEVELS["soc2010_submajor"]),
        soc2010_minor=records.soc2010.left(LEVELS["soc2010_minor"]),
        icd10_chapter=icd10_chapter(records.icd10_underlying),
        covid19=covid19(records.icd10_underlying, records.icd10_mentions),
        week=ons_week(day),
        month=died.strftime("%Y-%m"),
        delay=day.delta(died, unit="day").cast("int32"),
    )
    return _with_areas(derived, lookup)


def age_band(age: ibis.Column) -> ibis.Column:
    """Return the band of an age in whole years."""
    return ibis.cases(*[(age.between(*band_edges(band)), band) for band in AGE_BANDS])


def band_edges(band: str) -> tuple[int, int]:
    """Return the first and last year of age in a band; the open band ends at 200."""
    if band == "<1":
        return 0, 0
    first, _, last = band.removesuffix("+").partition("-")
    return int(first), int(last or 200)


def icd10_chapter(code: ibis.Column) -> ibis.Column:
    """Return the chapter of a cause, in Roman numerals."""
    category = code.left(3)
    ranges = icd10_chapters()[["chapter", "first", "last"]].to_numpy().tolist()
    return ibis.cases(*[(category.between(first, last), name) for name, first, last in ranges])


def covid19(underlying: ibis.Column, mentions: ibis.Column) -> ibis.Column:
    """Return whether a death was due to COVID-19, or COVID-19 was mentioned, or neither."""
    due_to, mentioned, none = COVID19
    anywhere = [mentions.contains(code).fill_null(False) for code in COVID19_CODES]
    return ibis.cases(
        (underlying.isin(COVID19_CODES).fill_null(False), due_to),
        (ibis.or_(*anywhere), mentioned),
        else_=none,
    )


def ons_week(day: ibis.Column) -> ibis.Column:
    """Return the ONS week of a date, as ``standards.weeks.week_code`` does."""
    friday = day + ((11 - day.day_of_week.index()) % 7).as_interval("D")
    year = (friday - ibis.interval(days=1)).year()  # an ISO year is that of its Thursday
    return year.cast("string") + "-W" + friday.week_of_year().cast("string").lpad(2, "0")


def _with_areas(records: ibis.Table, lookup: pd.DataFrame | None) -> ibis.Table:
    if lookup is None:
        nothing = {name: ibis.null("string") for name in AREAS}
        return records.mutate(**nothing, **{name: ibis.null("int64") for name in DEPRIVATION})
    areas = ibis.memtable(lookup[["lsoa11cd", *AREAS, *DEPRIVATION]])
    return records.left_join(areas, "lsoa11cd").drop("lsoa11cd_right")
