"""A protected table as accessible HTML and as plain text.

One caption, header cells with a scope, one id; columns of limits are joined into one interval.
"""

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis.disclosure.measures import INTERVALS, MEASURES, RATES, written_numbers
from analysis.vocabulary import LABELS, STATUSES, shown_code

if TYPE_CHECKING:
    from analysis.disclosure.table import Table

# Rows beyond which a page shows the first rows only; the download always has all of them.
LONGEST = 400
# Columns of numbers beyond which a measure and its interval share one.
WIDEST = 10
# Letters beyond which the name of a group may take two lines.
LONG = 24
# Rows from which a table says how many it has.
COUNTED = 20


class _Body(NamedTuple):
    """The first rows of a table as text, and how many there are in all.

    ``header`` are its header rows, ``groups`` how many columns are groups, ``starts`` where the
    values of a pivot start.
    """

    cells: pd.DataFrame
    rows: int
    header: str
    groups: int
    starts: set[int]


def table_shown(table: "Table") -> tuple[str, str]:
    """Return the table as HTML and as plain text."""
    body = _body(table)
    return _html(table, body), _text(table, body)


def table_html(table: "Table") -> str:
    """Return the table as HTML: caption, header, body, key of statuses, rule, download."""
    return _html(table, _body(table))


def _html(table: "Table", shown: _Body) -> str:
    body = "\n".join(
        "<tr>" + "".join(_row_cells(row, shown.groups, shown.starts)) + "</tr>"
        for row in shown.cells.astype("object").itertuples(index=False, name=None)
    )
    if shown.cells.empty:
        body = f'<tr><td class="none" colspan="{len(shown.cells.columns)}">None.</td></tr>'
    return (
        f'<div class="bulletin-table-wrap" tabindex="0" role="region" '
        f'aria-labelledby="{table.name}-caption">\n'
        f'<table class="bulletin-table" id="{table.name}">\n'
        f'<caption id="{table.name}-caption">{escape(table.title)}</caption>\n'
        f"<thead>\n{shown.header}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
        f"{_foot(table, shown)}"
    )


def _text(table: "Table", shown: _Body) -> str:
    """Title, rows (of a short table) and digest."""
    short = shown.rows <= 40
    rows = shown.cells.to_string(index=False, header=False) if short else "(see the table)"
    return f"{table.title}\n{rows}\n{len(table.frame):,} rows, sha256 {table.digest[:16]}"


def shown_cells(frame: pd.DataFrame, groups: list[str], measures: list[str]) -> pd.DataFrame:
    """Return groups and measures as a reader is shown them, under their labels.

    Parameters
    ----------
    frame
        Groups, measures and ``<measure>_status``, as in a protected table or its download.
    groups, measures
        What to show, in order. The limits of a measure become one column, its interval.
    """
    text = _shown_codes(frame[groups]).rename(columns=_label)
    return text.assign(**_measure_cells(frame, measures))


def _label(column: str) -> str:
    return LABELS.get(column, column.replace("_", " ").capitalize())


def _foot(table: "Table", shown: _Body) -> str:
    parts = [escape(text) for text in (table.notes, _status_key(shown.cells)) if text]
    if shown.rows > LONGEST:
        parts.append(f"The first {LONGEST:,} of {shown.rows:,} rows are shown.")
    elif shown.rows > COUNTED:
        parts.append(f"{shown.rows:,} rows.")
    parts.append(f'<a href="methods.html#rules">Rule</a>: {escape(str(table.rules))}.')
    parts.append(
        f'<a class="bulletin-download" href="downloads/{table.download}.csv" download>'
        f'Download this table<span class="visually-hidden">: {escape(table.title)}</span> (CSV)</a>'
    )
    return f'<p class="bulletin-table-foot">{" ".join(parts)}</p>'


def _status_key(cells: pd.DataFrame) -> str:
    said = cells.to_csv(index=False, header=False)
    key = "; ".join(f"{sign} {words}" for sign, words in STATUSES.items() if sign and sign in said)
    return f"{key}." if key else ""


def _shown(table: "Table") -> tuple[list[str], list[str]]:
    """Groups and measures to show, in order; limits go with their rate."""
    wanted = table.columns or (*table.by, *table.measures)
    limits = {limit for pair in INTERVALS.values() for limit in pair}
    groups = [column for column in wanted if column in table.by]
    measures = [column for column in wanted if column in table.measures and column not in limits]
    return groups, measures


def _body(table: "Table") -> _Body:
    groups, measures = _shown(table)
    frame = table.frame if table.pivot else table.frame.head(LONGEST)
    text, pieces = _shown_codes(frame[groups]), _measure_cells(frame, measures)
    if not table.pivot:
        if len(pieces) > WIDEST:
            pieces = _measure_cells(frame, measures, joined=True)
        header = "".join(f'<th scope="col">{escape(_label(column))}</th>' for column in groups)
        header += "".join(f'<th scope="col" class="num">{escape(label)}</th>' for label in pieces)
        cells = text.assign(**pieces)
        return _Body(cells, len(table.frame), f"<tr>{header}</tr>", len(groups), set())

    rows = [column for column in groups if column != table.pivot]
    across = list(dict.fromkeys(text[table.pivot]))
    if len(pieces) * len(across) > WIDEST:
        pieces = _measure_cells(frame, measures, joined=True)
    wide = text.assign(**pieces).set_index(groups)[list(pieces)].unstack(table.pivot, sort=False)
    wide = wide.swaplevel(axis=1)[[(value, label) for value in across for label in pieces]]
    order = pd.MultiIndex.from_frame(text[rows].drop_duplicates())
    wide = wide.reindex(order if len(rows) > 1 else order.get_level_values(0)).fillna("[z]")
    header = _wide_header(rows, table.pivot, across, list(pieces))
    starts = {len(rows) + len(pieces) * place for place in range(len(across) * (len(pieces) > 1))}
    return _Body(wide.reset_index().head(LONGEST), len(wide), header, len(rows), starts)


def _wide_header(rows: list[str], pivot: str, across: list[str], labels: list[str]) -> str:
    # A number says nothing by itself: 14 what?
    numbers = bool(across) and all(value.isdecimal() for value in across)
    top = "".join(
        f'<th scope="col" rowspan="{3 if numbers else 2}">{escape(_label(column))}</th>'
        for column in rows
    )
    values = "".join(
        f'<th scope="colgroup" colspan="{len(labels)}">{escape(value)}</th>' for value in across
    )
    if numbers:
        width = len(labels) * len(across)
        top += f'<th scope="colgroup" colspan="{width}">{escape(_label(pivot))}</th></tr>\n<tr>'
    first, *rest = (f'<th scope="col" class="num">{escape(label)}</th>' for label in labels)
    second = "".join([first.replace("num", "num first") if rest else first, *rest])
    return f"<tr>{top}{values}</tr>\n<tr>{second * len(across)}</tr>"


def _shown_codes(groups: pd.DataFrame) -> pd.DataFrame:
    """Every code as a reader is shown it; the same code is put into words once."""

    def shown(column: pd.Series) -> np.ndarray:
        places, codes = pd.factorize(column, use_na_sentinel=False)
        return np.array([shown_code(code) for code in codes.tolist()], dtype="object")[places]

    columns = {name: shown(groups[name]) for name in groups}
    return pd.DataFrame(columns, index=groups.index, columns=groups.columns, dtype="str")


def _measure_cells(
    frame: pd.DataFrame, measures: list[str], joined: bool = False
) -> dict[str, pd.Series]:
    pieces = {}
    for measure in measures:
        label, numbers = MEASURES[measure].label, _numbers(frame, measure)
        if measure not in INTERVALS or INTERVALS[measure][0] not in frame:
            pieces[label] = numbers
            continue
        interval, limits = _interval_label(measure), _intervals(frame, measure)
        if joined:
            both = numbers + " (" + limits + ")"
            there = frame[[measure, *INTERVALS[measure]]].notna().any(axis="columns")
            pieces[f"{label} ({interval[0].lower()}{interval[1:]})"] = both.where(there, numbers)
        else:
            pieces |= {label: numbers, interval: limits}
    return pieces


def _numbers(frame: pd.DataFrame, measure: str) -> pd.Series:
    known = zip(
        written_numbers(frame[measure], ","), frame[f"{measure}_status"].tolist(), strict=True
    )
    cells = [sign if number is None else f"{number} {sign}".strip() for number, sign in known]
    return pd.Series(cells, index=frame.index, dtype="str")


def _intervals(frame: pd.DataFrame, measure: str) -> pd.Series:
    limits = [
        zip(written_numbers(frame[limit], ","), frame[f"{limit}_status"].tolist(), strict=True)
        for limit in INTERVALS[measure]
    ]
    cells = [
        sign if low is high is None else f"{low or sign} to {high or other}"
        for (low, sign), (high, other) in zip(*limits, strict=True)
    ]
    return pd.Series(cells, index=frame.index, dtype="str")


def _interval_label(measure: str) -> str:
    if measure in RATES:
        return "Confidence interval"
    return f"Interval of {MEASURES[measure].label.split(' (')[0].lower()}"


def _row_cells(row: tuple[str, ...], groups: int, starts: set[int]) -> list[str]:
    first = ' class="first"'
    heads = [_row_head(str(cell)) for cell in row[:groups]]
    return heads + [
        f"<td{first if place in starts else ''}>{_explained(str(cell))}</td>"
        for place, cell in enumerate(row[groups:], start=groups)
    ]


def _row_head(name: str) -> str:
    long = ' class="long"' if len(name) > LONG else ""
    return f'<th scope="row"{long}>{escape(name)}</th>'


def _explained(cell: str) -> str:
    number, joined, limits = escape(cell).partition(" (")
    text = f'{number}<span class="limits"> ({limits}</span>' if joined else number
    for sign, words in STATUSES.items():
        if sign and sign in text:
            text = text.replace(sign, f'<abbr title="{words}">{sign}</abbr>')
    return text
