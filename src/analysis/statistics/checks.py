"""What counts must be before a rate is made of them, and how a fault is told.

Every fault of a frame is reported at once: the group and band where it is first met, the value,
and how many more cells have it. No record is ever shown, only counts and codes.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.groups import Groups, factorize, require_columns

_ADVICE = "Build counts with count_deaths(), which starts from the population."


class Cells:
    """Checked counts: a row per group and age band, as arrays ready for sums."""

    def __init__(
        self,
        counts: pd.DataFrame,
        by: Sequence[str],
        standard: pd.Series | str | None = None,
        bands: str | None = "age_band",
    ):
        if not isinstance(standard, pd.Series | str | None):
            raise RatesError(
                f"standard is a {type(standard).__name__}, not a Series indexed by age_band nor "
                f"the name of a column.\nUse esp2013(), or pd.Series of weights by band."
            )
        needed = [bands] if bands else []
        needed += [standard] if isinstance(standard, str) else []
        require_columns(counts, [*needed, "numerator", "denominator"])
        if len(counts) == 0:
            raise RatesError(f"counts have no rows, so there is no group to rate.\n{_ADVICE}")
        self.groups = Groups(counts, by)
        self.numerator = as_numbers(counts["numerator"])
        self.denominator = as_numbers(counts["denominator"])
        self._bands = None if bands is None else counts[bands]
        faults = [*self._faulty_counts(), *self._faulty_people()]

        if bands is not None:
            position, levels = factorize(counts[bands])
            self.band = position
            if isinstance(standard, pd.Series):
                place = require_standard(standard).index.get_indexer(pd.Index(levels))
                self.band = np.append(place, -1)[position]
                faults += self._faulty_bands(standard.index)
            else:
                faults += self._doubled_bands()
        if isinstance(standard, str):
            self.weight = as_numbers(counts[standard])
            bad = ~np.isfinite(self.weight) | (self.weight < 0)
            faults += self._fault(bad, self.weight, f"{standard} (standard population) is {{}}")
            weightless = self.groups.sum(self.weight)[self.groups.codes] == 0
            faults += self._fault(weightless, self.weight, f"every {standard} of the group is {{}}")
        if faults:
            raise RatesError("\n".join([*faults, _ADVICE]))
        if isinstance(standard, pd.Series):
            self.weight = standard.to_numpy(dtype=float)[self.band]

    def where(self, row: int) -> str:
        """Name the cell of a row: ``sex F, age_band 25-29``."""
        group = self.groups.name(self.groups.codes[row])
        return group if self._bands is None else f"{group}, age_band {self._bands.iloc[row]}"

    def _fault(self, bad: np.ndarray, value: np.ndarray, text: str) -> list[str]:
        rows = np.flatnonzero(bad)
        if len(rows) == 0:
            return []
        shown = "missing" if np.isnan(value[rows[0]]) else f"{value[rows[0]]:.15g}"
        return [f"{self.where(rows[0])}: {text.format(shown)}{_more(len(rows))}."]

    def _faulty_counts(self) -> list[str]:
        deaths = self.numerator
        finite = np.isfinite(deaths)
        if finite.all() and deaths.min() >= 0 and not (deaths != np.floor(deaths)).any():
            return []
        whole = np.where(finite, deaths, 0)
        return [
            *self._fault(~finite, deaths, "numerator is {}, not a finite number"),
            *self._fault(whole < 0, deaths, "numerator is {}, below 0"),
            *self._fault(whole != np.floor(whole), deaths, "numerator is {}, not a whole number"),
        ]

    def _faulty_people(self) -> list[str]:
        people = self.denominator
        if np.isfinite(people).all() and people.min() > 0:
            return []
        finite = np.isfinite(people)
        empty = (people == 0) & (self.numerator > 0)
        return [
            *self._fault(~finite, people, "denominator is {}, not a finite number"),
            *self._fault(finite & (people < 0), people, "denominator is {}, below 0"),
            *self._fault(empty, self.numerator, "numerator is {} where the denominator is 0"),
        ]

    def _faulty_bands(self, standard: pd.Index) -> list[str]:
        many = len(standard)
        outside = np.flatnonzero(self.band < 0)
        inside = self.band >= 0
        cell = (self.groups.codes * many + self.band)[inside]
        times = np.bincount(cell, minlength=self.groups.size * many)
        if len(outside) == 0 and times.min() == times.max() == 1:
            return []
        faults = []
        if len(outside):
            faults.append(
                f"{self.where(outside[0])}: not a band of the standard population, so it has no "
                f"weight{_more(len(outside))}."
            )
        for wrong, text in ((times > 1, "{} rows for one band"), (times == 0, "no counts")):
            found = np.flatnonzero(wrong)
            if len(found):
                group, band = divmod(found[0], many)
                faults.append(
                    f"{self.groups.name(group)}, age_band {standard[band]}: "
                    f"{text.format(times[found[0]])}{_more(len(found))}."
                )
        return [
            *faults,
            f"A rate over {many} age bands needs each band once in every group, with a numerator "
            f"of 0 where nobody died.",
        ]

    def _doubled_bands(self) -> list[str]:
        missing = np.flatnonzero(self.band < 0)
        if len(missing):
            return [
                f"{self.groups.name(self.groups.codes[missing[0]])}: a row without age_band"
                f"{_more(len(missing))}."
            ]
        cell = self.groups.codes * (self.band.max() + 1) + self.band
        doubled = np.flatnonzero(pd.Series(cell).duplicated())
        if len(doubled) == 0:
            return []
        return [f"{self.where(doubled[0])}: more than one row for one band{_more(len(doubled))}."]


def as_numbers(column: pd.Series) -> np.ndarray:
    """Return a column as floats (missing becomes NaN), or raise if it holds something else."""
    try:
        return column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise RatesError(
            f"column {column.name}: holds {column.dtype} values that are not numbers.\n"
            f"Read counts and populations as numbers; '-' or ':' for a missing figure is not one."
        ) from None


def require_standard(standard: pd.Series) -> pd.Series:
    """Raise unless ``standard`` is weights indexed by age band, each band once, none negative."""
    weights = as_numbers(standard)
    bad = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if len(bad):
        raise RatesError(
            f"standard population, age_band {standard.index[bad[0]]}: weight is "
            f"{weights[bad[0]]:g}{_more(len(bad))}.\nA weight is a number of people, 0 or more."
        )
    doubled = standard.index[standard.index.duplicated()]
    if len(doubled) or not weights.sum() > 0:
        fault = f"age_band {doubled[0]}: doubled" if len(doubled) else "no weight above 0"
        raise RatesError(
            f"standard population, {fault}{_more(max(len(doubled), 1))}.\n"
            f"A standard is joined by band: it needs each band once. See analysis.standards."
        )
    return standard


def require_levels(confidence: float | Sequence[float]) -> list[float]:
    """Return the confidence levels as a list, or raise if one is outside (0, 1)."""
    levels = np.atleast_1d(np.asarray(confidence, dtype=object)).tolist()
    for level in levels:
        if isinstance(level, bool | str) or level is None or not 0 < float(level) < 1:
            raise RatesError(
                f"confidence is {level!r}: not between 0 and 1.\n"
                f"Write 0.95 for 95% limits, or a list such as [0.95, 0.998] for several."
            )
    if not levels or len(set(levels)) < len(levels):
        raise RatesError(f"confidence is {confidence!r}: give each level once, at least one.")
    return [float(level) for level in levels]


def _more(found: int) -> str:
    return f" (and {found - 1:,} more such cells)" if found > 1 else ""
