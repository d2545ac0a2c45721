"""People at risk: the table of denominators, by area, deprivation or occupation."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.ingest.engine import whole_file
from analysis.ingest.lookups import INDICES
from analysis.ingest.tables import faulty, numbers_where_possible, read_table, shown, validated
from analysis.vocabulary import AGE_BANDS, SEXES

AREAS = ("lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd")
# Columns that say whose people a row counts; a table has one of them or more.
GROUPS = (*AREAS, *INDICES, "soc2010")


def read_population(
    path: str | Path, lookup: pd.DataFrame | None, age_bands: Sequence[str] = AGE_BANDS
) -> pd.DataFrame:
    """Return a table of people at risk, at the geography in which it is given.

    Parameters
    ----------
    path
        Parquet or CSV file (plain or gzip) with ``sex``, ``age_band``, ``population`` and at
        least one column of a group: an area code (``lsoa11cd`` ... ``ctry20cd``), ``imd_decile``,
        ``wimd_quintile`` or ``soc2010``. Other columns are left out.
    lookup
        Areas, as ``read_lookup`` gives them; None to leave area codes unchecked.
    age_bands
        The age bands that the table must have, for each sex.

    Returns
    -------
    DataFrame
        One row per group, sex and age band: the columns of the group, ``sex``, ``age_band`` and
        ``population`` (people, 0 or more). Where ``soc2010`` is missing, people never worked or
        gave no occupation.

    Raises
    ------
    InputError
        The file cannot be read, an age band or a sex is missing, a band or a sex is unknown,
        a population is negative or missing, a row is doubled, an area is not in the lookup, or
        an LSOA of the lookup has no row. All faults are in one message.
    """
    table = read_table(path, "`bulletin data demo` makes invented populations.")
    frame = numbers_where_possible(table, [*INDICES, "population"])
    by = [column for column in GROUPS if column in frame]
    if not by:
        raise faulty(path, [f"no column of a group: {', '.join(GROUPS)}"])
    frame = _blank_as_missing(frame, by)

    def structure(table: pd.DataFrame) -> list[str]:
        return [
            *_missing_bands(table, age_bands),
            *_doubled(table, by),
            *_unknown_areas(table, by, lookup),
            *_short_areas(table),
        ]

    return validated(frame, _schema(by), path, structure)[[*by, "sex", "age_band", "population"]]


def add_areas(population: pd.DataFrame, lookup: pd.DataFrame) -> pd.DataFrame:
    """Return the population with every area and index that follows from its LSOAs.

    The added codes are categories, since each stands in many rows. A table at a coarser
    geography, or by occupation, is returned as it is.
    """
    if "lsoa11cd" not in population:
        return population
    row = pd.Index(lookup["lsoa11cd"]).get_indexer(population["lsoa11cd"])
    areas = {name: lookup[name].astype("category") for name in AREAS[1:]}
    columns = {**areas, **{name: lookup[name] for name in INDICES}}
    added = {name: c.array.take(row) for name, c in columns.items() if name not in population}
    return population.assign(**added)


def write_population(population: pd.DataFrame, lookup: pd.DataFrame | None, path: Path) -> Path:
    """Write the population, with every area that follows from its LSOAs, as Parquet.

    Rows are in the order of group, sex and age band, so that the same input gives the same file.
    It is there whole or not at all.
    """
    keys = [name for name in population.columns if name != "population"]
    people = population.sort_values(keys, ignore_index=True)
    people = people if lookup is None else add_areas(people, lookup)
    table = pa.Table.from_pandas(people, preserve_index=False)
    with whole_file(path) as part:
        pq.write_table(table, part, compression="zstd", store_schema=False)
    return Path(path)


def _schema(by: list[str]) -> pandera.DataFrameSchema:
    index = {c: pandera.Column("Int64", pandera.Check.between(1, last, error=f"is not 1 to {last}"),
                          nullable=True, coerce=True)
             for c, (_, last) in INDICES.items() if c in by}  # fmt: skip
    codes = {
        c: pandera.Column("str", nullable=c == "soc2010", coerce=True) for c in by if c not in index
    }
    return pandera.DataFrameSchema(
        {**codes, **index}
        | {
            "sex": pandera.Column("str", pandera.Check.isin(SEXES, error="is not F or M")),
            "age_band": pandera.Column(
                "str", pandera.Check.isin(AGE_BANDS, error="is no age band")
            ),
            "population": pandera.Column(
                "float64", pandera.Check.ge(0, error="is negative"), coerce=True
            ),
        },
        strict="filter",
    )


def _blank_as_missing(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    if "soc2010" not in by:
        return frame
    return frame.assign(soc2010=frame["soc2010"].replace("", None))


def _missing_bands(population: pd.DataFrame, age_bands: Sequence[str]) -> list[str]:
    present = set(zip(*population[["sex", "age_band"]].drop_duplicates().T.to_numpy(), strict=True))
    faults = []
    for sex in SEXES:
        absent = [band for band in age_bands if (sex, band) not in present]
        if len(absent) == len(age_bands):
            faults.append(f"sex {sex}: no row at all")
        elif absent:
            faults.append(f"sex {sex}: no row for age band {', '.join(absent)}")
    return faults


def _doubled(population: pd.DataFrame, by: list[str]) -> list[str]:
    doubled = population.duplicated([*by, "sex", "age_band"])
    if not doubled.any():
        return []
    groups = population.loc[doubled, by].astype("str").agg(" ".join, axis=1)
    return [f"{', '.join(by)} {shown(groups)}: given twice ({doubled.sum():,} rows)"]


def _unknown_areas(
    population: pd.DataFrame, by: list[str], lookup: pd.DataFrame | None
) -> list[str]:
    if lookup is None:
        return []
    faults = []
    for column in (c for c in AREAS if c in by):
        codes, known = pd.Index(population[column].unique()), pd.Index(lookup[column].unique())
        odd, absent = codes.difference(known), known.difference(codes)
        if len(odd):
            faults.append(f"{column} {shown(odd)}: in no lookup ({len(odd):,} areas)")
        if len(absent):
            faults.append(f"{column} {shown(absent)}: no population ({len(absent):,} areas)")
    return faults


def _short_areas(population: pd.DataFrame) -> list[str]:
    """LSOAs of which some sex and age band has no row: their people would be missing unseen."""
    if "lsoa11cd" not in population:
        return []
    whole = len(population[["sex", "age_band"]].drop_duplicates())
    rows = population["lsoa11cd"].value_counts(sort=False)
    short = rows[rows < whole]
    if short.empty:
        return []
    absent = int((whole - short).sum())
    return [
        f"lsoa11cd {shown(short.index.to_series())}: no row for some sex and age band "
        f"({absent:,} rows missing, in {len(short):,} areas; nobody is written as 0)"
    ]
