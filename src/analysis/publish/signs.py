"""Numbers and words of a script, written in few signs; ``build.js`` reads them.

A series of whole numbers is written as it is, or as the steps from each number to the next, or as
what each is more than that of another column, whichever is shortest.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

# Signs that numbers are written in: the first half ends a number, the second half goes on. None
# of them is escaped in JSON or HTML.
SIGNS = "".join(sign for sign in map(chr, range(33, 127)) if sign not in "\"\\&%<>'`$/")
HALF = len(SIGNS) // 2
BETWEEN = "|"  # words
ALONE, ABOVE = -1, -2  # a number stands for itself, or for what it is more than the one above


def series(
    values: np.ndarray, others: Mapping[int, np.ndarray] | None = None, blank: object = False
) -> list:
    """Write whole numbers as ``[base, runs, text]``, the shortest that there is.

    ``base`` is ALONE, ABOVE, or the place of the column that they are more or less than. With
    ``runs``, each number is followed by how many more times it stands. 0 is a blank; others are
    doubled and one more, or two if negative, so that none is below 1.
    """
    values = np.where(blank, 0, values).astype("int64")
    above = np.concatenate([[0], values[:-1]])
    found = []
    for base, less in {ALONE: np.zeros_like(values), ABOVE: above, **(others or {})}.items():
        change = values - less
        steps = np.where(blank, 0, np.where(change < 0, -2 * change, 2 * change + 1))
        found += [(base, 0, steps), (base, 1, _runs(steps))]
    base, runs, steps = min(found, key=lambda one: _length(one[2]))
    return [base, runs, _signs(steps)]


def word_list(words: list[str]) -> str | list[str]:
    """Write words, each after a sign for how many letters it shares with the one before."""
    if any(BETWEEN in word for word in words):
        return words
    alike = [0, *(min(_alike(*pair), len(SIGNS) - 1) for pair in pairwise(words))]
    return BETWEEN.join(SIGNS[same] + word[same:] for same, word in zip(alike, words, strict=True))


def _runs(steps: np.ndarray) -> np.ndarray:
    starts = np.flatnonzero(np.diff(steps, prepend=-1))
    more = np.diff(starts, append=len(steps)) - 1
    return np.column_stack([steps[starts], more]).ravel()


def _length(numbers: np.ndarray) -> int:
    """How many signs the numbers take."""
    return sum(int((numbers >= HALF**more).sum()) for more in range(1, 12)) + len(numbers)


def _signs(numbers: np.ndarray) -> str:
    known, places = np.unique(numbers, return_inverse=True)
    written = np.array([_in_signs(int(number)) for number in known], dtype=object)
    return "".join(written[places])


def _in_signs(number: int) -> str:
    text = SIGNS[number % HALF]
    while number := number // HALF:
        text = SIGNS[HALF + number % HALF] + text
    return text


def _alike(first: str, second: str) -> int:
    """How many letters two words share at their start."""
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return place
    return min(len(first), len(second))
