"""Links between tables: two editions of one, and totals of which one part has no row."""

from collections.abc import Collection
from itertools import pairwise

import pandas as pd

from analysis.tables.system import REST, Trees

EDITION = "edition"
# Marks of a cell that is in no table.
UNSEEN = {
    "own": False, "keep": False, "published": False, "sensitive": False, "protection": 1.0,
}  # fmt: skip


def link_editions(cells: pd.DataFrame, trees: Trees, smallest: int) -> tuple[pd.DataFrame, Trees]:
    """Return cells with what was registered between editions, and the trees that say so.

    Parameters
    ----------
    cells
        One row per cell and ``edition`` (its cut-off): dimensions, ``numerator``, and marks.
    trees
        Of the dimensions.
    smallest
        A count above 0 and below this must not be worked out as the difference of two editions.

    Returns
    -------
    cells, trees
        With a row for each cell of two editions that follow each other: unpublished, sensitive
        where it is small, and in a third ``edition``. Where any count has fallen, records were
        changed or cancelled: then a reader knows nothing of one edition from the other, and the
        one that is not our own is left out.
    """
    editions = sorted(cells[EDITION].unique())
    dimensions, tree = list(trees), {}
    for before, after in pairwise(editions):
        first = cells.loc[cells[EDITION] == before, [*dimensions, "numerator"]]
        second = cells.loc[cells[EDITION] == after]
        both = second.merge(first, on=dimensions, suffixes=("", "_before"))
        change = both["numerator"] - both["numerator_before"]
        if (change < 0).any():
            others = cells[EDITION].isin([before, after]) & ~_ours(cells)
            cells = cells[~others].reset_index(drop=True)
            continue
        between = f"{before} to {after}"
        new = both.assign(
            **UNSEEN | {"sensitive": change.between(1, smallest - 1)},
            numerator=change, edition=between,
        )  # fmt: skip
        cells = pd.concat([cells, new[cells.columns]], ignore_index=True)
        tree[after] = [before, between]
    return cells, {**trees, EDITION: [tree] if tree else []}


def _ours(cells: pd.DataFrame) -> pd.Series:
    """Rows of the edition that a table is made for."""
    return cells[EDITION].isin(cells.loc[cells["own"], EDITION].unique())


def with_rest(
    cells: pd.DataFrame, trees: Trees, filtered: Collection[str]
) -> tuple[pd.DataFrame, Trees]:
    """Return cells with a row for what a total has beyond those of its parts that have rows.

    A table of deaths involving COVID-19 and one of all causes leave out the deaths that do not:
    a reader knows that there are some, and not how many of each.

    Parameters
    ----------
    filtered
        Dimensions in which some table is restricted to a part.
    """
    grown = {name: [dict(tree) for tree in of] for name, of in trees.items()}
    for name in filtered:
        others = [other for other in trees if other != name]
        # A part without a row stands for the parts of its own that have rows.
        standing = cells[[name, *others, "numerator"]]
        for tree in grown[name]:
            for total, parts in tree.items():
                inside = standing.loc[standing[name].isin(parts), [*others, "numerator"]]
                summed = inside.groupby(others, as_index=False)["numerator"].sum()
                whole = cells.loc[cells[name] == total, [*others, "numerator"]]
                rest = whole.merge(summed, on=others, suffixes=("", "_parts"))
                rest["numerator"] -= rest["numerator_parts"]
                rest, code = rest[rest["numerator"] > 0], f"{REST} {total}"
                if code not in parts:
                    tree[total] = [*parts, code]
                new = rest.assign(**{name: code}, **UNSEEN)[cells.columns]
                cells = pd.concat([cells, new], ignore_index=True)
                absent = _without(summed, whole[others]).assign(**{name: total})
                standing = pd.concat([standing, absent[standing.columns]], ignore_index=True)
    return cells, grown


def _without(cells: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Cells that are not among some rows."""
    marked = cells.merge(rows.assign(gone=True), how="left", on=list(rows.columns))
    return cells[~marked["gone"].eq(True).to_numpy()]
