"""Ages of the deaths of each group, once those of its block are known."""

import numpy as np

from analysis.synthesis.open_areas import Areas

EDGE = 1e-6


def give_ages(
    by_group: np.ndarray,
    whole: np.ndarray,
    rounded: np.ndarray,
    areas: Areas,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return group and age band of each death, groups in order.

    Parameters
    ----------
    by_group
        Fitted deaths: group x age band.
    whole
        Deaths of each group.
    rounded
        Deaths of each block by age band; each block sums to the deaths of its groups.
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers.

    Notes
    -----
    Each death of a group draws an age from the fit of its group; within a block the deaths are
    put in the order of their draws and get the ages of the block in order. So the ages of the
    block are exact, and groups with an old population still have the older deaths.
    """
    group = np.repeat(np.arange(len(whole)), whole)
    ladder = np.cumsum(by_group, axis=1)
    # A group may have whole deaths where the fit had next to none: its block stands in.
    ladder = ladder + EDGE * np.arange(1, by_group.shape[1] + 1)
    part = random.random(len(group)) * ladder[group, -1]
    drawn = (ladder[group] < part[:, None]).sum(axis=1) + random.random(len(group))
    block = areas.group_block[group]
    order = np.lexsort((drawn, block))
    age = np.empty(len(group), dtype=np.int64)
    age[order] = np.repeat(np.tile(np.arange(by_group.shape[1]), len(rounded)), rounded.ravel())
    return group, _where_people_are(group, age, by_group, block)


def _where_people_are(
    group: np.ndarray, age: np.ndarray, by_group: np.ndarray, block: np.ndarray
) -> np.ndarray:
    """Return the ages with those exchanged within a block that fell where nobody of the age lives.

    A handful in a month: an age band without people in a small group has no fit.
    """
    age = age.copy()
    for death in np.flatnonzero(by_group[group, age] == 0):
        others = np.flatnonzero(block == block[death])
        fits = (by_group[group[others], age[death]] > 0) & (by_group[group[death], age[others]] > 0)
        if fits.any():
            other = others[np.argmax(fits)]
            age[[death, other]] = age[[other, death]]
    return age
