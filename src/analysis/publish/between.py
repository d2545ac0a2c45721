"""What was registered between two editions: the difference of two counts of one cell."""

from collections.abc import Iterable

import numpy as np

from analysis.publish.numbers import Stack, row_numbers

EDITION = "registered by"


def between(before: str, after: str) -> str:
    """Return the code of what a later edition has beyond an earlier one."""
    return f"{after}, not {before}"


def revisions(rows: Stack) -> tuple[bool, bool]:
    """Return whether any count that two editions show has fallen, and whether any has changed."""
    place, first = rows.dimensions.index(EDITION), rows.first_shown
    codes, value = rows.codes[first], rows.value[first]
    group = row_numbers(np.delete(codes, place, axis=1))
    order = np.lexsort((codes[:, place], group))
    change = np.diff(value[order])[np.diff(group[order]) == 0]
    return bool((change < 0).any()), bool((change != 0).any())


def limits_between(
    rows: Stack, new: np.ndarray, limit: np.ndarray, editions: Iterable[tuple[int, int, int]]
) -> np.ndarray:
    """Return the largest count that must not be known of what was registered between editions.

    Parameters
    ----------
    rows
        What is published.
    new
        Codes of the cells between editions.
    limit
        For each row, the largest change that must not become known; 0 where any may.
    editions
        The codes of an edition, of that before it, and of what is between them.
    """
    place = rows.dimensions.index(EDITION)
    held = np.flatnonzero(limit > 0)
    both = np.concatenate([rows.codes[held], new])
    group, edition = row_numbers(np.delete(both, place, axis=1)), both[:, place]
    own, added = np.split(group, [len(held)])
    limits = np.zeros(len(new))
    for after, before, code in editions:
        there = np.zeros((2, len(both)))
        for line, which in zip(there, (after, before), strict=True):
            # Of several tables the first decides.
            rows_of = np.flatnonzero(edition[: len(held)] == which)[::-1]
            line[own[rows_of]] = limit[held[rows_of]]
        asked = edition[len(held) :] == code
        limits[asked] = np.where(there[1] > 0, there[0], 0.0)[added[asked]]
    return limits
