"""Dot-and-interval plots: one row per group, ordered, beside a comparator."""

from collections.abc import Mapping

import numpy as np

from analysis.disclosure.measures import RATIOS
from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.interval_marks import Layout, Panel, draw_panel, scale
from analysis.show.nothing import NothingShown
from analysis.show.sheet import Sheet, note_height, note_lines
from analysis.show.style import (
    MARGIN,
    MUTED,
    PLAIN,
    SMALL,
    house_style,
    in_order,
    series,
    series_label,
)
from analysis.vocabulary import shown_code

_HEAD = MARGIN + SMALL + 4  # the line of the unit


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
        a row.
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
    limit = scale(panels, is_ratio=measure in RATIOS)
    small_print = note_lines(_note(drawn, panels, reference, limit, names or {}))

    with house_style():
        layout = Layout.of(panels, measure)
        heights = [layout.panel_height(each) for each in panels]
        sheet = Sheet(_HEAD + sum(heights) + note_height(small_print) + MARGIN)
        sheet.text(MARGIN, MARGIN + SMALL, unit, size=SMALL, colour=MUTED)
        tops = _HEAD + np.cumsum(heights) - heights
        for each, top_of_panel in zip(panels, tops, strict=True):
            draw_panel(sheet, each, layout, top_of_panel, limit, measure)
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, panels, label, unit),
            data=drawn.data(),
            marks=len(drawn.rows),
            drawn=drawn.read,
        )


def _panels(
    drawn: Drawn,
    label: str,
    panel: str | None,
    order: bool,
    reference: str | None,
    top: int | None,
    names: Mapping[str, str],
) -> list[Panel]:
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
        comparator = mine[is_comparator].iloc[0] if reference is not None else None
        look = series([value])[value] if panel == "sex" else PLAIN
        heading = series_label(value) if panel else ""
        if len(rows):
            panels.append(Panel(heading, look, rows.head(top or len(rows)), comparator, len(rows)))
    if not panels:
        words = f"Table {drawn.name!r} has no row beside the comparator to draw."
        raise NothingShown(words, drawn.name, drawn.title)
    return panels


def _note(
    drawn: Drawn,
    panels: list[Panel],
    reference: str | None,
    limit: tuple[float, float],
    names: Mapping[str, str],
) -> str:
    narrowest = (drawn.rows["upper"] - drawn.rows["lower"]).min()
    is_hidden = drawn.measure not in RATIOS and narrowest < 0.035 * (limit[1] - limit[0])
    parts = [words.note(drawn, too_narrow=is_hidden)]
    if drawn.measure in RATIOS:
        parts.append("A ratio of 1 is no difference.")
    if reference is not None:
        shown = names.get(reference, shown_code(reference))
        parts.append(f"Dashed line and band: {shown}, with its interval.")
    drawn_of = max(panels, key=lambda each: each.total)
    if len(drawn_of.rows) < drawn_of.total:
        where = " of each panel" if len(panels) > 1 else ""
        parts.append(f"The {len(drawn_of.rows)} highest{where}; the table has them all.")
    return " ".join(part for part in parts if part)


def _alt(drawn: Drawn, panels: list[Panel], label: str, unit: str) -> str:
    by = words.noun(label, drawn.level)
    parts = [f"Dot-and-interval plot of the {words.measured(drawn.measure, unit)} by {by}."]
    for each in panels:
        values = each.rows["value"]
        high, low = each.rows.loc[values.idxmax()], each.rows.loc[values.idxmin()]
        said = [
            f"{each.heading + ', ' if each.heading else ''}{_count(each, label, drawn.level)}: "
            f"highest {high['words']}, {words.value_words(high, drawn.measure)}"
        ]
        if len(each.rows) > 1:
            said.append(f"lowest {low['words']}, {words.value_words(low, drawn.measure)}")
        if each.comparator is not None:
            value = words.value_words(each.comparator, drawn.measure)
            said.append(f"comparator {each.comparator['words']}, {value}")
        parts.append("; ".join(said) + ".")
    return " ".join([*parts, words.reliability(drawn)]).strip()


def _count(panel: Panel, label: str, level: str) -> str:
    drawn = words.counted(len(panel.rows), label, level)
    return drawn if len(panel.rows) == panel.total else f"{drawn}, the highest of {panel.total:,}"
