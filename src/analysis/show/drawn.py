"""What a chart may draw: the shown values of a protected table, and how many it leaves out.

Everything a chart draws goes through ``drawn_rows``, which accepts a protected table and nothing
else. Values that the table hides are not in it, and nothing here works them out.
"""

from dataclasses import dataclass, replace

import pandas as pd

from analysis.disclosure.csv_text import cells, csv_text
from analysis.disclosure.measures import INTERVALS
from analysis.errors import DisclosureError
from analysis.show.chart import digest_of
from analysis.show.nothing import NOT_APPLICABLE, WORDS, NothingShown
from analysis.vocabulary import STATUSES

_HIDDEN = ("[x]", "[c]", "[z]")
_PARTS_OF_A_TABLE = ("frame", "by", "title", "name")


@dataclass(frozen=True)
class Drawn:
    """Rows of one chart.

    ``rows`` has the group columns asked for and ``value``, ``lower``, ``upper`` (missing where the
    measure has no limits) and ``unreliable``. ``groups`` has the group columns of every row, so
    that a value left out keeps its place. ``hidden`` counts the rows left out, by the reason.
    ``level`` is the level of the groups, where the table says that they have one. ``read`` says
    where the values were read: of each measure the download, the steps that lead to its rows there,
    the columns of the groups and a digest of the values.
    """

    rows: pd.DataFrame
    groups: pd.DataFrame
    measure: str
    title: str
    name: str
    hidden: dict[str, int]
    level: str = ""
    read: tuple[dict[str, object], ...] = ()

    @property
    def has_limits(self) -> bool:
        """Whether any value has an interval."""
        return bool(self.rows["lower"].notna().any())

    def data(self) -> str:
        """Return all that is drawn as text, to make a digest of."""
        left_out = "".join(f"{reason}: {count}\n" for reason, count in self.hidden.items())
        columns = {name: _written(self.rows[name]) for name in self.rows}
        return f"{self.measure}\n{csv_text(columns)}{left_out}"

    def keep(self, rows: pd.DataFrame, reason: str = "") -> "Drawn":
        """Return the same with some rows only; rows dropped for ``reason`` are counted under it."""
        hidden = dict(self.hidden)
        if reason and len(rows) < len(self.rows):
            hidden[reason] = hidden.get(reason, 0) + len(self.rows) - len(rows)
        return replace(self, rows=rows.reset_index(drop=True), hidden=hidden)


def _written(column: pd.Series) -> list:
    values = cells(column)
    if not pd.api.types.is_float_dtype(column):
        return values
    return [None if value is None else f"{value:.10g}" for value in values]


def drawn_rows(table: object, measure: str, groups: list[str]) -> Drawn:
    """Return the rows that a chart of one measure of a protected table may draw.

    Parameters
    ----------
    table
        A protected table. A row is a group; ``groups`` must tell its rows apart.
    measure
        Column to draw; its limits, where it has any, are drawn with it.
    groups
        Columns that place a row in the chart.

    Raises
    ------
    DisclosureError
        Not a protected table, no such column, a value that its status hides, groups that do not
        tell rows apart, or no value to draw.
    """
    frame = _frame_of(table)
    _require_columns(table, frame, [*groups, measure, f"{measure}_status"])
    status = frame[f"{measure}_status"]
    _require_hidden(table, frame, measure, status)
    _require_distinct(table, frame, groups)

    shown = frame[measure].notna()
    marks = frame[groups].assign(
        value=frame[measure].astype(float),
        **_limits(frame, measure),
        unreliable=status == "[u]",
    )
    rows = marks[shown]
    if rows.empty:
        raise NothingShown(
            f"Table {table.name!r}: no {measure} is shown in any of {len(frame):,} rows.\n"
            "There is nothing to draw: leave the chart out, or use broader groups.",
            table.name,
            table.title,
            NOT_APPLICABLE if (status == "[z]").all() else WORDS,
        )
    left_out = status[~shown].where(status[~shown].isin(_HIDDEN), "[x]")
    hidden = {STATUSES[sign]: int((left_out == sign).sum()) for sign in _HIDDEN}
    drawn = Drawn(
        rows=rows.reset_index(drop=True),
        groups=frame[groups],
        measure=measure,
        title=table.title,
        name=table.name,
        hidden={reason: count for reason, count in hidden.items() if count},
        level=_level(frame),
    )
    source = {
        "table": getattr(table, "download", table.name),
        "steps": list(getattr(table, "steps", ())),
        "measure": measure,
        "by": groups,
        "digest": digest_of(drawn.data()),
    }
    return replace(drawn, read=(source,))


def _level(frame: pd.DataFrame) -> str:
    """The one level of areas or occupations in a table, or nothing."""
    for column in ("area_level", "soc_level"):
        if column in frame and len(frame[column].unique()) == 1:
            return str(frame[column].iloc[0])
    return ""


def _frame_of(table: object) -> pd.DataFrame:
    is_table = all(hasattr(table, part) for part in _PARTS_OF_A_TABLE)
    if isinstance(table, pd.DataFrame) or not is_table or not isinstance(table.frame, pd.DataFrame):
        raise DisclosureError(
            f"A chart is made from a protected table, not from a {type(table).__name__}.\n"
            "Pass the rates through protect() and give its result to the chart."
        )
    return table.frame


def _limits(frame: pd.DataFrame, measure: str) -> dict[str, pd.Series]:
    lower, upper = INTERVALS.get(measure, ("", ""))
    if lower not in frame or upper not in frame:
        nothing = pd.Series(float("nan"), index=frame.index)
        return {"lower": nothing, "upper": nothing}
    both = frame[[lower, upper]].notna().all(axis=1)
    return {
        "lower": frame[lower].astype(float).where(both),
        "upper": frame[upper].astype(float).where(both),
    }


def _require_columns(table: object, frame: pd.DataFrame, columns: list[str]) -> None:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise DisclosureError(
            f"Table {table.name!r} has no column {', '.join(missing)}.\n"
            f"A chart draws columns of its table: {', '.join(map(str, frame.columns))}."
        )


def _require_hidden(table: object, frame: pd.DataFrame, measure: str, status: pd.Series) -> None:
    odd = int((status.isin(_HIDDEN) & frame[measure].notna()).sum())
    if odd:
        raise DisclosureError(
            f"Table {table.name!r}: {odd:,} values of {measure} are there although their status "
            "hides them.\nMake the table with protect(), which takes hidden values out."
        )


def _require_distinct(table: object, frame: pd.DataFrame, groups: list[str]) -> None:
    repeated = int(frame.duplicated(groups).sum()) if groups else len(frame) - 1
    if repeated > 0:
        others = [column for column in table.by if column not in groups]
        raise DisclosureError(
            f"Table {table.name!r}: {repeated:,} rows repeat a group of {', '.join(groups)}, so "
            "that one mark would have several values.\n"
            f"Choose one value of {', '.join(others) or 'the other columns'} with Table.select()."
        )
