"""Reallocation: a few deaths change places between neighbouring areas of one authority.

It is what ONS did to the MSOA counts of 2020, which it printed down to 1: an area's small count
may be a neighbour's, while every count of a local authority is true.
"""

import base64
import hashlib

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError


def reallocate(
    counts: pd.DataFrame,
    area: str,
    parent: str,
    secret: bytes,
    share: float = 0.02,
    homes: pd.DataFrame | None = None,
    neighbours: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    count: str = "numerator",
) -> pd.DataFrame:
    """Return counts of which a few were moved to a neighbouring area of the same parent.

    Do this once, to the finest counts of an edition, and make all tables from the result: then
    they agree with each other, and their differences give nothing back. Whether a death moves, and
    where to, follows from the secret, its group and its number within the group: deaths that a
    later edition adds leave the moves of the others as they were.

    Parameters
    ----------
    counts
        One row per group: ``area``, ``parent`` (its local authority), other columns of the group
        (sex, age, month, cause: each death keeps them), and ``count``. Areas without deaths need
        no row.
    area, parent
        Columns of codes.
    secret
        The same secret and counts give the same result. Who knows it can undo the moves: keep it
        outside the repository.
    share
        Chance of each death to be moved.
    homes
        One row per area: ``area`` and ``parent``, also of areas without deaths. Without it, the
        areas of ``counts``.
    neighbours
        One row per pair of neighbouring areas, in columns ``area`` and ``neighbour``, both ways
        or one. Without it, areas next to each other in the order of their codes, within a parent,
        count as neighbours. An area without a neighbour in its parent keeps its deaths.
    people
        Where people live: one row per ``area`` and any columns of the group (sex, age). A death
        that would come where there are none stays where it was, or a rate would have no
        denominator. Without it, people live everywhere.

    Returns
    -------
    DataFrame
        As ``counts``, in the order of the codes, rows without deaths left out. Sums over the
        areas of a parent are unchanged for each group; no count is below 0.

    Raises
    ------
    DisclosureError
        An area has two parents, or none in ``homes``; a count is negative or not whole; ``share``
        is not from 0 to 1.
    """
    groups = [column for column in counts.columns if column != count]
    _require_whole(counts, count)
    if not 0 <= share <= 1:
        raise DisclosureError(f"share={share}: the chance of a death to be moved is from 0 to 1.")
    home = _home(counts if homes is None else homes, area, parent)
    target, start, size = _targets(home, neighbours)
    plain = counts.groupby(groups, sort=True, observed=True, dropna=False, as_index=False)
    plain = plain[count].sum()
    origin = home.index.get_indexer(plain[area])
    _require_homes(plain, origin, area)

    row = np.repeat(np.arange(len(plain)), plain[count].to_numpy(np.int64))
    chance, choice = _draws(plain[groups], row, secret)
    moving = (chance < share) & (size[origin[row]] > 0)
    row, choice = row[moving], choice[moving]
    step = (choice % size[origin[row]].astype(np.uint64)).astype(np.int64)
    place = start[origin[row]] + step
    arrived = plain.iloc[row].assign(**{area: home.index.to_numpy()[target[place]], count: 1})
    settled = _is_inhabited(arrived, people)

    left = plain.assign(**{count: plain[count] - np.bincount(row[settled], minlength=len(plain))})
    together = pd.concat([left, arrived[settled]], ignore_index=True)
    result = together.groupby(groups, sort=True, observed=True, dropna=False, as_index=False)
    result = result[count].sum()
    return result[result[count] > 0].reset_index(drop=True)[counts.columns]


def _draws(groups: pd.DataFrame, row: np.ndarray, secret: bytes) -> tuple[np.ndarray, np.ndarray]:
    """A chance from 0 to 1 and a whole number for each death: its group and number, hashed."""
    text = pd.Series("", index=groups.index, dtype=object)
    for column in groups:
        text = text + groups[column].astype(object).fillna("").astype(str).astype(object) + "\x1f"
    number = np.arange(len(row)) - np.searchsorted(row, row)  # within the group
    names = text.to_numpy(object)[row] + number.astype(str).astype(object)
    chance, choice = (_hashed(names, secret, purpose) for purpose in (b"whether", b"where to"))
    return chance / 2.0**64, choice


def _hashed(names: np.ndarray, secret: bytes, purpose: bytes) -> np.ndarray:
    """SipHash of each name, which tells its key to nobody who sees any of its results."""
    key = base64.b64encode(hashlib.sha256(purpose + secret).digest()[:12]).decode()
    return pd.util.hash_array(names, hash_key=key, categorize=False)


def _home(pairs: pd.DataFrame, area: str, parent: str) -> pd.Series:
    """The parent of each area, by area, in the order of codes."""
    pairs = pairs[[area, parent]].drop_duplicates().sort_values([parent, area])
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


def _is_inhabited(arrived: pd.DataFrame, people: pd.DataFrame | None) -> np.ndarray:
    """Whether people of its group live where a death would come."""
    if people is None:
        return np.ones(len(arrived), dtype=bool)
    keys = [column for column in arrived if column in people]
    places = pd.MultiIndex.from_frame(people[keys])
    return pd.MultiIndex.from_frame(arrived[keys]).isin(places)


def _require_whole(counts: pd.DataFrame, count: str) -> None:
    odd = int(((counts[count] < 0) | (counts[count] % 1 != 0)).sum())
    if odd:
        raise DisclosureError(
            f"{odd} of {len(counts)} counts in column {count} are below 0 or not whole.\n"
            "Deaths are moved one by one: give whole counts."
        )


def _require_homes(counts: pd.DataFrame, origin: np.ndarray, area: str) -> None:
    lost = origin < 0
    if lost.any():
        raise DisclosureError(
            f"{area} {counts.loc[lost, area].iloc[0]}: the area is not among those that deaths "
            f"move between ({counts.loc[lost, area].nunique()} such areas).\n"
            "Leave deaths without an area out, and give every other a home."
        )
