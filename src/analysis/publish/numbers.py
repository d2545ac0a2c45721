"""Published cells in numbers: codes of a dimension as whole numbers, rows of all tables as one.

Numbers are compared in a hundredth of the time of words. A code is its place among the names of
its dimension; the rest of a total, what it has beyond its parts, is below 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

Trees = dict[str, list[dict[str, list[str]]]]


def rest_of(total: str) -> str:
    """Return the code of what a total has beyond its parts."""
    return f"rest of {total}"


@dataclass(frozen=True)
class Numbers:
    """The names of the codes of each dimension, those of tables in order."""

    names: dict[str, pd.Index]

    @classmethod
    def of(
        cls, frames: Sequence[pd.DataFrame], dimensions: Iterable[str]
    ) -> tuple["Numbers", list[pd.DataFrame]]:
        """Return the names of all codes in frames, and the frames in numbers."""
        names, columns = {}, {}
        for name in dimensions:
            split = [pd.factorize(frame[name]) for frame in frames]
            codes = sorted(set().union(*(words for _, words in split)))
            names[name] = pd.Index(codes, dtype=object)
            columns[name] = [names[name].get_indexer(list(of))[number] for number, of in split]
        coded = [
            frame.assign(**{name: of[place] for name, of in columns.items()})
            for place, frame in enumerate(frames)
        ]
        return cls(names), coded

    def including(self, codes: Mapping[str, Iterable[str]]) -> "Numbers":
        """Return the names with more codes of some dimensions behind them."""
        names = {}
        for name, own in self.names.items():
            more = pd.Index(list(dict.fromkeys(codes.get(name, ()))), dtype=object)
            names[name] = own.append(more[~more.isin(own)])
        return Numbers(names)

    def of_words(self, name: str, codes: Iterable[str]) -> np.ndarray:
        """Return codes of a dimension as numbers, -1 for one that is unknown."""
        return self.names[name].get_indexer(list(codes))

    def words(self, codes: np.ndarray, dimensions: Sequence[str]) -> pd.DataFrame:
        """Return rows of numbers as codes, a column for each of some dimensions."""
        words = {}
        for name, number in zip(dimensions, codes.T, strict=True):
            of = self.names[name]
            plain = of.take(np.where(number < 0, -1 - number, number)).to_numpy(object)
            rests = number < 0
            plain[rests] = [rest_of(code) for code in plain[rests]]
            words[name] = plain
        return pd.DataFrame(words, columns=list(dimensions), dtype="str")


class Pairs:
    """Numbers, each with several others."""

    def __init__(self, first: np.ndarray, other: np.ndarray, size: int):
        self.first, self.other = first, other
        self.count = np.bincount(first, minlength=size)
        self._sorted = other[np.argsort(first, kind="stable")]
        self._start = np.cumsum(self.count) - self.count

    def of(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the others of each number: its place among ``numbers``, and the other."""
        times = self.count[numbers]
        place = np.repeat(np.arange(len(numbers)), times)
        offset = np.arange(len(place)) - np.repeat(np.cumsum(times) - times, times)
        return place, self._sorted[self._start[numbers][place] + offset]


class Sums:
    """What adds up in one way along a dimension: ``totals`` of parts, and ``parts`` of totals.

    ``above`` has the total of a part, or -1.
    """

    def __init__(self, tree: dict[str, list[str]], names: pd.Index):
        total = np.repeat(names.get_indexer(list(tree)), [len(of) for of in tree.values()])
        part = names.get_indexer([code for of in tree.values() for code in of])
        self.totals, self.parts = (
            Pairs(*ends, 2 * len(names)) for ends in ((part, total), (total, part))
        )
        self.above = np.full(2 * len(names), -1)
        self.above[part] = total


@dataclass(frozen=True)
class Along:
    """One dimension: its ways to add up. Codes and rests are below ``span``."""

    span: int
    ways: list[Sums]

    @classmethod
    def each(cls, numbers: Numbers, trees: Trees) -> list["Along"]:
        """Return all dimensions."""
        return [
            cls(2 * len(names), [Sums(tree, names) for tree in trees[name]])
            for name, names in ((name, numbers.names[name]) for name in trees)
        ]

    @cached_property
    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Every part, and the total it is in."""
        none = [np.zeros(0, dtype=np.int64)]
        part = np.concatenate(none + [way.totals.first for way in self.ways])
        return part, np.concatenate(none + [way.totals.other for way in self.ways])

    @cached_property
    def around(self) -> Pairs:
        """Totals, each with itself and all totals that it is in."""
        up = Pairs(*self.edges, self.span)
        new = found = ordered(self.edges[1]) * (self.span + 1)
        while len(new):
            at, above = up.of(new % self.span)
            new = new[at] // self.span * self.span + above
            new = new[~among(new, found)]
            found = ordered(found, new)
        return Pairs(found // self.span, found % self.span, self.span)


@dataclass(frozen=True)
class Stack:
    """Rows of tables, one below the other.

    ``frame`` has a column of numbers for each of the ``dimensions``, the ``numerator``, missing
    where it is not shown, and the number of the ``table`` of each row among the ``titles``.
    """

    frame: pd.DataFrame
    dimensions: list[str]
    titles: list[str]

    def where(self, kept: np.ndarray) -> "Stack":
        """Return some of the rows."""
        return replace(self, frame=self.frame[kept])

    def of(self, titles: Iterable[str]) -> np.ndarray:
        """Return which rows are of some tables."""
        return np.isin(self.table, [self.titles.index(title) for title in titles])

    @cached_property
    def codes(self) -> np.ndarray:
        """The codes of each row."""
        return np.column_stack([self.frame[name].to_numpy() for name in self.dimensions])

    @cached_property
    def value(self) -> np.ndarray:
        """The count of each row."""
        return self.frame["numerator"].to_numpy(float)

    @cached_property
    def table(self) -> np.ndarray:
        """The number of the table of each row."""
        return self.frame["table"].to_numpy()

    @cached_property
    def cell(self) -> np.ndarray:
        """The number of the cell that each row is, whichever table has it."""
        return row_numbers(self.codes)

    @cached_property
    def cells(self) -> np.ndarray:
        """The codes of each cell."""
        return self.codes[first_of(self.cell)]

    @cached_property
    def first_shown(self) -> np.ndarray:
        """The row in which each cell that is shown is shown first."""
        shown = np.flatnonzero(~np.isnan(self.value))
        return shown[first_of(pd.factorize(self.cell[shown])[0])]


def row_numbers(codes: np.ndarray) -> np.ndarray:
    """Return the number of each distinct row, from 0 in the order of their first rows."""
    number, size = np.zeros(len(codes), dtype=np.int64), 1
    for column in codes.T if len(codes) else ():
        low, many = int(column.min()), int(column.max() - column.min()) + 1
        if size * many >= 2**62:
            number, found = pd.factorize(number)
            size = len(found)
        number, size = number * many + (column - low), size * many
    return pd.factorize(number)[0]


def first_of(numbers: np.ndarray) -> np.ndarray:
    """Return the place at which each of the numbers from 0 stands first."""
    first = np.zeros(numbers.max(initial=-1) + 1, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return first


def distinct(codes: np.ndarray) -> np.ndarray:
    """Return each row once."""
    return codes[first_of(row_numbers(codes))]


def keys_along(codes: np.ndarray, place: int, span: int) -> np.ndarray:
    """Return one number for each row: of the group of all other codes, and the code."""
    return row_numbers(np.delete(codes, place, axis=1)) * span + codes[:, place] % span


def ordered(*keys: np.ndarray) -> np.ndarray:
    """Return each key once, in order."""
    # What numpy calls unique takes ten times as long for keys of groups.
    found = np.sort(np.concatenate(keys))
    return found[np.diff(found, prepend=found[:1] - 1) > 0]


def among(keys: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Return which keys are among others in order."""
    if not len(ordered):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return ordered[at] == keys
