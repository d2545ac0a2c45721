"""Stacked columns of counts over an ordered axis.

A column stands only where all its parts are shown: a column without one of them would look like
a smaller total, and hint at the part that is hidden.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.axes import XAxis, labels_height, x_axis
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.sheet import (
    LINE,
    Sheet,
    note_height,
    note_lines,
    plain_frame,
    round_ticks,
    set_ticks,
    spread,
    text_width,
    tick_words,
    wrap,
)
from analysis.show.style import (
    MARGIN,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDTH,
    house_style,
    in_order,
    series,
    series_label,
)

_HEIGHT, _HEAD, _NAMES = 250, MARGIN + SMALL + 12, 92


def stacked(
    table: object,
    x: str,
    stack: str,
    measure: str = "numerator",
    order: list[str] | None = None,
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return columns of counts in parts, such as deaths by month, with and without COVID-19.

    Parameters
    ----------
    table
        A protected table; ``x`` and ``stack`` must tell its rows apart, and the values of
        ``stack`` must not overlap (leave totals out with ``Table.select``).
    x
        Ordered column, such as ``month``.
    stack
        Column of the parts.
    order
        Values of ``stack`` from the bottom up; by default the part with most is at the bottom.
    measure, unit, caption, name
        Measure to draw, words of its axis, caption (the table's title by default) and id (the
        table's name and ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown.
    """
    drawn = drawn_rows(table, measure, [x, stack])
    unit = unit or words.unit_words(measure)
    axis = x_axis(drawn.groups[x])
    wide = drawn.rows.assign(part=drawn.rows[stack].astype(str)).pivot(
        index=x, columns="part", values="value"
    )
    wide = wide.reindex(index=axis.places, columns=drawn.groups[stack].astype(str).unique())
    wide = wide[order or _by_size(wide)]
    whole = wide.dropna()
    if whole.empty:
        raise DisclosureError(
            f"Table {drawn.name!r}: in no {words.noun(x)} are all parts of {stack} shown.\n"
            "There is no whole column to draw: draw fewer parts."
        )
    small_print = note_lines(_note(drawn, len(wide) - len(whole), x))
    names = {part: wrap(series_label(part), _NAMES) for part in wide.columns}

    with house_style():
        sheet = Sheet(_HEAD + _HEIGHT + labels_height(axis) + note_height(small_print) + MARGIN)
        sheet.text(MARGIN, MARGIN + SMALL, unit, size=SMALL, colour=MUTED)
        sheet.note(small_print)
        frame = _Frame.of(whole, axis, names)
        _draw_axes(sheet, frame, axis)
        _draw_columns(sheet, frame, axis, whole, measure)
        _name_parts(sheet, frame, whole, names)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, whole, x, stack, unit),
            data=drawn.data(),
            marks=wide.size,
            drawn=drawn.read,
        )


def _by_size(wide: pd.DataFrame) -> list[str]:
    largest_first = wide.sum().sort_values(ascending=False, kind="stable").index
    return list(largest_first) if len(largest_first) < 3 else in_order(list(largest_first))


@dataclass(frozen=True)
class _Frame:
    """Where the columns stand on the sheet, in points."""

    left: float
    width: float
    high: float
    ticks: list[float]
    count: int

    @classmethod
    def of(cls, whole: pd.DataFrame, axis: XAxis, names: dict[str, list[str]]) -> "_Frame":
        high = 1.05 * whole.sum(axis=1).max() or 1.0
        ticks = round_ticks(0.0, high)
        left = MARGIN + max(text_width(tick_words(tick)) for tick in ticks) + 8
        widest = max(text_width(line, bold=True) for lines in names.values() for line in lines)
        return cls(left, WIDTH - left - MARGIN - widest - 14, high, ticks, len(axis.places))

    def x(self, turn: float) -> float:
        return self.left + (turn + 0.5) / self.count * self.width

    def y(self, value: float) -> float:
        return _HEAD + (1 - value / self.high) * _HEIGHT


def _draw_axes(sheet: Sheet, frame: _Frame, axis: XAxis) -> None:
    axes = sheet.axes(frame.left, _HEAD, frame.width, _HEIGHT)
    axes.set(xlim=(-0.5, frame.count - 0.5), ylim=(0, frame.high))
    set_ticks(axes.yaxis, frame.ticks)
    evenly = replace(axis, positions=np.arange(frame.count, dtype=float))
    shown = evenly.fitting(frame.width, -0.5, frame.count - 0.5)
    axes.set_xticks(evenly.positions[shown], [axis.labels[turn] for turn in shown])
    axes.tick_params(axis="x", length=0, pad=5)
    plain_frame(axes, "bottom")
    y = _HEAD + _HEIGHT + 2.45 * TEXT + 4
    sheet.text(frame.left + frame.width / 2, y, axis.name, SMALL, "center", MUTED)


def _draw_columns(
    sheet: Sheet, frame: _Frame, axis: XAxis, whole: pd.DataFrame, measure: str
) -> None:
    """Draw the columns; a part holds its number where that fits, the top one's may stand above."""
    at = np.array([axis.places.index(value) for value in whole.index], dtype=float)
    axes = sheet.figure.axes[0]
    feet = whole.cumsum(axis=1) - whole
    for part, look in series(list(whole.columns)).items():
        sizes, low = whole[part].to_numpy(), feet[part].to_numpy()
        axes.bar(at, sizes, 0.72, low, color=look.colour, edgecolor=PAPER, linewidth=0.8)
        for turn, foot, size in zip(at, low, sizes, strict=True):
            text = words.number(size, measure)
            if text_width(text, SMALL) > 0.7 * frame.width / frame.count:
                continue
            if size / frame.high * _HEIGHT > 1.4 * SMALL:
                y, ink = frame.y(foot + size / 2) + 0.36 * SMALL, _ink_on(look.colour)
                sheet.text(frame.x(turn), y, text, SMALL, "center", ink)
            elif part == whole.columns[-1]:
                y = frame.y(foot + size) - 4
                sheet.text(frame.x(turn), y, text, SMALL, "center", look.text)


def _name_parts(
    sheet: Sheet, frame: _Frame, whole: pd.DataFrame, names: dict[str, list[str]]
) -> None:
    """Name the parts beside the last column."""
    last = whole.iloc[-1]
    wanted = [frame.y(middle) for middle in last.cumsum() - last / 2]
    most = max(len(lines) for lines in names.values())
    places = spread(wanted, LINE * TEXT * most + 4, _HEAD, _HEAD + _HEIGHT)
    for (part, look), y in zip(series(list(whole.columns)).items(), places, strict=True):
        first = float(y) + 0.36 * TEXT - (len(names[part]) - 1) * LINE * TEXT / 2
        x = frame.left + frame.width + 6
        sheet.text(x, first, names[part], colour=look.text, bold=True)


def _ink_on(colour: str) -> str:
    """Return white or black, whichever is more legible on ``colour``."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < 130 else "#000000"


def _note(drawn: Drawn, broken: int, x: str) -> str:
    text = words.reliability(drawn)
    if broken:
        text += f" {words.counted(broken, x)} with a part that is not shown: no column is drawn."
    return text.strip()


def _alt(drawn: Drawn, whole: pd.DataFrame, x: str, stack: str, unit: str) -> str:
    columns = "; ".join(
        f"{words.place(x, at)}: "
        + words.listed(
            [f"{series_label(part)} {words.number(row[part], drawn.measure)}" for part in row.index]
        )
        for at, row in whole.iterrows()
    )
    opening = (
        f"Stacked columns of {words.lower_first(unit)} by {words.noun(x)} and {words.noun(stack)}."
    )
    if len(whole) > 12:
        columns = "; ".join(_part_words(drawn, whole[part], x) for part in whole.columns)
    return " ".join([opening, columns + ".", words.reliability(drawn)]).strip()


def _part_words(drawn: Drawn, values: pd.Series, x: str) -> str:
    high, low = values.idxmax(), values.idxmin()
    return (
        f"{series_label(values.name)}: highest {words.number(values[high], drawn.measure)} "
        f"{words.where(x, high)}, lowest {words.number(values[low], drawn.measure)} "
        f"{words.where(x, low)}"
    )
