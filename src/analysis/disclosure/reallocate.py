"""Reallocation: a few deaths change places between neighbouring areas of one authority.

It is what ONS did to the MSOA counts of 2020, which it printed down to 1: an area's small count
may be a neighbour's, while every count of a local authority is true.
"""

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError


def reallocate(
    counts: pd.DataFrame,
    area: str,
    parent: str,
    seed: int,
    share: float = 0.02,
    neighbours: pd.DataFrame | None = None,
    count: str = "numerator",
) -> pd.DataFrame:
    """Return counts of which a few were moved to a neighbouring area of the same parent.

    Do this once, to the finest counts of an edition, and make all tables from the result: then
    they agree with each other, and their differences give nothing back.

    Parameters
    ----------
    counts
        One row per group: ``area``, ``parent`` (its local authority), other columns of the group
        (sex, age, month, cause: each death keeps them), and ``count``. Areas without deaths need
        no row.
    area, parent
        Columns of codes.
    seed
        The same seed and counts give the same result. Who knows it can undo the moves: keep it
        outside the repository.
    share
        Chance of each death to be moved.
    neighbours
        One row per pair of neighbouring areas, in columns ``area`` and ``neighbour``, both ways
        or one. Without it, areas next to each other in the order of their codes, within a parent,
        count as neighbours. An area without a neighbour in its parent keeps its deaths.

    Returns
    -------
    DataFrame
        As ``counts``, in the order of the codes, rows without deaths left out. Sums over the
        areas of a parent are unchanged for each group; no count is below 0.

    Raises
    ------
    DisclosureError
        An area has two parents, a count is negative or not whole, or ``share`` is not from 0 to 1.
    """
    groups = [column for column in counts.columns if column != count]
    _require_whole(counts, count)
    if not 0 <= share <= 1:
        raise DisclosureError(f"share={share}: the chance of a death to be moved is from 0 to 1.")
    home = _home(counts, area, parent)
    target, start, size = _targets(home, neighbours)
    plain = counts.groupby(groups, sort=True, observed=True, as_index=False)[count].sum()

    draw = np.random.default_rng(seed)
    origin = home.index.get_indexer(plain[area])
    moved = draw.binomial(plain[count].to_numpy(np.int64), share)
    moved = np.where(size[origin] > 0, moved, 0)
    row = np.repeat(np.arange(len(plain)), moved)
    choice = start[origin[row]] + draw.integers(0, np.maximum(size[origin[row]], 1))

    left = plain.assign(**{count: plain[count].to_numpy(np.int64) - moved})
    arrived = plain.iloc[row].assign(**{area: home.index.to_numpy()[target[choice]], count: 1})
    together = pd.concat([left, arrived], ignore_index=True)
    result = together.groupby(groups, sort=True, observed=True, as_index=False)[count].sum()
    return result[result[count] > 0].reset_index(drop=True)[counts.columns]


def _home(counts: pd.DataFrame, area: str, parent: str) -> pd.Series:
    """The parent of each area, by area, in the order of codes."""
    pairs = counts[[area, parent]].drop_duplicates().sort_values([parent, area])
    twice = pairs[area].duplicated()
    if twice.any():
        raise DisclosureError(
            f"{area} {pairs.loc[twice, area].iloc[0]}: the area is in two of {parent} "
            f"({int(twice.sum())} such areas).\n"
            f"Deaths move within one: give each area one {parent}."
        )
    return pairs.set_index(area)[parent]


def _targets(
    home: pd.Series, neighbours: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbours in the same parent: one list, and where in it each area's begin and how many."""
    if neighbours is None:
        one, other = np.arange(len(home) - 1), np.arange(1, len(home))
    else:
        one = home.index.get_indexer(neighbours["area"])
        other = home.index.get_indexer(neighbours["neighbour"])
        known = (one >= 0) & (other >= 0) & (one != other)
        one, other = one[known], other[known]
    parents = home.to_numpy()
    inside = parents[one] == parents[other]
    one, other = one[inside], other[inside]
    pairs = np.unique(
        np.column_stack([np.concatenate([one, other]), np.concatenate([other, one])]), axis=0
    ).reshape(-1, 2)
    size = np.bincount(pairs[:, 0].astype(int), minlength=len(home))
    return pairs[:, 1].astype(int), np.cumsum(size) - size, size


def _require_whole(counts: pd.DataFrame, count: str) -> None:
    odd = int(((counts[count] < 0) | (counts[count] % 1 != 0)).sum())
    if odd:
        raise DisclosureError(
            f"{odd} of {len(counts)} counts in column {count} are below 0 or not whole.\n"
            "Deaths are moved one by one: give whole counts."
        )
