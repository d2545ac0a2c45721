"""Drawing at random from plans: what every part of the demonstration data shares.

A plan is a small table beside this module that a reader can check by eye; a stream is the random
numbers of one part, so that a change to one part leaves the others as they were.
"""

from importlib.resources import files
from zlib import crc32

import numpy as np
import pandas as pd

# Columns of the plans that are words or codes; all others are numbers.
TEXT = {
    "age_band", "rgn20cd", "country", "beginnings", "endings", "cause", "codes", "also", "place",
    "condition", "code",
}  # fmt: skip


def read_plan(name: str) -> pd.DataFrame:
    """Return a plan: one of the tables in ``demonstration_data``, codes as strings.

    Lines that start with ``#`` say what the table is and where its figures come from.
    """
    with (files("analysis.synthesis") / "demonstration_data" / f"{name}.csv").open() as lines:
        plan = pd.read_csv(lines, comment="#", dtype=str, keep_default_na=False)
    numbers = [column for column in plan if column not in TEXT]
    return plan.astype(dict.fromkeys(numbers, float))


def stream(seed: int, part: str) -> np.random.Generator:
    """Return the random numbers of one part of the data, the same for the same seed and part."""
    return np.random.default_rng([seed, crc32(part.encode())])


def draw(weights: np.ndarray, group: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw one choice for each row, with the weights of the group that the row belongs to.

    Parameters
    ----------
    weights
        One row per group, one column per choice, none negative, each row above 0 somewhere.
        The weights of a row need not add up to 1.
    group
        The group of each row to draw for, counted from 0.

    Returns
    -------
    ndarray
        The choice of each row, counted from 0. A choice without weight is never drawn.
    """
    groups, choices = weights.shape
    ladder = np.cumsum(weights, axis=1, dtype=float)
    ladder = ladder / ladder[:, -1:] + np.arange(groups)[:, None]
    # One search over all groups: the ladder of a group stands between its number and the next.
    step = np.searchsorted(ladder.ravel(), group + random.random(len(group)), side="right")
    last = choices - 1 - np.argmax(weights[:, ::-1] > 0, axis=1)
    return np.minimum(step - group * choices, last[group])


def whole(amounts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return whole numbers near ``amounts`` whose columns add up to ``totals`` exactly.

    The largest remainders of a column are rounded up, the others down.
    """
    scaled = amounts * (totals / amounts.sum(axis=0))
    floors = np.floor(scaled)
    order = np.argsort(floors - scaled, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(order))[:, None], axis=0)
    short = np.rint(totals - floors.sum(axis=0))
    return (floors + (rank < short)).astype(np.int64)
