"""What a run learns about its input: the small tables of the quality page."""

from pathlib import Path

import ibis
import pandas as pd

from analysis.ingest.checks import Checked
from analysis.ingest.counts import count_records
from analysis.standards import esp2013

LONGEST_DELAY = 60  # days shown; what is registered later is in the last share only
RECONCILED = {
    "published": "str",
    "sex": "str",
    "cause": "str",
    "cells": "int64",
    "deaths_difference": "int64",
    "median_difference": "float64",
    "percentile_95_difference": "float64",
    "largest_difference": "float64",
    "within": "float64",
}


def quality_tables(checked: Checked, deaths: ibis.Table | None) -> dict[str, pd.DataFrame]:
    """Return the parts of ``load_quality``: checks, and delays and months of ``deaths``.

    Parameters
    ----------
    checked
        Records with the outcome of the checks.
    deaths
        Records of the edition with derived columns; None for the checks alone.
    """
    tables = {"checks": _checks(checked)}
    if deaths is not None:
        tables["delays"] = _delays(count_records(deaths, "delays").to_pandas())
        months = count_records(deaths, "registered").to_pandas()
        tables["registered"] = months.groupby("month", as_index=False)["numerator"].sum()
    return tables


def slow_share(counts: pd.DataFrame) -> pd.DataFrame:
    """Return how many deaths were registered so late that a nowcast does not follow them.

    ``counts`` is of the kind ``delays``. One row: ``delay`` (in words), ``numerator``, ``share``
    (per cent of the deaths registered).
    """
    from analysis.statistics.weekday_delays import LONGEST, WEEK  # slow to import

    slow = counts.loc[counts["delay"] > WEEK * LONGEST, "numerator"].sum()
    total = counts.loc[counts["delay"] >= 0, "numerator"].sum()
    row = {"delay": f"more than {LONGEST} weeks", "numerator": slow, "share": 100 * slow / total}
    return pd.DataFrame([row])


def reconciliation(counts: Path, workbook: Path | None) -> pd.DataFrame:
    """Return how far the rates of an edition are from the published ones.

    Parameters
    ----------
    counts
        Folder with the counts of the edition: deaths and populations by area and by deprivation.
    workbook
        Published figures for the same deaths; without it there is no row.

    Returns
    -------
    DataFrame
        One row per kind of figure, sex and cause, as ``summarise`` gives; nothing but
        differences, so that it can stand beside protected tables.
    """
    if workbook is None:
        return pd.DataFrame({c: [] for c in RECONCILED}).astype(RECONCILED)
    # Slow to import, and not needed before.
    from analysis.ingest.published import read_local_area
    from analysis.statistics.reconcile import reconcile, summarise

    people = {"population": "denominator"}
    cells = reconcile(
        read_local_area(workbook),
        pd.read_parquet(counts / "area.parquet"),
        pd.read_parquet(counts / "population_area.parquet").rename(columns=people),
        pd.read_parquet(counts / "population_deprivation.parquet").rename(columns=people),
        esp2013(),
    )
    return summarise(cells)[list(RECONCILED)]


def _checks(checked: Checked) -> pd.DataFrame:
    report = checked.report()
    delivered, kept = checked.delivered_count, checked.kept_count
    totals = pd.DataFrame(
        {
            "rule": ["Records delivered", "Records excluded", "Records kept"],
            "severity": ["delivered", "excluded", "kept"],
            "records": [delivered, delivered - kept, kept],
        }
    )
    rules = report.rename(columns={"count": "records"}).assign(rule=report["meaning"])
    return pd.concat([totals, rules[["rule", "severity", "records"]]], ignore_index=True)


def _delays(counts: pd.DataFrame) -> pd.DataFrame:
    """Cumulative share of deaths registered, by place of death and days since death."""
    counts = counts.dropna(subset=["place_of_death"])
    total = counts.assign(place_of_death="All places")
    both = pd.concat([total, counts]).query("delay >= 0")
    by_day = both.groupby(["place_of_death", "delay"])["numerator"].sum()
    days = pd.RangeIndex(int(both["delay"].max()) + 1, name="delay")
    grid = pd.MultiIndex.from_product([sorted(both["place_of_death"].unique()), days])
    by_day = by_day.reindex(grid.set_names(["place_of_death", "delay"]), fill_value=0)
    places = by_day.groupby("place_of_death")
    share = 100 * places.cumsum() / places.transform("sum")
    return share.rename("share").reset_index().query(f"delay <= {LONGEST_DELAY}")
