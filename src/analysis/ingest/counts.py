"""Counts that leave the engine: each record once, in groups small enough to keep.

Pages never see records. The run writes these tables once for an edition, and a page sums them.
"""

from pathlib import Path

import ibis

from analysis.errors import InputError
from analysis.ingest.engine import write_parquet

# What a row of each kind is: a group of these columns, and columns that follow from the first.
GROUPINGS = {
    "area": (
        ("lsoa11cd", "residence", "sex", "age_band", "month", "covid19"),
        ("msoa11cd", "lad20cd", "rgn20cd", "ctry20cd", "imd_decile", "wimd_quintile"),
    ),
    "occupation": (
        ("soc2010", "sex", "age_band", "covid19"),
        ("soc2010_minor", "soc2010_submajor", "soc2010_major"),
    ),
    "delays": (("place_of_death", "month", "delay"), ()),
    "registered": (("month", "week", "covid19"), ()),
    "weekly": (("week", "residence", "rgn20cd", "sex", "age_band", "covid19"), ()),
    "late": (("elapsed", "weeks_known", "month", "sex", "age_band", "covid19"), ()),
}


def count_records(records: ibis.Table, kind: str) -> ibis.Table:
    """Return how many records are in each group of a kind, lazily.

    Parameters
    ----------
    records
        Records with derived columns, in the window of a page.
    kind
        ``area``: residence, areas from LSOA to country, deprivation, sex, age band, month of
        death, COVID-19. ``occupation``: SOC2010 levels, sex, age band, COVID-19. ``delays``:
        place and month of death, days to registration. ``registered``: month of death, week of
        registration, COVID-19. ``weekly``: week of registration, residence, region, sex, age
        band, COVID-19. ``late``: days from death, and whole weeks from registration, to the
        cut-off (``with_time_to_cut_off``), month of death, sex, age band, COVID-19.

    Returns
    -------
    ibis.Table
        One row per group with records, in order: the columns of the kind and ``numerator``. A
        group may have a missing value (no occupation given, age not known); its records are
        counted like any other.

    Raises
    ------
    InputError
        There is no such kind.
    """
    if kind not in GROUPINGS:
        raise InputError(f"kind {kind!r}: records are counted by {', '.join(GROUPINGS)}.")
    by, follow = GROUPINGS[kind]
    grouped = records.group_by(list(by)).agg(
        numerator=records.count(), **{name: records[name].arbitrary() for name in follow}
    )
    return grouped.order_by(list(by)).select(*by, *follow, "numerator")


def write_counts(records: ibis.Table, kind: str, path: str | Path) -> Path:
    """Write the counts of a kind as Parquet, by the engine itself, whole or not at all."""
    return write_parquet(count_records(records, kind), path)
