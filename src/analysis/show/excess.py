"""Excess deaths: deaths over weeks or months beside those expected, the difference shaded."""

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.axes import XAxis, labels_height, x_axis
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.sheet import (
    Sheet,
    note_height,
    note_lines,
    plain_frame,
    round_ticks,
    set_ticks,
    text_width,
    tick_words,
)
from analysis.show.style import MARGIN, MUTED, SMALL, TEXT, WIDTH, house_style

_HEAD, _HEIGHT = MARGIN + SMALL + 30, 250
_DEATHS, _EXPECTED, _ABOVE, _BELOW = "#801650", "#3d3d3d", "#e3b8cd", "#b9cbdb"
LIMITS = ("expected_lower_ci", "expected_upper_ci")


def excess(
    table: object,
    x: str = "week",
    measure: str = "numerator",
    expected: str = "expected",
    limits: tuple[str, str] = LIMITS,
    unit: str = "Deaths",
    expected_words: str = "Expected deaths",
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return deaths over time beside those expected.

    The area between is shaded, in one colour where deaths are above; a grey band is the prediction
    interval of the expected deaths, where the table has one. A period without both values is a
    gap.

    Parameters
    ----------
    table
        A protected table with a row per ``x``.
    x
        Weeks, months or days.
    measure, expected, limits
        Columns of deaths, of expected deaths, and of the limits of expected deaths.
    unit, expected_words
        Words of the value axis, and what the expected deaths are, such as "Average of 2015 to
        2019".
    caption, name
        Caption (the table's title by default) and id (the table's name and ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no period with
        both values shown.
    """
    drawn = drawn_rows(table, measure, [x])
    has_limits = set(limits) <= set(table.frame.columns)
    columns = [expected, *(limits if has_limits else ())]
    sides = [drawn_rows(table, column, [x]) for column in columns]
    others = [side.rows.set_index(x)["value"] for side in sides]
    nothing = pd.Series(np.nan, index=others[0].index)
    lower, upper = others[1:] if has_limits else (nothing, nothing)
    axis = x_axis(drawn.groups[x])
    series = drawn.rows.set_index(x)[["value", "unreliable"]]
    series = series.assign(expected=others[0], lower=lower, upper=upper).reindex(axis.places)
    whole = series.dropna(subset=["value", "expected"])
    if whole.empty:
        raise DisclosureError(
            f"Table {drawn.name!r}: no {words.noun(x)} has both {measure} and {expected} shown."
        )
    drawn = drawn.keep(whole.rename_axis(x).reset_index(), "without expected deaths")
    small_print = note_lines(_note(drawn, has_limits))

    with house_style():
        sheet = Sheet(_HEAD + _HEIGHT + labels_height(axis) + note_height(small_print) + MARGIN)
        sheet.text(MARGIN, MARGIN + SMALL, unit, size=SMALL, colour=MUTED)
        _draw_key(sheet, expected_words)
        _draw(sheet, axis, series)
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, whole, x, expected_words),
            data=drawn.data(),
            marks=2 * len(series),
            drawn=[read for one in (drawn, *sides) for read in one.read],
        )


def _draw(sheet: Sheet, axis: XAxis, series: pd.DataFrame) -> None:
    high = 1.05 * series[["value", "expected", "upper"]].max(axis=None) or 1.0
    ticks = round_ticks(0.0, high)
    left = MARGIN + max(text_width(tick_words(tick)) for tick in ticks) + 8
    width = WIDTH - left - MARGIN - 12
    axes = sheet.axes(left, _HEAD, width, _HEIGHT)
    at = axis.positions
    axes.set(xlim=(at[0], at[-1]), ylim=(0, high))
    set_ticks(axes.yaxis, ticks)
    shown = axis.fitting(width, at[0], at[-1])
    axes.set_xticks(at[shown], [axis.labels[turn] for turn in shown])
    axes.tick_params(axis="x", length=3, pad=3)
    plain_frame(axes, "bottom")
    value, middle = series["value"].to_numpy(), series["expected"].to_numpy()
    for is_above, colour in ((True, _ABOVE), (False, _BELOW)):
        chosen = value >= middle if is_above else value <= middle
        axes.fill_between(
            at, middle, value, where=chosen, interpolate=True, color=colour, linewidth=0
        )
    axes.fill_between(at, series["lower"], series["upper"], color=MUTED, alpha=0.2, linewidth=0)
    axes.plot(at, middle, color=_EXPECTED, linewidth=1.6, dashes=(4, 2))
    axes.plot(at, value, color=_DEATHS, linewidth=2.2)
    y = _HEAD + _HEIGHT + 2.45 * TEXT + 4
    sheet.text(left + width / 2, y, axis.name, SMALL, "center", MUTED)


def _draw_key(sheet: Sheet, expected_words: str) -> None:
    y = MARGIN + SMALL + 18
    x = MARGIN + 28
    sheet.rule(MARGIN, y - 0.36 * TEXT, 22, _DEATHS, 2.2)
    sheet.text(x, y, "Deaths", colour=_DEATHS, bold=True)
    x += text_width("Deaths", bold=True) + 18
    sheet.rule(x, y - 0.36 * TEXT, 22, _EXPECTED, 1.6, dashes=(4, 2))
    sheet.text(x + 28, y, expected_words, colour=_EXPECTED, bold=True)


def _note(drawn: Drawn, has_limits: bool) -> str:
    parts = ["Shaded between: pink where deaths are above, blue where they are below."]
    if has_limits:
        parts.append("Grey band: 95% prediction interval of the expected deaths.")
    return " ".join([*parts, words.reliability(drawn, marks="")]).strip()


def _alt(drawn: Drawn, whole: pd.DataFrame, x: str, expected_words: str) -> str:
    def said(at: object) -> str:
        value, middle = (words.number(whole.loc[at, column]) for column in ("value", "expected"))
        return f"{words.where(x, at)}, {value} deaths against {middle}"

    above = int((whole["value"] > whole["expected"]).sum())
    difference = whole["value"] - whole["expected"]
    parts = [
        f"Line chart of deaths by {words.noun(x)} beside {words.lower_first(expected_words)}, "
        f"{words.place(x, whole.index[0])} to {words.place(x, whole.index[-1])}: deaths are above "
        f"it in {above} of {words.counted(len(whole), x)}.",
        f"Furthest above {said(difference.idxmax())}; furthest below {said(difference.idxmin())}.",
    ]
    return " ".join([*parts, words.reliability(drawn, marks="")]).strip()
