"""The dimensions of deaths: their levels from fine to coarse, and which code belongs to which.

A dimension has one hierarchy of codes; its levels are columns of records. Codes of all levels are
text and differ from each other, so that tables of different levels can be read together.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from analysis.errors import InputError
from analysis.standards.icd10 import chapter_titles, icd10_chapters
from analysis.standards.occupations import ALL_OCCUPATIONS, NO_OCCUPATION
from analysis.standards.soc2010 import LEVELS, soc2010_titles
from analysis.standards.weekly_ages import weekly_age
from analysis.vocabulary import (
    AGE_BANDS,
    ALL_AGES,
    ALL_CAUSES,
    COVID19,
    ENGLAND,
    ENGLAND_AND_WALES,
    PERSONS,
    PLACES_OF_DEATH,
    SEXES,
    WALES,
    WEEKLY_AGES,
)

ALL_DATES, ALL_AREAS = "All dates", "All areas"
COVID, NOT_COVID = "COVID-19", "Not COVID-19"


class Dimension(NamedTuple):
    """A dimension: its levels as columns of records, finest first, and the codes beside theirs.

    ``total`` is the code of all records, ``missing`` that of those without a code: the same at
    every level, since it is the same people. Areas that are not known are known by country.
    """

    name: str
    levels: tuple[str, ...]
    total: str
    missing: str = "Not known"


DIMENSIONS = (
    Dimension("time", ("death_date", "death_week", "nowcast_week", "month"), ALL_DATES),
    Dimension("registered", ("registration_date", "week"), ALL_DATES),
    Dimension(
        "area", ("lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd"), ENGLAND_AND_WALES
    ),
    Dimension("deprivation", ("imd_decile",), ALL_AREAS),
    Dimension("welsh_deprivation", ("wimd_quintile",), ALL_AREAS),
    Dimension("sex", ("sex",), PERSONS, "Not stated"),
    Dimension("age", ("age_band", "age_group"), ALL_AGES),
    Dimension("covid19", ("covid19", "cause"), ALL_CAUSES),
    Dimension(
        "underlying", ("icd10_underlying", "icd10_chapter"), "All underlying causes", "Not coded"
    ),
    Dimension("place", ("place_of_death",), "All places", "Not stated"),
    Dimension(
        "occupation",
        ("soc2010", "soc2010_minor", "soc2010_submajor", "soc2010_major"),
        ALL_OCCUPATIONS,
        NO_OCCUPATION,
    ),
    Dimension("ethnicity", ("ethnic_group",), "All ethnic groups", "Not stated"),
    Dimension("religion", ("religion",), "All religions", "Not stated"),
    Dimension("certified", ("certified_by",), "All certifiers", "Not stated"),
)
OF_NAME = {dimension.name: dimension for dimension in DIMENSIONS}
OF_COLUMN = {column: dimension for dimension in DIMENSIONS for column in dimension.levels}
TIMES = ("time", "registered")
# Levels of time that no other level of it is made of.
WEEKS = ("death_week", "week", "nowcast_week")
# Weeks that end on the weekday of the cut-off: pages print them, and no table is asked for by them.
PRINTED_ONLY = ("nowcast_week",)
_AREAS = OF_COLUMN["lad20cd"].levels


def dimension_of(column: str) -> Dimension:
    """Return the dimension of a column.

    Raises
    ------
    InputError
        No table can be asked by this column.
    """
    if column not in OF_COLUMN:
        raise InputError(
            f"column {column!r}: no table can be asked by it.\n"
            f"Columns that can: {', '.join(c for c in OF_COLUMN if c not in PRINTED_ONLY)}."
        )
    return OF_COLUMN[column]


def coarser(column: str) -> tuple[str, ...]:
    """Return the coarser levels of the dimension of a column, the next one first."""
    levels = dimension_of(column).levels
    return tuple(c for c in levels[levels.index(column) + 1 :] if c not in PRINTED_ONLY)


def unknown_area(country: str) -> str:
    """Return the code of residents of a country whose area is not known."""
    return f"{country} not known"


def is_known(dimension: Dimension, codes: pd.Series) -> pd.Series:
    """Return which codes say where a death belongs, rather than that this is not known."""
    return (codes != dimension.missing) & ~codes.astype("str").str.endswith(unknown_area(""))


def codes_above(column: str, codes: Iterable[str], lookup: pd.DataFrame) -> dict[str, str]:
    """Return for codes of a level the code of the next coarser level that each belongs to.

    The total of the dimension is above its coarsest level.

    Parameters
    ----------
    column
        A level; not one of time, whose codes are days and periods (``tables.windows``).
    lookup
        The lookup of areas, as ``ingest.lookups.read_lookup`` gives it.
    """
    above, dimension = coarser(column), dimension_of(column)
    if not above:
        return dict.fromkeys(codes, dimension.total)
    if column in _AREAS:
        return _areas_above(column, above[0], codes, lookup)
    rule = {
        "age_band": weekly_age,
        "covid19": lambda code: NOT_COVID if code == COVID19[2] else COVID,
        "icd10_underlying": _chapter,
    }.get(column, lambda code: code[: LEVELS[above[0]]])
    return {code: code if code == dimension.missing else rule(code) for code in codes}


def climbed(codes: set[str], fine: str, coarse: str, lookup: pd.DataFrame) -> dict[str, str]:
    """Return for codes of a level the code at a coarser level, or the same, of each."""
    if fine != coarse and {fine, coarse} <= {*_AREAS}:
        return _areas_above(fine, coarse, codes, lookup)
    above, level = {code: code for code in codes}, fine
    while level != coarse:
        step = codes_above(level, set(above.values()), lookup)
        above = {code: step[at] for code, at in above.items()}
        level = coarser(level)[0]
    return above


def codes_of_level(column: str, lookup: pd.DataFrame) -> list[str] | None:
    """Return every code of a level in order; None where only the records tell (dates, causes)."""
    if column in lookup:
        found = pd.Series(lookup[column].dropna().unique())
        codes = found.astype(int).astype(str) if "cd" not in column else found
        return sorted(codes, key=lambda code: (len(code), code))
    if column in LEVELS:
        return list(soc2010_titles(column).index)
    return {
        "sex": list(SEXES),
        "age_band": list(AGE_BANDS),
        "age_group": list(WEEKLY_AGES),
        "covid19": list(COVID19),
        "cause": [COVID, NOT_COVID],
        "icd10_chapter": list(chapter_titles()),
        "place_of_death": list(PLACES_OF_DEATH),
    }.get(column)


def _areas_above(
    fine: str, coarse: str, codes: Iterable[str], lookup: pd.DataFrame
) -> dict[str, str]:
    pairs = lookup[[fine, coarse]].drop_duplicates(fine)
    known = dict(zip(*(pairs[level].astype(str).tolist() for level in (fine, coarse)), strict=True))
    # Nobody's area, and an area that is not known, is the same at every level of a country.
    return {code: known.get(code) or _country_of(code, coarse) for code in codes}


def _country_of(code: str, level: str) -> str:
    """The code above one that is in no lookup; Wales has no regions, and is one."""
    country = code.split(" ")[0]
    above = {"ctry20cd": (ENGLAND, WALES), "rgn20cd": (WALES,)}
    return country if country in above.get(level, ()) else code


def _chapter(code: str) -> str:
    ranges = icd10_chapters()
    inside = (ranges["first"] <= code[:3]) & (code[:3] <= ranges["last"])
    return ranges.loc[inside, "chapter"].iloc[0]
