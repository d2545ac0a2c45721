"""Links between tables of two editions: what was registered between them."""

from itertools import pairwise

import pandas as pd

from analysis.tables.system import Trees

EDITION = "edition"
# Marks of a cell that is in no table.
UNSEEN = {
    "own": False, "keep": False, "published": False, "sensitive": False, "protection": 1.0,
    "revision": 1, "likely": False,
}  # fmt: skip


def link_editions(cells: pd.DataFrame, trees: Trees) -> tuple[pd.DataFrame, Trees]:
    """Return cells with what was registered between editions, and the trees that say so.

    Parameters
    ----------
    cells
        One row per cell and ``edition`` (its cut-off): dimensions, ``numerator``, and marks, among
        them ``revision``: a count above 0 and below this must not be worked out as the difference
        of two editions.
    trees
        Of the dimensions.

    Returns
    -------
    cells, trees
        With a row for each cell of two editions that follow each other: unpublished, sensitive
        where it is small and not public already, and in a third ``edition``. Where any count has
        fallen, records were changed or cancelled: then a reader knows nothing of one edition from
        the other, and the one that is not our own is left out.
    """
    editions = sorted(cells[EDITION].unique())
    dimensions, tree = list(trees), {}
    for before, after in pairwise(editions):
        first = cells.loc[cells[EDITION] == before, [*dimensions, "numerator", "keep", "revision"]]
        second = cells.loc[cells[EDITION] == after]
        both = second.merge(first, on=dimensions, suffixes=("", "_before"))
        change = both["numerator"] - both["numerator_before"]
        if (change < 0).any():
            others = cells[EDITION].isin([before, after]) & ~_ours(cells)
            cells = cells[~others].reset_index(drop=True)
            continue
        smallest = both[["revision", "revision_before"]].max(axis=1)
        small = (change > 0) & (change < smallest) & ~(both["keep"] & both["keep_before"])
        between = f"{before} to {after}"
        new = both.assign(
            **UNSEEN | {"sensitive": small}, numerator=change, edition=between,
        )  # fmt: skip
        cells = pd.concat([cells, new[cells.columns]], ignore_index=True)
        tree[after] = [before, between]
    return cells, {**trees, EDITION: [tree] if tree else []}


def _ours(cells: pd.DataFrame) -> pd.Series:
    """Rows of the edition that a table is made for."""
    return cells[EDITION].isin(cells.loc[cells["own"], EDITION].unique())
