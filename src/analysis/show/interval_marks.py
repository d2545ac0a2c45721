"""The drawing of dot-and-interval plots: columns of labels, marks and values, panel by panel."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.disclosure.measures import RATIOS
from analysis.show import words
from analysis.show.sheet import (
    LINE,
    Sheet,
    plain_frame,
    round_ticks,
    set_ticks,
    text_width,
    wrap,
)
from analysis.show.style import BAND, INK, MARGIN, PAPER, SMALL, TEXT, WIDTH, Series

_LABELS = 178  # widest column of labels
_ROW = 19  # height of a row with one line of label
_AXIS, _GAP = 20, 6
_RATIOS = (0.1, 0.25, 0.5, 1, 2, 4, 10)
_NEAR_RATIOS = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6)  # where the scale is short


@dataclass(frozen=True)
class Panel:
    """Rows of one panel from top to bottom, and its comparator."""

    heading: str
    look: Series
    rows: pd.DataFrame
    comparator: pd.Series | None
    total: int


@dataclass(frozen=True)
class Layout:
    """Columns of the sheet in points, and the wrapped labels."""

    left: float
    right: float
    lines: dict[str, list[str]]

    @classmethod
    def of(cls, panels: list[Panel], measure: str) -> "Layout":
        texts = list(dict.fromkeys(text for each in panels for text in each.rows["words"]))
        lines = {text: wrap(text, _LABELS, TEXT, most=2) for text in texts}
        widest = max(text_width(line) for wrapped in lines.values() for line in wrapped)
        values = pd.concat([each.rows["value"] for each in panels])
        figures = max(text_width(words.number(value, measure)) for value in values)
        return cls(MARGIN + widest + 10, WIDTH - MARGIN - figures - 8, lines)

    def row_heights(self, panel: Panel) -> np.ndarray:
        extra = (LINE * TEXT * (len(self.lines[text]) - 1) for text in panel.rows["words"])
        return _ROW + np.fromiter(extra, dtype=float) * 0.9

    def panel_height(self, panel: Panel) -> float:
        return _head(panel) + self.row_heights(panel).sum() + _AXIS + _GAP


def _head(panel: Panel) -> float:
    """Height above the frame of a panel: its heading, and the name of its comparator."""
    return (18 if panel.heading else 2) + (16 if panel.comparator is not None else 4)


def scale(panels: list[Panel], is_ratio: bool) -> tuple[float, float]:
    """Range of the axis: from 0, and no longer for the sake of one very wide interval.

    Ratios stand on a logarithmic scale, with 1 in it.
    """
    rows = pd.concat([each.rows for each in panels])
    comparators = [each.comparator["value"] for each in panels if each.comparator is not None]
    highest = max([rows["value"].max(), *comparators, *([1.0] if is_ratio else [])])
    reach = rows["upper"].fillna(rows["value"]).clip(upper=1.6 * highest).max()
    high = 1.03 * max(reach, highest) or 1.0
    if not is_ratio:
        return min(0.0, rows["lower"].fillna(rows["value"]).min()), high
    lowest = min(rows["value"][rows["value"] > 0].min(), 1.0)
    return 0.95 * min(max(rows["lower"].fillna(lowest).min(), lowest / 1.6), 1.0), high


def draw_panel(
    sheet: Sheet,
    panel: Panel,
    layout: Layout,
    y: float,
    limit: tuple[float, float],
    measure: str,
) -> None:
    heights = layout.row_heights(panel)
    middles = heights.cumsum() - heights / 2
    top = y + _head(panel)
    axes = sheet.axes(layout.left, top, layout.right - layout.left, heights.sum())
    is_ratio = measure in RATIOS
    axes.set(xlim=limit, ylim=(heights.sum(), 0), yticks=[])
    if is_ratio:
        axes.set_xscale("log")
        axes.axvline(1, color=INK, linewidth=1.1)
        ratios = _NEAR_RATIOS if limit[1] / limit[0] < 8 else _RATIOS
        set_ticks(axes.xaxis, [t for t in ratios if limit[0] <= t <= limit[1]])
    else:
        set_ticks(axes.xaxis, round_ticks(*limit, most=4))
    plain_frame(axes, "bottom")
    if panel.heading:
        sheet.text(MARGIN, y + 15, panel.heading, size=12, bold=True)
    if panel.comparator is not None:
        _draw_comparator(sheet, axes, panel.comparator, layout, top, limit, measure)

    for middle, row in zip(middles, panel.rows.to_dict("records"), strict=True):
        lines = layout.lines[row["words"]]
        baseline = top + middle + 0.36 * TEXT - (len(lines) - 1) * LINE * TEXT / 2
        sheet.text(layout.left - 8, baseline, lines, align="right")
        sheet.text(
            WIDTH - MARGIN,
            top + middle + 0.36 * TEXT,
            words.number(row["value"], measure),
            align="right",
        )
    _draw_marks(axes, panel, middles, limit)


def _draw_marks(axes: Axes, panel: Panel, middles: np.ndarray, limit: tuple[float, float]) -> None:
    rows, look = panel.rows, panel.look
    with_limits = rows["lower"].notna().to_numpy()
    lower, upper = rows["lower"].to_numpy(), rows["upper"].to_numpy()
    axes.hlines(
        middles[with_limits],
        lower[with_limits],
        np.minimum(upper, limit[1])[with_limits],
        color=look.colour,
        linewidth=2,
    )
    beyond = with_limits & (upper > limit[1])
    axes.plot(
        np.full(beyond.sum(), limit[1]), middles[beyond], ">", color=look.colour, clip_on=False
    )
    for hollow in (False, True):
        chosen = (rows["unreliable"] == hollow).to_numpy()
        axes.plot(
            rows["value"].to_numpy()[chosen],
            middles[chosen],
            look.marker,
            color=look.colour,
            markerfacecolor=PAPER if hollow else look.colour,
            markersize=6.5,
            markeredgewidth=1.6,
            clip_on=False,
        )


def _draw_comparator(
    sheet: Sheet,
    axes: Axes,
    comparator: pd.Series,
    layout: Layout,
    top: float,
    limit: tuple[float, float],
    measure: str,
) -> None:
    if pd.notna(comparator["lower"]):
        axes.axvspan(comparator["lower"], comparator["upper"], color=BAND, linewidth=0)
    axes.axvline(comparator["value"], color=INK, linewidth=1.1, dashes=(4, 2))
    label = f"{comparator['words']}: {words.number(comparator['value'], measure)}"
    width = text_width(label, SMALL)
    share = (comparator["value"] - limit[0]) / (limit[1] - limit[0])
    middle = layout.left + share * (layout.right - layout.left)
    left = np.clip(middle - width / 2, layout.left, WIDTH - MARGIN - width)
    sheet.text(float(left), top - 6, label, size=SMALL)
