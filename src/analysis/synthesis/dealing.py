"""Choices dealt out so that their numbers are right, and not only right on average."""

import numpy as np

from analysis.synthesis.integers import round_rows


def deal(cell: np.ndarray, weights: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return one choice for each row; each cell gets each choice in proportion to its weight.

    Parameters
    ----------
    cell
        The cell of each row, counted from 0.
    weights
        One row per cell, one column per choice, none negative. A cell without any weight deals
        every choice alike.
    order
        A number for each row: within a cell the rows with the lowest get the first choices.
        Random numbers leave chance to decide.

    Returns
    -------
    ndarray of int64
        The choice of each row, counted from 0. In a cell of ``n`` rows a choice comes up as often
        as its share of ``n``, rounded by largest remainder.
    """
    rows = np.bincount(cell, minlength=len(weights))
    known = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    counts = round_rows(known, rows)
    choices = np.repeat(np.tile(np.arange(weights.shape[1]), len(weights)), counts.ravel())
    dealt = np.empty(len(cell), dtype=np.int64)
    dealt[np.lexsort((order, cell))] = choices
    return dealt


def pick_within(
    key_of_unit: np.ndarray,
    weights: np.ndarray,
    key: np.ndarray,
    column: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Return a unit for each row, drawn among the units of its key.

    Parameters
    ----------
    key_of_unit
        The key of each unit (such as the group of each LSOA), counted from 0.
    weights
        Unit x column: how likely each unit is for rows of that column (such as sex and age). Where
        a key has no weight in a column, the sum over columns decides.
    key, column
        Key and column of each row.
    random
        Random numbers.
    """
    order = np.argsort(key_of_unit, kind="stable")
    edges = np.searchsorted(key_of_unit[order], np.arange(key_of_unit.max() + 2))
    everyone = _ladder(weights[order].sum(axis=1))
    part = random.random(len(key))
    first, last = edges[key], edges[key + 1]
    picked = np.empty(len(key), dtype=np.int64)
    for number in range(weights.shape[1]):
        rows = np.flatnonzero(column == number)
        ladder = _ladder(weights[order, number])
        low, high = ladder[first[rows]], ladder[last[rows]]
        step = _step(ladder, low, high, part[rows])
        none = high <= low
        below, above = everyone[first[rows]], everyone[last[rows]]
        step = np.where(none, _step(everyone, below, above, part[rows]), step)
        picked[rows] = order[np.clip(step, first[rows], last[rows] - 1)]
    return picked


def _ladder(weights: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(weights)])


def _step(ladder: np.ndarray, low: np.ndarray, high: np.ndarray, part: np.ndarray) -> np.ndarray:
    return np.searchsorted(ladder, low + part * (high - low), side="right") - 1
