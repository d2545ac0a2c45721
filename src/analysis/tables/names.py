"""Names of what a table shows: its caption, and names beside its codes."""

import pandas as pd

from analysis.standards.icd10 import chapter_titles
from analysis.standards.regions import region_names
from analysis.standards.soc2010 import LEVELS, soc2010_titles
from analysis.tables.dimensions import COVID, dimension_of
from analysis.tables.request import Request
from analysis.vocabulary import shown_code

# What a column is called in a caption.
WORDS = {
    "death_date": "day of death", "death_week": "week of death", "month": "month of death",
    "registration_date": "day of registration", "week": "week of registration",
    "lsoa11cd": "LSOA", "msoa11cd": "MSOA", "lad20cd": "local authority", "rgn20cd": "region",
    "ctry20cd": "country", "imd_decile": "deprivation decile",
    "wimd_quintile": "deprivation quintile", "sex": "sex", "age_band": "age band",
    "age_group": "age group", "covid19": "COVID-19 on the certificate", "cause": "cause",
    "icd10_underlying": "underlying cause", "icd10_chapter": "ICD-10 chapter",
    "place_of_death": "place of death", "soc2010": "unit group of occupation",
    "soc2010_minor": "minor group of occupation",
    "soc2010_submajor": "sub-major group of occupation",
    "soc2010_major": "major group of occupation", "ethnic_group": "ethnic group",
    "religion": "religion", "certified_by": "certifier",
}  # fmt: skip
NAMES = {"lad20cd": "lad20nm", "rgn20cd": "rgn20nm", "ctry20cd": "ctry20nm", "msoa11cd": "msoa11nm"}


def caption(request: Request) -> str:
    """Return the caption of a table: what is counted, by what, and when."""
    where = dict(request.where)
    deaths = "Deaths involving COVID-19" if where.get("cause") == (COVID,) else "Deaths"
    if deaths != "Deaths":
        del where["cause"]
    rates = " and age-standardised mortality rates" if request.measure != "counts" else ""
    by = [WORDS[column] for column in request.by]
    listed = ", ".join(by[:-1]) + (" and " if by[1:] else "") + by[-1] if by else "all together"
    limited = "".join(f", {_limited(column, codes)}" for column, codes in where.items())
    window = request.window
    basis = "occurring" if window.basis == "occurrence" else "registered"
    first, last = shown_code(window.date_from), shown_code(window.date_to)
    if window.date_from.year == window.date_to.year:
        first = first.removesuffix(f" {window.date_from.year}")
    words = f"{'by ' if by else ''}{listed}"
    return f"{deaths}{rates} {words}{limited}, {basis} {first} to {last}"


def named(frame: pd.DataFrame, request: Request, lookup: pd.DataFrame) -> pd.DataFrame:
    """Return the table with names beside codes that few readers know."""
    names = {}
    for column in request.by:
        titles = _titles(column, lookup)
        if titles is not None:
            for wider in set(request.where) & set(dimension_of(column).levels):
                titles = {**(_titles(wider, lookup) or {}), **titles}
            found = frame[column].map(titles)
            names[f"{column.removesuffix('cd')}nm"] = found.fillna(frame[column])
    columns = [c for c in frame if c in request.by]
    return frame[columns].assign(**names, **frame.drop(columns=columns))


def has_names(column: str) -> bool:
    """Return whether tables have names beside the codes of a column."""
    return column in NAMES or column in LEVELS or column == "icd10_chapter"


def _titles(column: str, lookup: pd.DataFrame) -> dict | None:
    if column in NAMES:
        pairs = lookup.drop_duplicates(column)
        areas = dict(zip(pairs[column], pairs[NAMES[column]], strict=True))
        unknown = {f"{code} not known": f"{name}, area not known" for code, name in _COUNTRIES}
        return {**region_names(), **areas, **unknown}
    if column in LEVELS:
        dimension = dimension_of(column)
        none = {dimension.missing: "No occupation given", dimension.total: "All"}
        return {**dict(soc2010_titles(column)), **none}
    return chapter_titles() if column == "icd10_chapter" else None


_COUNTRIES = [
    (code, name) for code, name in region_names().items() if code[1:] in ("92000001", "92000004")
]


def _limited(column: str, codes: tuple[str, ...]) -> str:
    """What a filter says in a caption: countries and regions by their names alone."""
    names = region_names()
    listed = " or ".join(names.get(code, shown_code(code)) for code in codes)
    return listed if all(code in names for code in codes) else f"{WORDS[column]} {listed}"
