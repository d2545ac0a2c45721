"""Charts of one value over an ordered axis, a series for each colour: layout and lettering.

Series are named beside their last values, or by a key above where there are panels; a series has
a marker or a dash of its own as well as a colour.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.show import words
from analysis.show.axes import XAxis, labels_height, x_axis
from analysis.show.drawn import Drawn
from analysis.show.sheet import (
    LINE,
    Sheet,
    log_ticks,
    note_height,
    note_lines,
    round_ticks,
    spread,
    text_width,
    tick_words,
    wrap,
)
from analysis.show.style import (
    MARGIN,
    MUTED,
    SMALL,
    TEXT,
    WIDTH,
    Series,
    dash_of,
    in_order,
    series,
    series_label,
)

# More values than this on the axis are a line with a band, fewer are points with intervals.
MOST_POINTS = 26
# Measures of which nobody is near 0.
WITHOUT_ZERO = ("life_expectancy",)
_NAMES = 92  # widest names beside the ends of series
_GAP = 14  # between panels


@dataclass(frozen=True)
class Curves:
    """What to draw: columns of ``drawn.rows``, the words of the value axis, and its kind.

    ``log`` gives a logarithmic value axis; ``steps`` draws cumulative steps over days.
    """

    drawn: Drawn
    x: str
    colour: str | None
    panel: str | None
    unit: str
    log: bool = False
    steps: bool = False
    height: float = 250
    axis: XAxis = field(init=False)
    looks: dict[str, Series] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.drawn.rows
        groups = in_order(rows[self.colour].astype(str)) if self.colour else [""]
        object.__setattr__(self, "axis", x_axis(self.drawn.groups[self.x]))
        object.__setattr__(self, "looks", series(groups))

    @property
    def panels(self) -> list[str]:
        """Values of the panel column in order, or one nameless panel."""
        return in_order(self.drawn.rows[self.panel].astype(str)) if self.panel else [""]

    @property
    def has_bands(self) -> bool:
        """Whether intervals are bands round a line."""
        return len(self.axis.places) > MOST_POINTS

    @property
    def has_key(self) -> bool:
        """Whether series are named by a key, and not beside their ends."""
        return self.colour is not None and (len(self.panels) > 1 or self.steps)

    def in_panel(self, value: str) -> pd.DataFrame:
        """Return the rows of one panel."""
        rows = self.drawn.rows
        return rows[rows[self.panel].astype(str) == value] if self.panel else rows

    def of(self, rows: pd.DataFrame, group: str) -> pd.DataFrame:
        """Return one series over the whole axis, missing where no value is shown."""
        mine = rows[rows[self.colour].astype(str) == group] if self.colour else rows
        return mine.set_index(self.x)[["value", "lower", "upper", "unreliable"]].reindex(
            self.axis.places
        )


@dataclass(frozen=True)
class Scale:
    """Range and ticks of the value axis."""

    low: float
    high: float
    ticks: list[float]
    log: bool

    @classmethod
    def of(cls, curves: Curves) -> "Scale":
        """Return a scale from 0, or of powers of ten; one wide interval does not stretch it.

        Life expectancy has no use for 0: its scale holds the values and their intervals.
        """
        rows = curves.drawn.rows
        most, least = rows["value"].max(), rows["value"].min()
        reach = rows["upper"].fillna(rows["value"])
        if curves.drawn.measure in WITHOUT_ZERO:
            foot = rows["lower"].fillna(rows["value"]).min()
            margin = 0.05 * (reach.max() - foot) or 1.0
            low, high = foot - margin, reach.max() + margin
            return cls(low, high, round_ticks(low, high), False)
        if not curves.log:
            high = 1.05 * max(most, reach.clip(upper=1.6 * most).max()) or 1.0
            return cls(0.0, high, round_ticks(0.0, high), False)
        high = 1.15 * max(most, reach.clip(upper=5 * most).max())
        low = rows["lower"].where(rows["lower"] > 0).clip(lower=least / 4).min()
        low = 0.8 * np.nanmin([low, least])
        return cls(low, high, log_ticks(low, high), True)


def lay_out(curves: Curves, scale: Scale) -> tuple[Sheet, list[tuple[str, Axes]]]:
    """Return the sheet with all its lettering, and the empty axes of each panel."""
    panels = curves.panels
    across = min(len(panels), 2)
    down = -(-len(panels) // across)
    height = 150 if len(panels) > 1 else curves.height
    names = _series_names(curves)
    left = MARGIN + max(text_width(tick_words(tick)) for tick in scale.ticks) + 8
    right = MARGIN + 12
    if names and not curves.has_key:
        widths = [text_width(line, bold=True) for lines in names.values() for line in lines]
        right += max(widths) + 18
    width = (WIDTH - left - right - (across - 1) * _GAP) / across
    above = 20 if len(panels) > 1 else 8
    pitch = above + height + labels_height(curves.axis)
    key = _key(curves) if curves.has_key else []
    head = MARGIN + SMALL + 4 + (18 * (key[-1][1] + 1) if key else 0)

    small_print = note_lines(_note(curves, scale, height))
    sheet = Sheet(head + down * pitch + note_height(small_print) + MARGIN)
    sheet.text(MARGIN, MARGIN + SMALL, curves.unit, size=SMALL, colour=MUTED)
    sheet.note(small_print)
    _draw_key(sheet, curves, key)
    placed = []
    for turn, value in enumerate(panels):
        x = left + (turn % across) * (width + _GAP)
        y = head + (turn // across) * pitch + above
        axes = sheet.axes(x, y, width, height)
        axes.tick_params(labelleft=turn % across == 0)
        placed.append((value, axes))
        _name_axis(sheet, curves.axis, x, y + height, width)
        if len(panels) > 1:
            sheet.text(x, y - 6, _panel_name(curves, value), bold=True)
        if names and not curves.has_key:
            _name_ends(sheet, curves, scale, names, (x + width + 10, y, height))
    return sheet, placed


def _panel_name(curves: Curves, value: str) -> str:
    name = series_label(value) if curves.panel == "sex" else words.place(curves.panel, value)
    return name[:1].upper() + name[1:]


def _series_names(curves: Curves) -> dict[str, list[str]]:
    """Names of the series, wrapped to stand beside their ends."""
    if curves.colour is None:
        return {}
    return {group: wrap(series_label(group), _NAMES) for group in curves.looks}


def _name_axis(sheet: Sheet, axis: XAxis, left: float, bottom: float, width: float) -> None:
    y = bottom + 2.45 * TEXT + 4
    first, last = axis.ends
    sheet.text(left, y, first, size=SMALL, colour=MUTED)
    sheet.text(left + width, y, last, size=SMALL, colour=MUTED, align="right")
    taken = text_width(first, SMALL) + text_width(last, SMALL) + text_width(axis.name, SMALL)
    if taken + 24 < width:
        sheet.text(left + width / 2, y, axis.name, size=SMALL, colour=MUTED, align="center")


def _name_ends(
    sheet: Sheet,
    curves: Curves,
    scale: Scale,
    names: dict[str, list[str]],
    place: tuple[float, float, float],
) -> None:
    """Name each series beside its last value, with its marker."""
    left, top, height = place
    ends = {}
    for group in names:
        last = curves.of(curves.drawn.rows, group)["value"].dropna().iloc[-1]
        along = (last, scale.low, scale.high)
        value, low, high = np.log10(along) if scale.log else along
        ends[group] = top + (high - value) / (high - low) * height
    most = max(len(lines) for lines in names.values())
    at = spread(list(ends.values()), LINE * TEXT * most + (most > 1) * 4, top, top + height)
    for group, y in zip(ends, at, strict=True):
        lines, look = names[group], curves.looks[group]
        first = float(y) + 0.36 * TEXT - (len(lines) - 1) * LINE * TEXT / 2
        sheet.mark(left, first - 0.36 * TEXT, look)
        sheet.text(left + 8, first, lines, colour=look.text, bold=True)


def _key(curves: Curves) -> list[tuple[float, int]]:
    """Where each series stands in the key: how far along, and in which line."""
    places, x, line = [], 0.0, 0
    for group in curves.looks:
        width = text_width(series_label(group), bold=True) + (30 if curves.steps else 16)
        if x and x + width > WIDTH - 2 * MARGIN:
            x, line = 0.0, line + 1
        places.append((MARGIN + x, line))
        x += width + 14
    return places


def _draw_key(sheet: Sheet, curves: Curves, key: list[tuple[float, int]]) -> None:
    for turn, (x, line) in enumerate(key):
        group, look = list(curves.looks.items())[turn]
        y = MARGIN + SMALL + 18 * (line + 1)
        if curves.steps:
            dash, thick = dash_of(group, list(curves.looks))
            sheet.rule(x, y - 0.36 * TEXT, 22, look.colour, thick, linestyle=dash)
        else:
            sheet.mark(x + 4, y - 0.36 * TEXT, look)
        left = x + (27 if curves.steps else 12)
        sheet.text(left, y, series_label(group), colour=look.text, bold=True)


def _note(curves: Curves, scale: Scale, height: float) -> str:
    rows = curves.drawn.rows
    ends = rows[["lower", "upper"]].clip(lower=scale.low)
    ends = np.log10(ends) if scale.log else ends
    whole = np.log10(scale.high / scale.low) if scale.log else scale.high - scale.low
    narrow = (ends["upper"] - ends["lower"]) / whole * height < 6
    if curves.has_bands:
        return words.note(curves.drawn, "Bands show")
    return words.note(curves.drawn, too_narrow=bool(narrow.any()))
