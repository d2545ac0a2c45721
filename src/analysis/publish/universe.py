"""Published tables as one system: the same deaths, whoever counts them.

A table becomes one or more requests (``tables.request``), one for each level of its areas or
occupations, and each a table of cells in all dimensions. What counts the same deaths, whole
editions included, is a universe, and is attacked together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.kinds import CODES
from analysis.errors import DisclosureError
from analysis.publish.evidence import CONFIDENTIAL, PublishedTable
from analysis.publish.periods import in_window, window_of
from analysis.tables.dimensions import COVID, OF_COLUMN, codes_of_level
from analysis.tables.request import Request
from analysis.tables.system import as_cells
from analysis.vocabulary import ALL_CAUSES, INVOLVING, NON_RESIDENT

# Names of what a code beside them says.
NAMES = {
    "area_level", "area_name", "region_name", "soc_level", "occupation",
    "rgn20nm", "lad20nm", "msoa11nm", "ctry20nm",
}  # fmt: skip
# Measures of tables whose deaths are not all those that the parameters of their page name, and the
# deaths that they have: such a table is no evidence of a count.
OTHER_DEATHS = {
    "fewest": "those in ranked groups of one country",
    "relative_average": "those of a span of weeks that it does not name",
    "published_above": "those of a span of weeks that it does not name",
}
_LEVELS = {
    "country": "ctry20cd", "region": "rgn20cd", "local_authority": "lad20cd",
    "msoa": "msoa11cd", "lsoa": "lsoa11cd",
}  # fmt: skip
_OCCUPATIONS = {1: "soc2010_major", 2: "soc2010_submajor", 3: "soc2010_minor", 4: "soc2010"}
# Dimensions whose codes are listed nowhere, or as many as there are areas.
_OPEN = {"time", "registered", "area", "underlying", "ethnicity", "religion", "certified"}


@dataclass(frozen=True)
class Part:
    """A table, or what it has of one level: the request that it answers, and its cells.

    ``cells`` has a column for each dimension, the ``numerator`` that is shown, ``limit`` (the
    largest count that must not become known; 0 where it may) and ``known_low``; its index is that
    of ``table.frame``. ``added_up``: they are sums of counts of which some have moved.
    """

    table: PublishedTable
    request: Request
    cells: pd.DataFrame
    count: str = "numerator"
    added_up: bool = False

    @property
    def name(self) -> str:
        """What a message calls it."""
        return self.table.label + (" (involving COVID-19)" if self.count == "involving" else "")

    @property
    def universe(self) -> tuple:
        """What its deaths have in common with those of other tables of the same universe."""
        return self.request.window.basis, *self.table.counted.ages

    @property
    def dimensions(self) -> list[str]:
        """Its dimensions."""
        return [c for c in self.cells if c not in ("numerator", "limit", "known_low")]


def parts_of(table: PublishedTable, lookup: pd.DataFrame) -> list[Part]:
    """Return a table as cells; none if it says nothing of deaths by what is known here.

    Raises
    ------
    DisclosureError
        A table withholds counts, and goes by something that no hierarchy is known of.
    """
    counts = [count for count in ("numerator", "involving") if count in table.measures]
    if not counts and table.withheld.any():
        counts = ["numerator"]
    restricted = [measure for measure in OTHER_DEATHS if measure in table.measures]
    if not counts or (restricted and not table.withheld.any()):
        return []
    frame = in_window(table)
    strange = _strange(table, frame, lookup)
    if strange or restricted:
        if table.withheld.any():
            reason = f"goes by {', '.join(strange)}" if strange else "counts other deaths"
            raise DisclosureError(
                f"{table.label}: it withholds {int(table.withheld.sum())} counts and {reason}, so "
                "that it cannot be attacked.\nA table that cannot be attacked is not published: "
                "show it by columns of tables.dimensions."
            )
        return []
    parts = [
        _part(table, rows, columns, count, lookup)
        for columns, rows in _levels(table, frame)
        for count in counts
    ]
    return [part for part in parts if part is not None and len(part.cells)]


def _strange(table: PublishedTable, frame: pd.DataFrame, lookup: pd.DataFrame) -> list[str]:
    """Columns of groups, and codes in them, of which it is not known what they add up to."""
    said = {*table.measures, *(f"{m}_status" for m in table.measures), *NAMES}
    strange = []
    for column in frame:
        if column in said or column.endswith("nm") or column in ("area_code", "soc_code"):
            continue
        if column not in OF_COLUMN:
            strange.append(column)
            continue
        dimension = OF_COLUMN[column]
        known = None if dimension.name in _OPEN else codes_of_level(column, lookup)
        if known is not None:
            others = set(frame[column].unique()) - {
                *known,
                dimension.total,
                dimension.missing,
                NON_RESIDENT,
            }
            strange += [f"{column} {sorted(others)[0]}"] if others else []
    return strange


def _levels(
    table: PublishedTable, frame: pd.DataFrame
) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """The table by levels of its areas and occupations: columns of records, and the rows."""
    by = tuple(c for c in frame if c in OF_COLUMN and c not in table.measures)
    pieces = [(by, frame)]
    for column, level_of in (("area_code", _area_level), ("soc_code", _occupation_level)):
        if column not in frame:
            continue
        levels = frame[column].map({c: level_of(c) for c in frame[column].unique()})
        pieces = [
            ((*by, level) if level else by, rows.rename(columns={column: level or column}))
            for by, whole in pieces
            for level, rows in whole.groupby(levels.loc[whole.index], sort=False)
        ]
    return iter(pieces)


def _area_level(code: str) -> str:
    kind = CODES.get(code[:3], "")
    return "" if code[:3] == "K04" else _LEVELS[kind]


def _occupation_level(code: str) -> str:
    return "" if code == OF_COLUMN["soc2010"].total else _OCCUPATIONS[len(code)]


def _part(
    table: PublishedTable,
    rows: pd.DataFrame,
    columns: tuple[str, ...],
    count: str,
    lookup: pd.DataFrame,
) -> Part | None:
    shown = rows[count].astype(float) if count in rows else pd.Series(np.nan, rows.index)
    status = rows.get(f"{count}_status", pd.Series("", rows.index))
    withheld = (status == CONFIDENTIAL) | (count not in rows and table.withheld.loc[rows.index])
    kind = table.kind
    limit = np.where(withheld, kind.smallest_count - 1, 0)
    never_zero = withheld & (kind.method == "suppress") & (kind.zeros == "shown")
    cells = rows[list(columns)].assign(
        numerator=shown.mask(withheld),
        limit=limit.astype(float),
        known_low=np.where(never_zero, 1.0, 0.0),
    )
    moved = kind.method == "reallocate"
    if moved:
        if "msoa11cd" not in columns or cells["numerator"].isna().any():
            return None
        cells = _added_up(cells, list(columns), lookup)
        columns = tuple("lad20cd" if c == "msoa11cd" else c for c in columns)
    request = Request(window_of(table), columns, _where(table))
    cells = as_cells(cells, request)
    if count == "involving":
        cells = cells[cells["covid19"] == ALL_CAUSES].assign(covid19=COVID)
    return Part(table, request, cells, count, added_up=moved)


def _added_up(cells: pd.DataFrame, columns: list[str], lookup: pd.DataFrame) -> pd.DataFrame:
    """Counts by MSOA of which some have moved, added up: they are true of local authorities."""
    home = lookup.drop_duplicates("msoa11cd").set_index("msoa11cd")["lad20cd"].astype(str)
    inside = cells.assign(msoa11cd=cells["msoa11cd"].map(home)).dropna(subset="msoa11cd")
    summed = inside.groupby(columns, as_index=False, sort=False).agg(
        {"numerator": "sum", "limit": "max", "known_low": "max"}
    )
    return summed.rename(columns={"msoa11cd": "lad20cd"})


def _where(table: PublishedTable) -> dict[str, tuple[str, ...]]:
    where = {
        column: (codes,) if isinstance(codes, str) else tuple(map(str, codes))
        for column, codes in table.where.items()
    }
    codes = where.get("covid19", ())
    if codes == ("involving",) or set(codes) == set(INVOLVING):
        where = {c: v for c, v in where.items() if c != "covid19"} | {"cause": (COVID,)}
    return where


def by_universe(parts: Iterable[Part]) -> dict[tuple, list[Part]]:
    """Return the parts of each universe."""
    found: dict[tuple, list[Part]] = {}
    for part in parts:
        found.setdefault(part.universe, []).append(part)
    return found
