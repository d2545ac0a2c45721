"""Links between tables of two editions: what was registered between them."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from analysis.tables.margins import inside, room_of
from analysis.tables.system import Listing, Trees

EDITION = "edition"
# Marks of a cell that is in no table.
UNSEEN = {
    "own": False, "keep": False, "published": False, "sensitive": False, "protection": 1.0,
    "revision": 1, "likely": False, "latent": False,
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
        known = cells.assign(in_table=cells[["keep", "latent", "published"]].any(axis=1))
        first = known.loc[
            cells[EDITION] == before, [*dimensions, "numerator", "keep", "revision", "in_table"]
        ]
        second = known.loc[cells[EDITION] == after]
        both = second.merge(first, on=dimensions, suffixes=("", "_before"))
        change = both["numerator"] - both["numerator_before"]
        if (change < 0).any():
            others = cells[EDITION].isin([before, after]) & ~_ours(cells)
            cells = cells[~others].reset_index(drop=True)
            continue
        smallest = both[["revision", "revision_before"]].max(axis=1)
        small = (change > 0) & (change < smallest) & ~(both["keep"] & both["keep_before"])
        small &= both["in_table"] & both["in_table_before"]
        between = f"{before} to {after}"
        new = both.assign(
            **UNSEEN | {"sensitive": small}, numerator=change, edition=between,
        )  # fmt: skip
        cells = pd.concat([cells, new[cells.columns]], ignore_index=True)
        tree[after] = [before, between]
    return cells, {**trees, EDITION: [tree] if tree else []}


def room_of_changes(
    cells: pd.DataFrame, printed: Sequence[Listing], whole: Mapping[str, str], trees: Trees
) -> pd.Series:
    """Return how far counts have to be in doubt, where another edition shows them.

    They differ from what it shows by no more than all that was registered between the two of a
    total of which both tell.

    Parameters
    ----------
    cells, trees
        As :func:`link_editions` gives them; ``protection`` is how far counts should be in doubt.
    printed
        Codes of tables that pages of all editions print.
    whole
        The code of the total in each dimension.
    """
    names, edition = list(whole), cells[EDITION]
    small, limits = cells["sensitive"] & ~cells["keep"], []
    for after, (before, between) in ((k, v) for tree in trees[EDITION] for k, v in tree.items()):
        shown = {
            each: cells.loc[(edition == each) & cells["keep"], names] for each in (before, after)
        }
        told = shown[before].merge(shown[after])
        told = told.merge(cells.loc[edition == between, [*names, "numerator"]])
        for here, there in ((before, after), (after, before)):
            few = cells.loc[(edition == here) & small, names].merge(shown[there])
            room = _room(few, told, printed, whole, trees)
            limits.append(few.assign(room=room, edition=here))
    if not limits:
        return cells["protection"]
    limit = pd.concat(limits).groupby([*names, EDITION], as_index=False)["room"].min()
    room = cells[[*names, EDITION]].merge(limit, how="left", on=[*names, EDITION])["room"]
    return cells["protection"].clip(upper=room.fillna(np.inf).to_numpy())


def _room(
    few: pd.DataFrame, told: pd.DataFrame, printed: Sequence[Listing], whole: Mapping[str, str],
    trees: Trees,
) -> np.ndarray:  # fmt: skip
    """The least change of a total of each of a few cells, of those that are told; at least 1."""
    room = np.full(len(few), np.inf)
    if few.empty:
        return room
    names = list(few)
    varied = [
        name for name in names if len(few[name].unique()) > 1 or few[name].iloc[0] != whole[name]
    ]
    for codes in printed:
        both = pd.concat([few, told[inside(told, codes)]], ignore_index=True)
        room = np.minimum(room, room_of(both, codes, trees)[: len(few)])
    for size in range(1, len(varied) + 1):
        for at in combinations(varied, size):
            totals = few.assign(**{name: whole[name] for name in at})
            found = totals.merge(told, how="left", on=names)["numerator"]
            room = np.fmin(room, found.clip(lower=1).to_numpy())
    return room


def _ours(cells: pd.DataFrame) -> pd.Series:
    """Rows of the edition that a table is made for."""
    return cells[EDITION].isin(cells.loc[cells["own"], EDITION].unique())
