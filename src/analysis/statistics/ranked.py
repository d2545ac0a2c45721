"""Groups of ranked values, such as rates by decile, and the straight line through each group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers
from analysis.statistics.groups import Groups, require_columns


def rank_midpoints(
    rates: pd.DataFrame, by: Sequence[str], rank: str, population: str
) -> np.ndarray:
    """Return where each row stands on the scale of its group: the middle of its share of people.

    0 is the start of the first rank and 1 the end of the last.
    """
    return Ranked(rates, by, rank, population, population).midpoint


class Ranked:
    """Ranked values of each group, with the weights of a straight line through them."""

    def __init__(self, rates, by, rank, value, population):
        require_columns(rates, [rank, value, population])
        if len(rates) == 0:
            raise RatesError("rates have no rows, so there is no group to index.\nGive ranks.")
        self.groups = Groups(rates, by)
        self.value = as_numbers(rates[value])
        people = as_numbers(rates[population])
        place = Groups(rates, [rank]).codes
        codes = self.groups.codes
        for wrong, text in (
            (pd.DataFrame({"g": codes, "r": place}).duplicated().to_numpy(), "more than one row"),
            (~np.isfinite(self.value), f"{value} is missing or not finite"),
            (~(np.isfinite(people) & (people > 0)), f"{population} is not above 0"),
            (self.groups.count()[codes] < 2, "the only rank; a slope needs two"),
        ):
            if wrong.any():
                row = int(np.argmax(wrong))
                raise RatesError(
                    f"{self.groups.name(codes[row])}, {rank} {rates[rank].iloc[row]}: {text} "
                    f"({wrong.sum():,} such rows).\n"
                    f"An index needs each rank once, with its value and people."
                )
        order = np.lexsort((place, codes))
        running = np.cumsum(people[order])
        first = np.r_[True, np.diff(codes[order]) > 0]
        before = np.where(first, running - people[order], 0)
        before = np.maximum.accumulate(before)
        share_before = np.empty(len(people))
        share_before[order] = running - people[order] - before
        total = self.groups.sum(people)[codes]
        self.weight = people / total
        self.midpoint = (share_before + people / 2) / total
        mean = self.groups.sum(self.weight * self.midpoint)[codes]
        spread = self.groups.sum(self.weight * (self.midpoint - mean) ** 2)[codes]
        # The line's value at 0 and at 1 as weighted sums of the values.
        slope = self.weight * (self.midpoint - mean) / spread
        self.at_first = self.weight - mean * slope
        self.at_last = self.at_first + slope

    def ends(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The line's value at both ends of the scale, a value per group."""
        return self.groups.sum(self.at_first * values), self.groups.sum(self.at_last * values)
