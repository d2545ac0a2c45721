"""People without an area: no index of deprivation ranks them, so two kinds of tables tell of them.

Those of a country whose area is not known are those whose decile is not known, and those who have
an area are those who have a decile. Who reads a table by area beside one by decile knows both.
"""

import pandas as pd

from analysis.tables.dimensions import OF_COLUMN, Dimension, unknown_area
from analysis.tables.linking import EDITION, UNSEEN
from analysis.tables.request import INDEX_COUNTRY
from analysis.tables.system import Trees

RANKED = "ranked"


def link_unplaced(cells: pd.DataFrame, trees: Trees) -> tuple[pd.DataFrame, Trees]:
    """Return cells and trees that say who has neither an area nor a decile.

    Parameters
    ----------
    cells
        One row per cell and ``edition``: dimensions, ``numerator``, and marks.
    trees
        Of the dimensions.

    Returns
    -------
    cells, trees
        With unpublished cells of those who have an area, and a decile, wherever tables by both are
        of the same other codes. Nothing is added where the records do not bear it out.
    """
    for column, country in INDEX_COUNTRY.items():
        index = OF_COLUMN[column]
        ways = [tree[country] for tree in trees["area"] if country in tree]
        ways = [parts for parts in ways if unknown_area(country) in parts]
        if ways and len(set(cells[index.name])) > 1:
            new = _cells(cells, list(trees), index, country)
            cells = pd.concat([cells, new], ignore_index=True)
            trees = _trees(trees, index, country, ways) if len(new) else trees
    return cells, trees


def _placed(country: str) -> str:
    return f"{country} known"


def _cells(cells: pd.DataFrame, names: list[str], index: Dimension, country: str) -> pd.DataFrame:
    others = [*(name for name in names if name not in ("area", index.name)), EDITION]
    placed, nowhere = _placed(country), unknown_area(country)

    def counts(area: str, rank: str, called: str) -> pd.DataFrame:
        own = cells[(cells["area"] == area) & (cells[index.name] == rank)]
        return own[[*others, "numerator"]].rename(columns={"numerator": called})

    both = counts(country, index.missing, "unranked").merge(
        counts(nowhere, index.total, "unplaced"), on=others
    )
    both = both.merge(counts(country, index.total, "whole"), on=others)
    if not both["unranked"].equals(both["unplaced"]):
        return cells.iloc[:0]
    rest, unranked, none = both["whole"] - both["unranked"], both["unranked"], 0
    added = [
        both[others].assign(
            **UNSEEN | {"keep": shown}, area=area, numerator=count, **{index.name: rank}
        )
        for area, rank, count, shown in (
            (placed, index.total, rest, False),
            (country, RANKED, rest, False),
            (placed, RANKED, rest, False),
            (placed, index.missing, none, True),
            (nowhere, RANKED, none, True),
            (nowhere, index.missing, unranked, False),
        )
    ]
    new = pd.concat(added, ignore_index=True)[cells.columns].astype(cells.dtypes)
    there = new[[*names, EDITION]].merge(
        cells[[*names, EDITION]].assign(there=True), how="left", on=[*names, EDITION]
    )
    return new[there["there"].isna().to_numpy()]


def _trees(trees: Trees, index: Dimension, country: str, ways: list[list[str]]) -> Trees:
    placed, nowhere = _placed(country), unknown_area(country)
    areas = [{placed: [part for part in parts if part != nowhere]} for parts in ways]
    ranks = [tree[index.total] for tree in trees[index.name] if index.total in tree]
    ranked = [{RANKED: [part for part in parts if part != index.missing]} for parts in ranks]
    return trees | {
        "area": [*trees["area"], {country: [placed, nowhere]}, *areas],
        index.name: [*trees[index.name], {index.total: [RANKED, index.missing]}, *ranked],
    }
