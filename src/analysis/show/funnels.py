"""Funnel plots: areas against the limits within which chance alone would leave them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.sheet import (
    Sheet,
    log_ticks,
    note_height,
    note_lines,
    plain_frame,
    round_ticks,
    set_ticks,
    spread,
    text_width,
    tick_words,
)
from analysis.show.style import INK, MARGIN, MUTED, PAPER, SMALL, TEXT, WIDTH, Series, house_style
from analysis.vocabulary import FUNNEL_PLACES, shown_code

_HEAD, _HEIGHT, _FOOT = MARGIN + SMALL + 30, 280, 38
_INSIDE = Series("#8fa3b5", "o", "#4d6275")
_OUTER = Series("#28a197", "^", "#17706a")
_BEYOND = Series("#801650", "D", "#801650")
_ABOVE_998, _ABOVE_95, _INSIDE_95, _BELOW_95, _BELOW_998 = FUNNEL_PLACES
LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")


def funnel(
    table: object,
    label: str,
    x: str = "expected",
    measure: str = "smr",
    target: float = 1.0,
    limits: tuple[str, str, str, str] = LIMITS,
    named: int = 3,
    names: Mapping[str, str] | None = None,
    unit: str | None = None,
    x_unit: str = "Expected deaths, logarithmic scale",
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return a funnel plot of areas, with 95% and 99.8% limits: tens to thousands of areas.

    Parameters
    ----------
    table
        A protected table with a row per area: ``measure``, ``x`` and the four ``limits``, which
        are those of an area of that size if it differed from the target by chance alone. With a
        measure ``place`` (``vocabulary.FUNNEL_PLACES``) areas are classed as it says, which is
        exact, else by the rounded values.
    label
        Column of the names of the areas.
    x
        Size of the area, above 0: expected deaths for a ratio, people for a rate.
    target
        Value at which areas would lie but for chance.
    limits
        Columns of the lower and upper 95% limits, then of the 99.8% limits.
    named
        How many areas are named, those highest above the 99.8% limit relative to the target.
    names
        Words for the codes of ``label``.
    unit, x_unit, caption, name
        Words of the axes, caption (the table's title by default) and id (the table's name and
        ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown.
    """
    drawn = drawn_rows(table, measure, [label])
    sides = [drawn_rows(table, column, [label]) for column in (x, *limits)]
    values = [side.rows.set_index(label)["value"] for side in sides]
    areas = drawn.rows.set_index(label)
    areas = areas.assign(**dict(zip(("size", *LIMITS), values, strict=True)))
    areas = areas.assign(place=_classes(areas, table.frame.set_index(label).get("place")))
    areas = areas[(areas["size"] > 0) & areas[list(LIMITS)].notna().all(axis=1)].reset_index()
    if areas.empty:
        raise DisclosureError(
            f"Table {drawn.name!r}: no area has a value, a size above 0 and all limits.\n"
            f"A funnel needs {x} and {', '.join(limits)} beside {measure}."
        )
    drawn = drawn.keep(areas, "without a size or limits")
    unit = unit or words.unit_words(measure)
    shown = [(names or {}).get(code, shown_code(code)) for code in areas[label].astype(str)]
    areas = areas.assign(words=shown)
    top = areas[areas["place"] == _ABOVE_998].nlargest(named, "value")
    small_print = note_lines(_note(drawn, areas))

    with house_style():
        sheet = Sheet(_HEAD + _HEIGHT + _FOOT + note_height(small_print) + MARGIN)
        _draw(sheet, areas, top, target, measure)
        sheet.text(MARGIN, MARGIN + SMALL, unit, size=SMALL, colour=MUTED)
        sheet.text(WIDTH / 2, _HEAD + _HEIGHT + _FOOT - 6, x_unit, SMALL, "center", MUTED)
        _draw_key(sheet)
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, areas, top, label, unit),
            data=drawn.data(),
            marks=len(areas),
            drawn=[read for one in (drawn, *sides) for read in one.read],
        )


def _classes(areas: pd.DataFrame, told: pd.Series | None) -> pd.Series:
    """Where each area lies: as the table tells, or by its value and limits."""
    value = areas["value"]
    place = pd.Series(_INSIDE_95, index=areas.index)
    place = place.mask(value > areas["upper_95"], _ABOVE_95)
    place = place.mask(value < areas["lower_95"], _BELOW_95)
    place = place.mask(value > areas["upper_998"], _ABOVE_998)
    place = place.mask(value < areas["lower_998"], _BELOW_998)
    return place if told is None else told.reindex(areas.index).fillna(place)


def _draw(
    sheet: Sheet, areas: pd.DataFrame, top: pd.DataFrame, target: float, measure: str
) -> None:
    high = 1.06 * max(areas["value"].max(), 1.05 * target)
    ticks = round_ticks(0.0, high)
    left = MARGIN + max(text_width(tick_words(tick)) for tick in ticks) + 8
    width = WIDTH - left - MARGIN - 12
    axes = sheet.axes(left, _HEAD, width, _HEIGHT)
    axes.set_xscale("log")
    low, wide = 0.85 * areas["size"].min(), 1.15 * areas["size"].max()
    axes.set(xlim=(low, wide), ylim=(0, high))
    set_ticks(axes.yaxis, ticks)
    set_ticks(axes.xaxis, log_ticks(low, wide))
    axes.xaxis.grid(False)
    axes.tick_params(axis="x", length=3, pad=3)
    plain_frame(axes, "bottom")
    axes.axhline(target, color=INK, linewidth=1.1)
    # Sizes are rounded as shown: areas of one size have limits a little apart, and one line.
    lines = areas.groupby("size")[list(LIMITS)].mean()
    for column in LIMITS:
        dashes = (4, 2) if column.endswith("95") else (None, None)
        axes.plot(lines.index, lines[column], color=MUTED, linewidth=0.9, dashes=dashes)
    many = len(areas) > 1_000
    for look, places, size in (
        (_INSIDE, (_INSIDE_95,), 1.6 if many else 3.2),
        (_OUTER, (_ABOVE_95, _BELOW_95), 2 if many else 4),
        (_BEYOND, (_ABOVE_998, _BELOW_998), 2.2 if many else 4),
    ):
        _draw_areas(axes, areas[areas["place"].isin(places)], look, size)
    across = left + width * np.log(top["size"] / low) / np.log(wide / low)
    wanted = _HEAD + (1 - top["value"] / high) * _HEIGHT
    down = spread(wanted, 1.25 * SMALL, _HEAD, _HEAD + _HEIGHT) + 0.36 * SMALL
    for area, x, y in zip(top.to_dict("records"), across, down, strict=True):
        label = f"{area['words']} {words.number(area['value'], measure)}"
        is_left = x + 8 + text_width(label, SMALL) > WIDTH - MARGIN
        side = "right" if is_left else "left"
        sheet.text(x - 6 if is_left else x + 6, float(y), label, SMALL, side, behind=True)


def _draw_areas(axes: Axes, areas: pd.DataFrame, look: Series, size: float) -> None:
    for hollow in (False, True):
        chosen = areas[areas["unreliable"] == hollow]
        axes.plot(
            chosen["size"],
            chosen["value"],
            look.marker,
            color=look.colour,
            markerfacecolor=PAPER if hollow else look.colour,
            markersize=size,
            markeredgewidth=0.7,
        )


def _draw_key(sheet: Sheet) -> None:
    x, y = MARGIN, MARGIN + SMALL + 18
    for look, text in (
        (_BEYOND, "Outside 99.8%"),
        (_OUTER, "Outside 95%"),
        (_INSIDE, "Inside"),
    ):
        sheet.mark(x + 4, y - 0.36 * TEXT, look)
        sheet.text(x + 12, y, text, colour=look.text, bold=True)
        x += text_width(text, bold=True) + 28


def _note(drawn: Drawn, areas: pd.DataFrame) -> str:
    by_chance = len(areas) / 20
    text = (
        "Dashed lines: 95% limits; full lines: 99.8% limits. By chance alone at most "
        f"about {by_chance:,.0f} of {len(areas):,} would lie outside 95%."
    )
    return f"{text} {words.reliability(drawn)}".strip()


def _alt(drawn: Drawn, areas: pd.DataFrame, top: pd.DataFrame, label: str, unit: str) -> str:
    counts = areas["place"].value_counts()
    inside, high, low, far, deep = (
        f"{counts.get(place, 0):,}"
        for place in (_INSIDE_95, _ABOVE_95, _BELOW_95, _ABOVE_998, _BELOW_998)
    )
    parts = [
        f"Funnel plot of the {words.measured(drawn.measure, unit)} of "
        f"{words.counted(len(areas), label, drawn.level)}. Inside the 95% limits: {inside}; "
        f"between the 95% and 99.8% limits: {high} high and {low} low; "
        f"outside the 99.8% limits: {far} high and {deep} low."
    ]
    if len(top):
        said = [
            f"{row['words']} {words.number(row['value'], drawn.measure)}"
            for row in top.to_dict("records")
        ]
        parts.append(f"Highest: {words.listed(said)}.")
    return " ".join([*parts, words.reliability(drawn)]).strip()
