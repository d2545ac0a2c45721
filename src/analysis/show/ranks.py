"""Ranked areas: every area as one dot with its interval, highest first, the extremes named."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError
from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.drawn import Drawn, drawn_rows
from analysis.show.rank_marks import (
    FOOT,
    HEAD,
    HEIGHT,
    Field,
    draw_areas,
    draw_comparator,
    name_extremes,
)
from analysis.show.sheet import Sheet, note_height, note_lines, text_width
from analysis.show.style import MARGIN, MUTED, PLAIN, SMALL, TEXT, WIDTH, Series, house_style
from analysis.vocabulary import shown_code

_PICKED = Series("#f46a25", "D", "#b8410c")


def ranked(
    table: object,
    label: str,
    highlight: str | Sequence[str] = (),
    within: str | None = None,
    measure: str = "asmr",
    reference: str | None = None,
    highest: int = 5,
    lowest: int = 3,
    names: Mapping[str, str] | None = None,
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return every area in order of its value, with intervals: tens to hundreds of areas.

    Parameters
    ----------
    table
        A protected table; ``label`` must tell its rows apart.
    label
        Column of the names of the areas.
    highlight, within
        Values of ``within`` (by default of ``label``) whose areas are drawn in another colour and
        with another marker, such as a region's.
    measure
        Measure to draw; its limits, where the table has them, are drawn as a line.
    reference
        Value of ``label`` whose row is the comparator: drawn as a line, not as an area.
    highest, lowest
        How many areas at either end are named.
    names
        Words for the codes of ``label``.
    unit, caption, name
        Words of the value axis, caption (the table's title by default) and id (the table's name
        and ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown,
        or nothing of the name to highlight or compare with.
    """
    drawn = drawn_rows(table, measure, list(dict.fromkeys([label, within or label])))
    unit = unit or words.unit_words(measure)
    areas, comparator = _in_rank_order(drawn, label, reference, names or {})
    wanted = [highlight] if isinstance(highlight, str) else list(highlight)
    picked = _picked(drawn, areas[within or label].astype(str), wanted)
    ends = (min(highest, len(areas)), min(lowest, max(len(areas) - highest, 0)))
    small_print = note_lines(words.note(drawn))

    with house_style():
        sheet = Sheet(HEAD + HEIGHT + FOOT + note_height(small_print) + MARGIN)
        field = Field.on(sheet, areas, comparator)
        if comparator is not None:
            draw_comparator(sheet, field, comparator, measure)
        draw_areas(field, areas[~picked], PLAIN, 2.6)
        draw_areas(field, areas[picked], _PICKED, 3.4)
        name_extremes(sheet, field, areas, ends, measure)
        sheet.text(MARGIN, MARGIN + SMALL, unit, size=SMALL, colour=MUTED)
        _draw_key(sheet, wanted, names or {})
        axis = f"Rank among {words.counted(len(areas), label, drawn.level)}, highest first"
        middle = field.left + field.width / 2
        sheet.text(middle, HEAD + HEIGHT + FOOT - 6, axis, SMALL, "center", MUTED)
        sheet.note(small_print)
        return finish(
            sheet.figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=_alt(drawn, areas, label, unit, ends, comparator),
            data=drawn.data(),
            marks=len(areas),
            drawn=drawn.read,
        )


def _in_rank_order(
    drawn: Drawn, label: str, reference: str | None, names: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Areas from the highest to the lowest with their rank, and the comparator's row."""
    codes = drawn.rows[label].astype(str)
    titled = drawn.rows.assign(words=codes.map(lambda code: names.get(code, shown_code(code))))
    areas = titled[codes != reference].sort_values("value", ascending=False, kind="stable")
    if reference is None:
        return areas.assign(rank=np.arange(1, len(areas) + 1)), None
    comparator = titled[codes == reference]
    if len(comparator) != 1 or areas.empty:
        raise DisclosureError(
            f"Table {drawn.name!r}: {len(comparator)} rows of {label} are {reference!r} with a "
            f"value shown, and {len(areas)} are others.\n"
            "Name one row of the table as the comparator, or leave `reference` out."
        )
    return areas.assign(rank=np.arange(1, len(areas) + 1)), comparator.iloc[0]


def _picked(drawn: Drawn, values: pd.Series, wanted: list[str]) -> pd.Series:
    missing = [value for value in wanted if value not in set(values)]
    if missing:
        raise DisclosureError(
            f"Table {drawn.name!r}: no {values.name} is {', '.join(missing)}, or its value is not "
            "shown.\nHighlight values of the table, or leave `highlight` out."
        )
    return values.isin(wanted)


def _draw_key(sheet: Sheet, wanted: list[str], names: Mapping[str, str]) -> None:
    """Name what is highlighted, at the top right."""
    if wanted:
        said = words.listed([names.get(value, shown_code(value)) for value in wanted])
        left = WIDTH - MARGIN - text_width(said, bold=True)
        sheet.mark(left - 8, MARGIN + SMALL - 0.36 * TEXT, _PICKED)
        sheet.text(left, MARGIN + SMALL, said, colour=_PICKED.text, bold=True)


def _alt(
    drawn: Drawn,
    areas: pd.DataFrame,
    label: str,
    unit: str,
    ends: tuple[int, int],
    comparator: pd.Series | None,
) -> str:
    measure = drawn.measure

    def said(rows: pd.DataFrame) -> str:
        return words.listed(
            [
                f"{row['words']} {words.number(row['value'], measure)}"
                for row in rows.to_dict("records")
            ]
        )

    count = words.counted(len(areas), label, drawn.level)
    high, low = (words.number(value, measure) for value in areas["value"].iloc[[0, -1]])
    parts = [
        f"Ranked plot of the {words.measured(measure, unit)} of {count}, from {high} to {low}.",
        f"Highest: {said(areas.head(max(ends[0], 1)))}.",
    ]
    if ends[1]:
        parts.append(f"Lowest: {said(areas.tail(ends[1]))}.")
    if comparator is not None:
        value = words.value_words(comparator, measure)
        parts.append(f"Comparator {comparator['words']}, {value}.")
    return " ".join([*parts, words.reliability(drawn)]).strip()
