"""A protected table as accessible HTML and as plain text.

One caption, header cells with a scope, one id; columns of limits are joined into one interval.
"""

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.measures import INTERVALS, MEASURES, RATES, plain_numbers
from analysis.vocabulary import LABELS, STATUSES, shown_code

if TYPE_CHECKING:
    from analysis.disclosure.table import Table

# Rows beyond which a page shows the first rows only; the download always has all of them.
LONGEST = 400


def table_html(table: "Table") -> str:
    """Return the table as HTML: caption, header, body, key of statuses, link to its download."""
    cells, header = _cells(table)
    groups = [column for column in _shown(table)[0] if column != table.pivot]
    shown = cells.head(LONGEST)
    body = "\n".join(
        "<tr>" + "".join(_row_cells(row, len(groups))) + "</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    if cells.empty:
        body = f'<tr><td colspan="{len(cells.columns)}">None.</td></tr>'
    return (
        f'<div class="bulletin-table-wrap" tabindex="0" role="region" '
        f'aria-labelledby="{table.name}-caption">\n'
        f'<table class="bulletin-table" id="{table.name}">\n'
        f'<caption id="{table.name}-caption">{escape(table.title)}</caption>\n'
        f"<thead>\n{header}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
        f"{_foot(table, len(cells))}"
    )


def table_text(table: "Table") -> str:
    """Return the table as plain text: its title, rows (of a short table) and digest."""
    cells, _ = _cells(table)
    rows = cells.to_string(index=False, header=False) if len(cells) <= 40 else "(see the table)"
    return f"{table.title}\n{rows}\n{len(table.frame):,} rows, sha256 {table.digest[:16]}"


def _foot(table: "Table", rows: int) -> str:
    parts = [escape(text) for text in (table.notes, _status_key(table)) if text]
    if rows > LONGEST:
        parts.append(f"The first {LONGEST:,} of {rows:,} rows are shown.")
    parts.append(
        f'<a class="bulletin-download" href="downloads/{table.download}.csv" download>'
        f'Download this table<span class="visually-hidden">: {escape(table.title)}</span> (CSV)</a>'
    )
    return f'<p class="bulletin-table-foot">{" ".join(parts)}</p>'


def _status_key(table: "Table") -> str:
    shown = {s for m in table.measures for s in table.frame[f"{m}_status"].unique()}
    return "; ".join(
        f"{sign} {words}" for sign, words in STATUSES.items() if sign and sign in shown
    )


def _shown(table: "Table") -> tuple[list[str], list[str]]:
    """Groups and measures to show, in order; limits go with their rate."""
    wanted = table.columns or (*table.by, *table.measures)
    limits = {limit for pair in INTERVALS.values() for limit in pair}
    groups = [column for column in wanted if column in table.by]
    measures = [column for column in wanted if column in table.measures and column not in limits]
    return groups, measures


def _cells(table: "Table") -> tuple[pd.DataFrame, str]:
    """Body of the table as text, and its header rows."""
    groups, measures = _shown(table)
    pieces = {}
    for measure in measures:
        pieces[MEASURES[measure].label] = _numbers(table.frame, measure)
        if measure in INTERVALS and INTERVALS[measure][0] in table.frame:
            pieces[_interval_label(measure)] = _intervals(table.frame, measure)
    names = {column: LABELS.get(column, column.replace("_", " ").capitalize()) for column in groups}
    text = table.frame[groups].map(shown_code).assign(**pieces)
    if not table.pivot:
        header = "".join(f'<th scope="col">{escape(label)}</th>' for label in names.values())
        header += "".join(f'<th scope="col" class="num">{escape(label)}</th>' for label in pieces)
        return text, f"<tr>{header}</tr>"

    rows = [column for column in groups if column != table.pivot]
    across = list(dict.fromkeys(text[table.pivot]))
    wide = text.set_index(groups)[list(pieces)].unstack(table.pivot, sort=False)
    wide = wide.swaplevel(axis=1)[[(value, label) for value in across for label in pieces]]
    order = pd.MultiIndex.from_frame(text[rows].drop_duplicates())
    wide = wide.reindex(order if len(rows) > 1 else order.get_level_values(0)).fillna("[z]")
    first = "".join(f'<th scope="col" rowspan="2">{escape(names[c])}</th>' for c in rows)
    first += "".join(
        f'<th scope="colgroup" colspan="{len(pieces)}">{escape(value)}</th>' for value in across
    )
    second = "".join(f'<th scope="col" class="num">{escape(label)}</th>' for label in pieces)
    return wide.reset_index(), f"<tr>{first}</tr>\n<tr>{second * len(across)}</tr>"


def _numbers(frame: pd.DataFrame, measure: str) -> pd.Series:
    status = frame[f"{measure}_status"]
    marked = (plain_numbers(frame[measure], ",") + " " + status).str.strip()
    return marked.where(frame[measure].notna(), status)


def _intervals(frame: pd.DataFrame, measure: str) -> pd.Series:
    low, high = INTERVALS[measure]
    words = plain_numbers(frame[low], ",") + " to " + plain_numbers(frame[high], ",")
    return words.where(words.notna(), frame[f"{low}_status"])


def _interval_label(measure: str) -> str:
    if measure in RATES:
        return "Confidence interval"
    return f"Interval of {MEASURES[measure].label.split(' (')[0].lower()}"


def _row_cells(row: tuple[str, ...], groups: int) -> list[str]:
    heads = [f'<th scope="row">{escape(str(cell))}</th>' for cell in row[:groups]]
    return heads + [f"<td>{_explained(str(cell))}</td>" for cell in row[groups:]]


def _explained(cell: str) -> str:
    text = escape(cell)
    for sign, words in STATUSES.items():
        if sign and sign in text:
            text = text.replace(sign, f'<abbr title="{words}">{sign}</abbr>')
    return text
