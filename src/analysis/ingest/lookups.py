"""The lookup: one row per LSOA, and the areas and deprivation that follow from it."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.ingest.tables import numbers_where_possible, read_table, shown, validated
from analysis.vocabulary import ENGLAND, WALES

CODES = ("lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd")
NAMES = {"msoa11cd": "msoa11nm", "lad20cd": "lad20nm", "rgn20cd": "rgn20nm", "ctry20cd": "ctry20nm"}
# Country whose LSOAs have the index, and its groups: 1 is the most deprived.
INDICES = {"imd_decile": (ENGLAND, 10), "wimd_quintile": (WALES, 5)}

_FORM = {
    "lsoa11cd": "^[EW][0-9]{8}$",
    "msoa11cd": "^[EW][0-9]{8}$",
    "lad20cd": "^[EW][0-9]{8}$",
    "rgn20cd": f"^(E[0-9]{{8}}|{WALES})$",
    "ctry20cd": f"^({ENGLAND}|{WALES})$",
}


def _code(column: str) -> pa.Column:
    form = pa.Check.str_matches(_FORM[column], error="is no such code")
    return pa.Column("str", form, coerce=True, unique=column == "lsoa11cd")


SCHEMA = pa.DataFrameSchema(
    {column: _code(column) for column in CODES}
    | {name: pa.Column("str", coerce=True) for name in NAMES.values()}
    | {
        index: pa.Column(
            "Int64", pa.Check.between(1, last, error=f"is not 1 to {last}"), nullable=True,
            coerce=True,
        )
        for index, (_, last) in INDICES.items()
    },
    strict="filter",
)  # fmt: skip


def read_lookup(path: str | Path) -> pd.DataFrame:
    """Return the lookup from LSOA to larger areas and deprivation.

    Parameters
    ----------
    path
        Parquet or CSV file (plain or gzip).

    Returns
    -------
    DataFrame
        One row per 2011 LSOA of England and Wales: ``lsoa11cd``, code and name of the MSOA
        (``msoa11cd``, ``msoa11nm``), local authority (``lad20cd``), region (``rgn20cd``, Wales as
        W92000004) and country (``ctry20cd``); ``imd_decile``, 1 to 10, in England only;
        ``wimd_quintile``, 1 to 5, in Wales only; 1 is the most deprived.

    Raises
    ------
    InputError
        The file cannot be read, a column is missing, an LSOA is doubled, a code has not the form
        of its kind, an LSOA lacks the index of its country or has the other one, or a code has
        two names. All faults are in one message.
    """
    table = read_table(path, "`bulletin data demo` makes an invented lookup.")
    frame = numbers_where_possible(table, INDICES)
    return validated(frame, SCHEMA, path, lambda f: [*_wrong_index(f), *_two_names(f)])


def _wrong_index(lookup: pd.DataFrame) -> list[str]:
    faults = []
    for index, (country, _) in INDICES.items():
        inside, given = lookup["ctry20cd"] == country, lookup[index].notna()
        for odd, words in ((inside & ~given, "has no"), (~inside & given, "should have no")):
            if odd.any():
                first = shown(lookup.loc[odd, "lsoa11cd"])
                faults.append(f"lsoa11cd {first} {words} {index} ({odd.sum():,} LSOAs)")
    return faults


def _two_names(lookup: pd.DataFrame) -> list[str]:
    faults = []
    for code, name in NAMES.items():
        names = lookup[[code, name]].drop_duplicates()[code]
        twice = names[names.duplicated()]
        if len(twice):
            faults.append(f"{code} {shown(twice)} has two names in {name} ({len(twice):,} codes)")
    return faults
