"""The drawing of ranked areas: one axes, the marks, the comparator, and names for the extremes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.show import words
from analysis.show.sheet import (
    LINE,
    Sheet,
    plain_frame,
    round_ticks,
    set_ticks,
    text_width,
    tick_words,
)
from analysis.show.style import BAND, INK, MARGIN, MUTED, PAPER, SMALL, WIDTH, Series

HEAD, HEIGHT, FOOT = MARGIN + SMALL + 12, 280, 38
_ROW = LINE * SMALL + 1  # height of a name


@dataclass(frozen=True)
class Field:
    """Where the axes stand on the sheet, and their ranges: from points to values and back."""

    axes: Axes
    left: float
    width: float
    high: float
    count: int

    @classmethod
    def on(cls, sheet: Sheet, areas: pd.DataFrame, comparator: pd.Series | None) -> "Field":
        """Return the field of these areas, its axes drawn but for their marks."""
        values = areas["value"] if comparator is None else [*areas["value"], comparator["value"]]
        highest = max(values)
        reach = areas["upper"].fillna(areas["value"]).clip(upper=1.6 * highest).max()
        high = 1.04 * max(highest, reach) or 1.0
        ticks = round_ticks(0.0, high)
        left = MARGIN + max(text_width(tick_words(tick)) for tick in ticks) + 8
        width = WIDTH - left - MARGIN - 12
        axes = sheet.axes(left, HEAD, width, HEIGHT)
        count = len(areas)
        axes.set(xlim=(1 - 0.02 * count, count * 1.015 + 0.5), ylim=(0, high))
        set_ticks(axes.yaxis, ticks)
        ranks = [1, *(rank for rank in round_ticks(2, count, most=4) if count / 8 < rank)]
        axes.set_xticks(ranks, [tick_words(rank) for rank in ranks])
        axes.tick_params(axis="x", length=3, pad=3)
        plain_frame(axes, "bottom")
        return cls(axes, left, width, high, count)

    def x(self, rank: float) -> float:
        """Return where a rank stands on the sheet."""
        low, high = self.axes.get_xlim()
        return self.left + (rank - low) / (high - low) * self.width

    def y(self, value: float) -> float:
        """Return where a value stands on the sheet."""
        return HEAD + (1 - value / self.high) * HEIGHT


def draw_areas(field: Field, areas: pd.DataFrame, look: Series, size: float) -> None:
    """Draw areas as dots with intervals, hollow where of low reliability."""
    upper = areas["upper"].clip(upper=field.high)
    field.axes.vlines(
        areas["rank"], areas["lower"], upper, color=look.colour, alpha=0.38, linewidth=0.9
    )
    for hollow in (False, True):
        chosen = areas[areas["unreliable"] == hollow]
        field.axes.plot(
            chosen["rank"],
            chosen["value"],
            look.marker,
            color=look.colour,
            markerfacecolor=PAPER if hollow else look.colour,
            markersize=size,
            markeredgewidth=0.8,
        )


def draw_comparator(sheet: Sheet, field: Field, comparator: pd.Series, measure: str) -> None:
    """Draw the comparator as a dashed line, named at its left end."""
    if pd.notna(comparator["lower"]):
        field.axes.axhspan(comparator["lower"], comparator["upper"], color=BAND, linewidth=0)
    field.axes.axhline(comparator["value"], color=INK, linewidth=1.1, dashes=(4, 2))
    label = f"{comparator['words']}: {words.number(comparator['value'], measure)}"
    sheet.text(field.left + 2, field.y(comparator["value"]) + SMALL + 3, label, size=SMALL)


def name_extremes(
    sheet: Sheet, field: Field, areas: pd.DataFrame, ends: tuple[int, int], measure: str
) -> None:
    """Name so many of the highest and of the lowest areas, joined to their dots.

    The highest are named in a column to the right of their dots, beginning at the top; the lowest
    in a column at the right edge, above all that is drawn there, with one line to the last dot.
    """
    first, last = areas.head(ends[0]), areas.tail(ends[1])
    if len(first):
        labels = _labels(first, measure)
        wide = max(text_width(label, SMALL) for label in labels)
        foot = HEAD + SMALL + len(labels) * _ROW
        left = _clear_from(field, areas, foot, len(first))
        left = min(left, WIDTH - MARGIN - wide)
        for turn, (label, area) in enumerate(zip(labels, first.to_dict("records"), strict=True)):
            y = HEAD + SMALL + turn * _ROW
            _join(sheet, field, area, (left - 2, y - 0.36 * SMALL))
            sheet.text(left, y, label, size=SMALL, behind=True)
    if len(last):
        labels = _labels(last, measure)
        wide = max(text_width(label, SMALL) for label in labels)
        left = WIDTH - MARGIN - wide
        under = areas[areas["rank"].map(field.x) >= left - 20]
        highest = under["upper"].fillna(under["value"]).clip(upper=field.high).max()
        bottom = field.y(highest) - 12
        _join(sheet, field, last.iloc[-1], (field.x(field.count) - 1, bottom - 3))
        sheet.text(left, bottom - len(labels) * _ROW, ["Lowest", *labels], SMALL, behind=True)


def _labels(areas: pd.DataFrame, measure: str) -> list[str]:
    return [
        f"{row['words']} {words.number(row['value'], measure)}" for row in areas.to_dict("records")
    ]


def _clear_from(field: Field, areas: pd.DataFrame, foot: float, named: int) -> float:
    """Return how far right names must stand so that no interval reaches up to them."""
    upper = areas["upper"].fillna(areas["value"]).clip(upper=field.high)
    high = areas["rank"][(upper.map(field.y) < foot + 6) | (areas["rank"] <= named)]
    return field.x(high.max()) + 16


def _join(sheet: Sheet, field: Field, area: pd.Series | dict, end: tuple[float, float]) -> None:
    """Draw a thin line from an area's dot to a point of the sheet."""
    x, y = field.x(area["rank"]), field.y(area["value"])
    line = Line2D(
        np.array([x, end[0]]) / WIDTH,
        1 - np.array([y, end[1]]) / sheet.height,
        color=MUTED,
        linewidth=0.6,
        transform=sheet.figure.transFigure,
        zorder=0.5,
    )
    sheet.figure.add_artist(line)
