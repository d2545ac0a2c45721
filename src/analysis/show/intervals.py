"""Dot-and-interval plots: one row per group, ordered, beside a comparator."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.sheet import (
    LINE,
    Sheet,
    note_height,
    note_lines,
    number_axis,
    plain_frame,
    text_width,
    wrap,
)
from analysis.show.style import (
    BAND,
    INK,
    MARGIN,
    MUTED,
    PAPER,
    PLAIN,
    SMALL,
    TEXT,
    WIDTH,
    Series,
    house_style,
    in_order,
    series,
    series_label,
)
from analysis.vocabulary import shown_code

_LABELS = 168  # widest column of labels
_ROW = 19  # height of a row with one line of label
_HEADING, _AXIS, _GAP = 34, 22, 8


def intervals(
    table: object,
    label: str,
    panel: str | None = None,
    measure: str = "asmr",
    order: bool = True,
    reference: str | None = None,
    top: int | None = None,
    names: Mapping[str, str] | None = None,
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return a plot of one value and its interval per row: 5 to 40 rows in a panel.

    Parameters
    ----------
    table
        A protected table; ``label`` and ``panel`` must tell its rows apart.
    label
        Column of the names of the rows.
    panel
        Column with a panel for each of its values, such as ``sex``. Panels share one scale and
        are ordered each by itself.
    measure
        Measure to draw; its limits, where the table has them, are drawn as a line.
    order
        Highest value first; otherwise the order of the table.
    reference
        Value of ``label`` whose row is the comparator: drawn as a line through the others, not as
        a row. Rows whose interval does not touch the comparator's are filled; that is said below.
    top
        Draw only so many rows, those with the highest values, in each panel.
    names
        Words for the codes of ``label``.
    unit
        Words of the axis, instead of those of the measure.
    caption, name
        Caption (the table's title by default) and id (the table's name and ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown,
        or no comparator of that name.
    """
    drawn = drawn_rows(table, measure, [label, *([panel] if panel else [])])
    unit = unit or words.unit_words(measure)
    panels = _panels(drawn, label, panel, order, reference, top, names or {})
    small_print = note_lines(_note(drawn, panels, reference, top, label, names or {}))

    with house_style():
        layout = _Layout.of(panels, measure)
        sheet = Sheet(layout.height(panels) + note_height(small_print) + MARGIN)
        limit = _scale(panels)
        y = MARGIN
        for each in panels:
            _draw_panel(sheet, each, layout, y, limit, measure, unit, is_last=each is panels[-1])
            y += layout.panel_height(each, is_last=each is panels[-1])
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, panels, label, unit, top),
            data=drawn.data(),
            marks=len(drawn.rows),
        )


@dataclass(frozen=True)
class _Panel:
    """Rows of one panel from top to bottom, and its comparator."""

    heading: str
    look: Series
    rows: pd.DataFrame
    comparator: pd.Series | None
    total: int


def _panels(
    drawn: Drawn,
    label: str,
    panel: str | None,
    order: bool,
    reference: str | None,
    top: int | None,
    names: Mapping[str, str],
) -> list[_Panel]:
    labels = drawn.rows[label].astype(str)
    titled = drawn.rows.assign(words=labels.map(lambda code: names.get(code, shown_code(code))))
    panels = []
    for value in in_order(titled[panel].astype(str)) if panel else [""]:
        mine = titled[titled[panel].astype(str) == value] if panel else titled
        is_comparator = mine[label].astype(str) == reference
        if reference is not None and not is_comparator.any():
            raise DisclosureError(
                f"Table {drawn.name!r}: no row of {label} is {reference!r}"
                f"{f' where {panel} is {value}' if panel else ''}, or its value is not shown.\n"
                "Name a row of the table as the comparator, or leave `reference` out."
            )
        rows = mine[~is_comparator]
        if order:
            rows = rows.sort_values("value", ascending=False, kind="stable")
        panels.append(
            _Panel(
                heading=series_label(value) if panel else "",
                look=series([value])[value] if panel == "sex" else PLAIN,
                rows=rows.head(top) if top else rows,
                comparator=mine[is_comparator].iloc[0] if reference is not None else None,
                total=len(rows),
            )
        )
    return panels


@dataclass(frozen=True)
class _Layout:
    """Columns of the sheet in points, and the wrapped labels."""

    left: float
    right: float
    lines: dict[str, list[str]]

    @classmethod
    def of(cls, panels: list[_Panel], measure: str) -> "_Layout":
        texts = list(dict.fromkeys(text for each in panels for text in each.rows["words"]))
        lines = {text: wrap(text, _LABELS, TEXT, most=2) for text in texts}
        widest = max((text_width(line) for wrapped in lines.values() for line in wrapped))
        values = pd.concat([each.rows["value"] for each in panels])
        figures = max(text_width(words.number(value, measure)) for value in values)
        return cls(MARGIN + widest + 10, WIDTH - MARGIN - figures - 8, lines)

    def row_heights(self, panel: _Panel) -> np.ndarray:
        extra = (LINE * TEXT * (len(self.lines[text]) - 1) for text in panel.rows["words"])
        return _ROW + np.fromiter(extra, dtype=float) * 0.9

    def panel_height(self, panel: _Panel, is_last: bool) -> float:
        heading = _HEADING if panel.heading or panel.comparator is not None else 14
        return heading + self.row_heights(panel).sum() + _AXIS + (14 if is_last else _GAP)

    def height(self, panels: list[_Panel]) -> float:
        return MARGIN + sum(self.panel_height(each, each is panels[-1]) for each in panels)


def _scale(panels: list[_Panel]) -> tuple[float, float]:
    """Range of the axis: from 0, and no longer for the sake of one very wide interval."""
    rows = pd.concat([each.rows for each in panels])
    comparators = [each.comparator["value"] for each in panels if each.comparator is not None]
    highest = max([rows["value"].max(), *comparators])
    reach = rows["upper"].fillna(rows["value"]).clip(upper=1.6 * highest).max()
    return min(0.0, rows["lower"].fillna(rows["value"]).min()), 1.03 * max(reach, highest) or 1.0


def _draw_panel(
    sheet: Sheet,
    panel: _Panel,
    layout: _Layout,
    y: float,
    limit: tuple[float, float],
    measure: str,
    unit: str,
    is_last: bool,
) -> None:
    heights = layout.row_heights(panel)
    middles = heights.cumsum() - heights / 2
    top = y + (_HEADING if panel.heading or panel.comparator is not None else 14)
    axes = sheet.axes(layout.left, top, layout.right - layout.left, heights.sum())
    axes.set(xlim=limit, ylim=(heights.sum(), 0), yticks=[])
    number_axis(axes.xaxis, ticks=4)
    plain_frame(axes, "bottom")
    if is_last:
        sheet.text(layout.left, top + heights.sum() + _AXIS + 10, unit, size=SMALL, colour=MUTED)
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


def _draw_marks(
    axes: Axes, panel: _Panel, middles: np.ndarray, limit: tuple[float, float]
) -> None:
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
    layout: _Layout,
    top: float,
    limit: tuple[float, float],
    measure: str,
) -> None:
    if pd.notna(comparator["lower"]):
        axes.axvspan(comparator["lower"], comparator["upper"], color=BAND, linewidth=0)
    axes.axvline(comparator["value"], color=INK, linewidth=1.1, dashes=(4, 2))
    label = f"{comparator['words']} {words.number(comparator['value'], measure)}"
    width = text_width(label, SMALL)
    share = (comparator["value"] - limit[0]) / (limit[1] - limit[0])
    middle = layout.left + share * (layout.right - layout.left)
    left = np.clip(middle - width / 2, layout.left, WIDTH - MARGIN - width)
    sheet.text(float(left), top - 6, label, size=SMALL)


def _note(
    drawn: Drawn,
    panels: list[_Panel],
    reference: str | None,
    top: int | None,
    label: str,
    names: Mapping[str, str],
) -> str:
    parts = [words.note(drawn)]
    if reference is not None:
        shown = names.get(reference, shown_code(reference))
        parts.append(f"Dashed line and band: {shown[:1].lower() + shown[1:]}, with its interval.")
    if top and max(each.total for each in panels) > top:
        each = " of each panel" if len(panels) > 1 else ""
        parts.append(f"Only the {top} highest{each} are drawn; the table has them all.")
    return " ".join(part for part in parts if part)


def _alt(drawn: Drawn, panels: list[_Panel], label: str, unit: str, top: int | None) -> str:
    measure = drawn.measure
    parts = [
        f"Dot-and-interval plot of the {words.measure_words(measure)} ({unit[:1].lower()}{unit[1:]})"
        f" by {words.plural(label)}."
    ]
    for each in panels:
        high, low = (each.rows.loc[each.rows["value"].idxmax()], each.rows.loc[each.rows["value"].idxmin()])
        count = f"{len(each.rows)} {words.plural(label)}" + (
            f", the highest of {each.total}" if top and each.total > top else ""
        )
        sentence = (
            f"{each.heading + ', ' if each.heading else ''}{count}: highest in {high['words']}, "
            f"{words.value_words(high, measure)}; lowest in {low['words']}, "
            f"{words.value_words(low, measure)}"
        )
        if each.comparator is not None:
            value = words.value_words(each.comparator, measure)
            sentence += f"; the comparator, {each.comparator['words']}, is at {value}"
        parts.append(sentence[:1].upper() + sentence[1:] + ".")
    return " ".join([*parts, words.reliability(drawn)]).strip()
