"""The horizontal axis of a series: the order of its values, where they stand, and their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.show.sheet import text_width, tick_words
from analysis.show.style import TEXT
from analysis.vocabulary import AGE_BANDS, LABELS, shown_code

_MONTH = re.compile(r"\d{4}-\d{2}")
_WEEK = re.compile(r"\d{4}-W\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# Columns whose axis has a name, and names for its two ends.
_NAMES = {
    "imd_decile": ("Deprivation decile", "Most deprived", "Least deprived"),
    "wimd_quintile": ("Deprivation quintile", "Most deprived", "Least deprived"),
    "age_band": ("Age", "", ""),
    "delay": ("Days from death to registration (scale stretched for early days)", "", ""),
}


@dataclass(frozen=True)
class XAxis:
    """Places on the axis in order, their positions, and one short label each.

    ``is_scale`` tells numbers, which stand at their size, from categories, which stand evenly.
    """

    places: list
    positions: np.ndarray
    labels: list[str]
    name: str
    ends: tuple[str, str]
    is_scale: bool

    def fitting(self, width: float, low: float, high: float) -> list[int]:
        """Return which values can have a label on ``width`` points from ``low`` to ``high``.

        Every value, or every second, third ... so that labels do not touch.
        """
        points = (self.positions - low) / (high - low) * width
        widths = np.array([text_width(label) for label in self.labels])
        steps = (1, 2, 3, 4, 5, 6, 8, 10, 13, 26, 52)
        for step in steps:
            chosen = np.arange(0, len(points), step)
            room = np.diff(points[chosen]) - (widths[chosen][1:] + widths[chosen][:-1]) / 2
            if (room > 5).all():
                return chosen.tolist()
        return [0, len(points) - 1]


def x_axis(values: pd.Series) -> XAxis:
    """Return the axis of a column: age bands, months, weeks, days, numbers or plain categories."""
    column, values = str(values.name), values.drop_duplicates()
    texts = values.astype(str)
    name, *ends = _NAMES.get(column, ("", "", ""))
    if texts.isin(AGE_BANDS).all():
        ordered = sorted(values, key=AGE_BANDS.index)
        return _categories(ordered, ordered, name or "Age", ends)
    if texts.str.fullmatch(_DAY).all():
        days = sorted(values, key=str)
        at = [date.fromisoformat(str(day)).toordinal() for day in days]
        labels = [f"{date.fromordinal(n).day} {date.fromordinal(n):%b}" for n in at]
        return XAxis(days, np.array(at, dtype=float), labels, _years(days), ("", ""), True)
    if texts.str.fullmatch(_MONTH).all():
        months = sorted(values, key=str)
        labels = [shown_code(month)[:3] for month in months]
        return _categories(months, labels, _years(months), ends)
    if texts.str.fullmatch(_WEEK).all():
        weeks = sorted(values, key=str)
        labels = [str(int(str(week)[-2:])) for week in weeks]
        return _categories(weeks, labels, f"Week of {_years(weeks)}", ends)
    if pd.api.types.is_numeric_dtype(values):
        numbers = sorted(values)
        labels = [tick_words(float(number)) for number in numbers]
        if column in ("imd_decile", "wimd_quintile"):
            return _categories(numbers, labels, name, ends)
        at = np.array(numbers, dtype=float)
        words = name or LABELS.get(column, column.replace("_", " ").capitalize())
        return XAxis(numbers, at, labels, words, tuple(ends), True)
    return _categories(list(values), [shown_code(value) for value in values], name, ends)


def _categories(values: Sequence, labels: Sequence[str], name: str, ends: Sequence[str]) -> XAxis:
    positions = np.arange(len(values), dtype=float)
    return XAxis(list(values), positions, list(labels), name, tuple(ends), False)


def _years(values: Sequence) -> str:
    first, last = str(values[0])[:4], str(values[-1])[:4]
    return first if first == last else f"{first} to {last}"


def labels_height(axis: XAxis) -> float:
    """Return the height in points below the frame that the labels of the axis take."""
    lines = 1 + bool(axis.name or any(axis.ends))
    return lines * TEXT * 1.3 + 6
