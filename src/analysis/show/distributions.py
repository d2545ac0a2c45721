"""The distribution of thousands of small areas, group by group: shapes and quantiles.

Single areas are not drawn. A row is a group: the histogram of its areas, and below it the middle
half (thick) and the middle nine tenths (thin) of them, with the median.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.show import words
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
    wrap,
)
from analysis.show.style import MARGIN, MUTED, PAPER, PLAIN, SMALL, TEXT, WIDTH, house_style
from analysis.vocabulary import shown_code

_LABELS, _ROW, _HILL = 140, 42, 24
_FILL = "#b9cbdb"
_BINS = 60
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def distribution(
    table: object,
    group: str,
    label: str = "msoa11cd",
    measure: str = "asmr",
    names: Mapping[str, str] | None = None,
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return how a value is spread over the areas of each group, highest median first.

    Parameters
    ----------
    table
        A protected table with a row per area; ``label`` must tell its rows apart.
    group
        Column whose values are compared, such as a region's name.
    label
        Column of the areas.
    measure
        Measure whose distribution is drawn, over the areas that show it.
    names
        Words for the codes of ``group``.
    unit, caption, name
        Words of the axis, caption (the table's title by default) and id (the table's name and
        ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown.
    """
    drawn = drawn_rows(table, measure, list(dict.fromkeys([label, group])))
    unit = unit or words.unit_words(measure)
    spread = _quantiles(drawn, group, names or {})
    reach = (
        drawn.rows["value"].quantile(0.995) if len(drawn.rows) > 200 else drawn.rows["value"].max()
    )
    high = 1.02 * reach or 1.0
    small_print = note_lines(_note(drawn, label, measure, high))
    lines = {text: wrap(text, _LABELS, most=2) for text in spread["words"]}

    with house_style():
        height = len(spread) * _ROW
        sheet = Sheet(MARGIN + 18 + height + 22 + note_height(small_print) + MARGIN)
        top = MARGIN + 18
        left = MARGIN + max(text_width(line) for both in lines.values() for line in both) + 10
        figures = [words.number(value, measure) for value in spread[0.5]]
        right = WIDTH - MARGIN - max(map(text_width, [*figures, "Median"])) - 6
        axes = sheet.axes(left, top, right - left, height)
        axes.set(xlim=(min(0.0, drawn.rows["value"].min()), high), ylim=(height, 0), yticks=[])
        set_ticks(axes.xaxis, round_ticks(*axes.get_xlim(), most=4))
        plain_frame(axes, "bottom")
        sheet.text(WIDTH - MARGIN, top - 6, "Median", SMALL, "right", MUTED)
        sheet.text(MARGIN, top - 6, unit, SMALL, colour=MUTED)
        values = drawn.rows["value"].groupby(drawn.rows[group].astype(str))
        for turn, row in enumerate(spread.to_dict("records")):
            foot = (turn + 1) * _ROW - 12
            _draw_group(axes, values.get_group(row["code"]).to_numpy(), row, foot, high)
            _name_group(sheet, lines[row["words"]], row, (left - 8, top + foot), label)
            sheet.text(WIDTH - MARGIN, top + foot, figures[turn], align="right")
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, spread, label, group, unit),
            data=drawn.data(),
            marks=len(spread) * (_BINS + 3),
            drawn=drawn.read,
        )


def _quantiles(drawn: Drawn, group: str, names: Mapping[str, str]) -> pd.DataFrame:
    """One row per group: its words, how many areas show a value, and its quantiles."""
    codes = drawn.rows[group].astype(str).rename("code")
    values = drawn.rows["value"].groupby(codes)
    spread = values.quantile(list(_QUANTILES)).unstack().assign(areas=values.size()).reset_index()
    spread = spread.assign(words=[names.get(code, shown_code(code)) for code in spread["code"]])
    return spread.sort_values([0.5, "code"], ascending=[False, True]).reset_index(drop=True)


def _draw_group(axes: Axes, values: np.ndarray, row: dict, foot: float, high: float) -> None:
    low = axes.get_xlim()[0]
    counts, edges = np.histogram(values[values <= high], bins=_BINS, range=(low, high))
    share = counts / max(counts.max(), 1) * _HILL
    axes.stairs(foot - 3 - share, edges, baseline=foot - 3, fill=True, color=_FILL, linewidth=0)
    ends = [min(row[quantile], high) for quantile in _QUANTILES]
    axes.hlines(foot, ends[0], ends[4], color=PLAIN.colour, linewidth=1.2)
    axes.hlines(foot, ends[1], ends[3], color=PLAIN.colour, linewidth=4)
    axes.plot(
        ends[2], foot, "o", color=PLAIN.colour, markerfacecolor=PAPER, markersize=6, clip_on=False
    )


def _name_group(
    sheet: Sheet, lines: list[str], row: dict, at: tuple[float, float], label: str
) -> None:
    x, y = at
    sheet.text(x, y - (len(lines) - 1) * 1.25 * TEXT - 8, lines, align="right")
    count = f"{row['areas']:,} areas"
    sheet.text(x, y + 5, count, size=SMALL, align="right", colour=MUTED)


def _note(drawn: Drawn, label: str, measure: str, high: float) -> str:
    parts = [
        "Each shape is a histogram of areas. Below it: median (ring), middle half (thick line) and "
        "middle 90% (thin line) of the areas with a value."
    ]
    beyond = int((drawn.rows["value"] > high).sum())
    if beyond:
        areas = words.counted(beyond, label, drawn.level)
        parts.append(f"{areas} above {words.number(high, measure)} not drawn.")
    return " ".join([*parts, words.reliability(drawn, marks="")]).strip()


def _alt(drawn: Drawn, spread: pd.DataFrame, label: str, group: str, unit: str) -> str:
    def said(value: float) -> str:
        return words.number(value, drawn.measure)

    parts = [
        f"Histograms of the {words.measured(drawn.measure, unit)} of "
        f"{words.counted(len(drawn.rows), label, drawn.level)} by {words.noun(group)}."
    ]
    parts.append(
        "Median and middle half: "
        + "; ".join(
            f"{row['words']} {said(row[0.5])} ({said(row[0.25])} to {said(row[0.75])})"
            for row in spread.to_dict("records")
        )
        + "."
    )
    return " ".join([*parts, words.reliability(drawn, marks="")]).strip()
