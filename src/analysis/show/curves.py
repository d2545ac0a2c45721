"""The engine of charts of one value over an ordered axis, a series for each colour.

Points with intervals where there are few values on the axis, lines with bands where there are
many. A value that is not shown breaks its line. Series are labelled directly, or by a key above
the panels; each has a marker of its own.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.show import words
from analysis.show.axes import XAxis, tallest_label, x_axis
from analysis.show.drawn import Drawn
from analysis.show.sheet import (
    Sheet,
    log_axis,
    note_height,
    note_lines,
    number_axis,
    plain_frame,
    spread,
    text_width,
    tick_words,
)
from analysis.show.style import (
    INK,
    MARGIN,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDTH,
    Series,
    in_order,
    series,
    series_label,
)

# More values than this on the axis are a line with a band, fewer are points with intervals.
MOST_POINTS = 26


@dataclass(frozen=True)
class Curves:
    """What to draw: columns of ``drawn.rows``, the words of the value axis, and its kind."""

    drawn: Drawn
    x: str
    colour: str | None
    panel: str | None
    unit: str
    log: bool = False
    steps: bool = False
    height: float = 250
    extra_note: str = ""
    axis: XAxis = field(init=False)
    looks: dict[str, Series] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.drawn.rows
        groups = in_order(rows[self.colour].astype(str)) if self.colour else [""]
        object.__setattr__(self, "axis", x_axis(rows, self.x))
        object.__setattr__(self, "looks", series(groups))

    @property
    def has_bands(self) -> bool:
        """Whether intervals are bands round a line."""
        return len(self.axis.values) > MOST_POINTS

    def of(self, rows: pd.DataFrame, group: str) -> pd.DataFrame:
        """Return one series over the whole axis, missing where no value is shown."""
        mine = rows[rows[self.colour].astype(str) == group] if self.colour else rows
        return mine.set_index(self.x)[["value", "lower", "upper", "unreliable"]].reindex(
            self.axis.values
        )


def draw_curves(curves: Curves) -> Sheet:
    """Return the sheet with the curves on it."""
    rows, panel = curves.drawn.rows, curves.panel
    panels = in_order(rows[panel].astype(str)) if panel else [""]
    has_key = bool(curves.colour) and (len(panels) > 1 or curves.steps)
    across = 2 if len(panels) > 1 else 1
    down = -(-len(panels) // across)
    height = 150 if len(panels) > 1 else curves.height

    low, high, ticks = _scale(curves)
    left = MARGIN + max(text_width(tick_words(tick)) for tick in ticks) + 8
    labels = [series_label(group) for group in curves.looks]
    right = MARGIN + 6
    if curves.colour and not has_key:
        right += max(text_width(label, TEXT, bold=True) for label in labels) + 6
    gap = 14
    width = (WIDTH - left - right - (across - 1) * gap) / across
    above = 20 if len(panels) > 1 else 8
    below = tallest_label(curves.axis)
    head = MARGIN + SMALL + 4 + (18 if has_key else 0)

    note = " ".join(part for part in (_note(curves), curves.extra_note) if part)
    small_print = note_lines(note)
    total = head + down * (above + height + below) + note_height(small_print) + MARGIN
    sheet = Sheet(total)
    sheet.text(MARGIN, MARGIN + SMALL, curves.unit, size=SMALL, colour=MUTED)
    if has_key:
        _draw_key(sheet, curves, MARGIN + SMALL + 18)
    for turn, value in enumerate(panels):
        x = left + (turn % across) * (width + gap)
        y = head + (turn // across) * (above + height + below) + above
        mine = rows[rows[panel].astype(str) == value] if panel else rows
        axes = sheet.axes(x, y, width, height)
        _draw_panel(curves, axes, mine, (low, high), ticks, width, has_ticks=turn % across == 0)
        _name_axis(sheet, curves.axis, x, y + height, width)
        if len(panels) > 1:
            heading = words.place(panel, value)
            sheet.text(x, y - 6, series_label(value) if panel == "sex" else heading, bold=True)
        if curves.colour and not has_key:
            _label_ends(sheet, curves, mine, axes, (x + width + 10, y, height))
    sheet.note(small_print)
    return sheet


def _scale(curves: Curves) -> tuple[float, float, list[float]]:
    """Range and ticks of the value axis: from 0, or whole powers of ten on a logarithmic one."""
    rows = curves.drawn.rows
    highest = rows["upper"].fillna(rows["value"]).clip(upper=2.5 * rows["value"].max()).max()
    highest = max(highest, rows["value"].max())
    if curves.log:
        reach = rows["lower"].where(rows["lower"] > 0).fillna(rows["value"] / 3)
        low = 10 ** np.floor(np.log10(reach.clip(lower=rows["value"].min() / 5).min()))
        high = 10 ** np.ceil(np.log10(highest))
        exponents = np.arange(np.log10(low), np.log10(high) + 0.5)
        return low, high, (10.0**exponents).tolist()
    figure = Sheet(10).axes(0, 0, 10, 10)
    figure.set_ylim(0, 1.05 * highest or 1)
    number_axis(figure.yaxis, ticks=5)
    top = 1.05 * highest or 1.0
    return 0.0, top, [tick for tick in figure.yaxis.get_majorticklocs() if 0 <= tick <= top]


def _draw_panel(
    curves: Curves,
    axes: Axes,
    rows: pd.DataFrame,
    limits: tuple[float, float],
    ticks: list[float],
    width: float,
    has_ticks: bool,
) -> None:
    axis = curves.axis
    edge = 0 if axis.is_scale else 0.5
    low, high = axis.positions[0] - edge, axis.positions[-1] + edge
    if curves.log:
        axes.set_yscale("log")
        log_axis(axes.yaxis, ticks)
    else:
        number_axis(axes.yaxis)
        axes.set_yticks(ticks)
    axes.set(xlim=(low, high), ylim=limits)
    axes.tick_params(labelleft=has_ticks)
    plain_frame(axes, "bottom")
    if curves.steps:
        root = (lambda value: np.sqrt(np.maximum(value, 0)), np.square)
        axes.set_xscale("function", functions=root)
        shown = _delay_ticks(axis, high)
        axes.set_xticks(shown, [tick_words(tick) for tick in shown])
    else:
        shown = axis.fitting(width, low, high)
        axes.set_xticks(axis.positions[shown], [axis.labels[turn] for turn in shown])
    axes.tick_params(axis="x", length=3, pad=3)
    dodge = 0.22 if len(curves.looks) > 1 and not axis.is_scale and not curves.has_bands else 0
    middle = (len(curves.looks) - 1) / 2
    for turn, (group, look) in enumerate(curves.looks.items()):
        shift = (turn - middle) * dodge
        _draw_series(axes, curves, curves.of(rows, group), look, axis.positions + shift)


def _draw_series(
    axes: Axes, curves: Curves, one: pd.DataFrame, look: Series, at: np.ndarray
) -> None:
    value, lower, upper = (one[c].to_numpy(dtype=float) for c in ("value", "lower", "upper"))
    unreliable = one["unreliable"].eq(True).to_numpy()
    if curves.steps:
        axes.step(at, value, color=look.colour, linewidth=2, where="post")
        return
    if curves.has_bands:
        axes.fill_between(at, lower, upper, color=look.colour, alpha=0.18, linewidth=0)
        axes.plot(at, value, color=look.colour, linewidth=2)
        shown = unreliable
    else:
        axes.plot(at, value, color=look.colour, linewidth=1.1, alpha=0.55)
        axes.vlines(at, lower, upper, color=look.colour, linewidth=1.8)
        shown = ~np.isnan(value)
    for hollow in (False, True):
        chosen = shown & (unreliable == hollow)
        axes.plot(
            at[chosen],
            value[chosen],
            look.marker,
            color=look.colour,
            markerfacecolor=PAPER if hollow else look.colour,
            markersize=5,
            markeredgewidth=1.4,
            clip_on=False,
        )


def _delay_ticks(axis: XAxis, high: float) -> list[float]:
    wanted = [0, 1, 3, 7, 14, 30, 60, 90, 180, 270, 365, 548, 730]
    kept = [tick for tick in wanted if axis.positions[0] <= tick <= high]
    return kept if len(kept) > 1 else [axis.positions[0], high]


def _name_axis(sheet: Sheet, axis: XAxis, left: float, bottom: float, width: float) -> None:
    y = bottom + 2.45 * TEXT + 4
    first, last = axis.ends
    if first:
        sheet.text(left, y, first, size=SMALL, colour=MUTED)
        sheet.text(left + width, y, last, size=SMALL, colour=MUTED, align="right")
    taken = text_width(first, SMALL) + text_width(last, SMALL) + text_width(axis.name, SMALL)
    if axis.name and taken + 24 < width:
        sheet.text(left + width / 2, y, axis.name, size=SMALL, colour=MUTED, align="center")


def _label_ends(
    sheet: Sheet,
    curves: Curves,
    rows: pd.DataFrame,
    axes: Axes,
    place: tuple[float, float, float],
) -> None:
    """Name each series beside its last value."""
    left, top, height = place
    ends = {}
    for group in curves.looks:
        values = curves.of(rows, group)["value"].dropna()
        if len(values):
            share = axes.transAxes.inverted().transform(
                axes.transData.transform((0, values.iloc[-1]))
            )[1]
            ends[group] = top + (1 - share) * height
    at = spread(list(ends.values()), 1.25 * TEXT, top + 4, top + height - 4)
    for group, y in zip(ends, at, strict=True):
        look = curves.looks[group]
        sheet.text(left, float(y) + 0.36 * TEXT, series_label(group), colour=look.text, bold=True)


def _draw_key(sheet: Sheet, curves: Curves, y: float) -> None:
    x = MARGIN + 5.0
    for group, look in curves.looks.items():
        label = series_label(group)
        line = sheet.axes(x - 5, y - 9, 12, 12)
        line.set(xlim=(-1, 1), ylim=(-1, 1))
        line.axis("off")
        if curves.steps:
            line.plot([-1, 1], [0, 0], color=look.colour, linewidth=2)
        else:
            line.plot([0], [0], look.marker, color=look.colour, markersize=6)
        sheet.text(x + 12, y, label, colour=look.text, bold=True)
        x += text_width(label, TEXT, bold=True) + 30


def _note(curves: Curves) -> str:
    return words.note(curves.drawn, "Bands show" if curves.has_bands else "Lines show")


def curve_sentences(curves: Curves) -> list[str]:
    """Return a sentence on each series: its first and last values, its highest and lowest."""
    drawn, x, sentences = curves.drawn, curves.x, []
    panels = in_order(drawn.rows[curves.panel].astype(str)) if curves.panel else [""]
    for value in panels:
        mine = drawn.rows
        if curves.panel:
            mine = mine[mine[curves.panel].astype(str) == value]
        for group in curves.looks:
            one = curves.of(mine, group).dropna(subset=["value"])
            if len(one):
                heads = [words.place(curves.panel, value) if curves.panel else "", series_label(group)]
                head = ", ".join(part for part in heads if part)
                sentences.append(_sentence(head, one, x, drawn.measure))
    return sentences


def _sentence(head: str, one: pd.DataFrame, x: str, measure: str) -> str:
    def said(at: object) -> str:
        return f"{words.number(one.loc[at, 'value'], measure)} in {words.place(x, at)}"

    text = f"from {said(one.index[0])} to {said(one.index[-1])}"
    text += f"; highest {said(one['value'].idxmax())}, lowest {said(one['value'].idxmin())}."
    return f"{head}: {text}" if head else text[:1].upper() + text[1:]
