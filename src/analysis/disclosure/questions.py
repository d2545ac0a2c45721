"""What is asked of unknowns, and what is known of their ranges from the tables met so far."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.disclosure.polytope import OPTIMAL, WHOLE, Extreme, Polytope
from analysis.disclosure.whole_numbers import beside

BOUNDED = "bounded"
MOST, LEAST = "most", "least"


@dataclass(frozen=True)
class Question:
    """What is asked of each unknown.

    By default its extremes. With ``at_least`` (of all, or one for each), only whether they lie so
    far apart. With ``small`` (two numbers) as well, only that or whether it may lie outside these
    numbers. With ``whole``, all unknowns are whole numbers, searched for with ``branches`` at most.
    """

    at_least: float | np.ndarray | None = None
    whole: bool = False
    small: tuple[float, float] | None = None
    branches: int = 2_000

    def of(self, columns: np.ndarray) -> "Question":
        """Return the question to some of the unknowns."""
        each = isinstance(self.at_least, np.ndarray)
        return replace(self, at_least=self.at_least[columns]) if each else self


class Met:
    """The extremes, of each unknown, of the tables that were met so far; ``places`` are asked."""

    def __init__(self, size: int, places: np.ndarray, question: Question, strict: np.ndarray):
        self.places = places
        self.low, self.high = np.full(size, np.inf), np.full(size, -np.inf)
        self.question, self.strict = question, strict
        if question.at_least is not None:
            self.least = np.broadcast_to(question.at_least, size)
        self.last: np.ndarray | None = None

    def add(self, extreme: Extreme) -> None:
        """Add an answer, if a reader must think it possible."""
        if self.takes(extreme):
            np.minimum(self.low, extreme.point, out=self.low)
            np.maximum(self.high, extreme.point, out=self.high)
            self.last = extreme.point

    def add_beside(self, inner: Polytope, extreme: Extreme, way: np.ndarray) -> bool:
        """Add an answer, in whole numbers where these are asked for; False if there is none."""
        if extreme.status == OPTIMAL and not self.takes(extreme):
            extreme = beside(inner, extreme.point, way)
        self.add(extreme)
        return extreme.status == OPTIMAL

    def takes(self, extreme: Extreme) -> bool:
        """Whether an answer is one that a reader must think possible."""
        return extreme.status == OPTIMAL and (not self.question.whole or is_whole(extreme.point))

    def reached(self, end: str) -> np.ndarray:
        """One end of the ranges that were met."""
        return self.high if end is MOST else self.low

    def wanted(self, place: int) -> float:
        """How wide the range of an unknown has to be; any is wide enough for its extremes."""
        return -np.inf if self.question.at_least is None else self.least[place]

    def left(self) -> np.ndarray:
        """Unknowns that are asked for and not settled."""
        return self.places[~self.settled(self.places)]

    def settled(self, place=slice(None)) -> np.ndarray:
        """Which unknowns need no further question."""
        low, high = self.low[place], self.high[place]
        if self.question.at_least is None:
            return np.zeros_like(low, dtype=bool)
        settled = high - low >= self.least[place] - WHOLE
        if self.question.small is not None:
            least, most = self.question.small
            outside = (low < least - WHOLE) | (high > most + WHOLE)
            settled = settled | (outside & ~self.strict[place])
        return settled


def is_whole(point: np.ndarray) -> bool:
    """Return whether all numbers of a table are whole."""
    return bool(np.abs(point - np.round(point)).max() <= WHOLE)
