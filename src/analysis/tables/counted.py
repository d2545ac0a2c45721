"""A request counted: every cell of its table, and every total that other tables may show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import ibis
import numpy as np
import pandas as pd

from analysis.tables.counting import count_request
from analysis.tables.dimensions import Dimension, climbed, codes_of_level, dimension_of
from analysis.tables.request import Request
from analysis.tables.system import Listing, Trees, as_cells, dimensions_of, listing
from analysis.tables.windows import Pieces, span_of


@dataclass(frozen=True)
class Counted:
    """A request, the codes of each of its columns, and its deaths.

    ``deaths`` has a row for each group with deaths: the columns of ``by_day`` and ``numerator``.
    """

    request: Request
    codes: Mapping[str, list[str]]
    deaths: pd.DataFrame

    @classmethod
    def of(cls, records: ibis.Table, request: Request, lookup: pd.DataFrame) -> "Counted":
        """Count a request; by day where it goes by a longer period, which others may cut.

        Parameters
        ----------
        records
            As ``counting.with_levels`` gives them.
        lookup
            The lookup of areas.
        """
        deaths = count_request(records, request, list(by_day(request).by))
        return cls(request, codes_listed(request, deaths, lookup), deaths)

    @cached_property
    def listing(self) -> Listing:
        """Codes of the table in each dimension."""
        return listing(self.request, self.codes)

    def grouped(self, request: Request, lookup: pd.DataFrame) -> pd.DataFrame:
        """Return the deaths of the same request, or of a coarser one, by its columns."""
        keys = {}
        for column in request.by:
            held = next(c for c in self.deaths if c in dimension_of(column).levels)
            own = self.deaths[held]
            if column in _times(request):
                keys[column] = own.map(request.window.period_of_days(column))
            else:
                keys[column] = own.map(climbed(set(own.unique().tolist()), held, column, lookup))
        rows = pd.DataFrame(keys, index=self.deaths.index).assign(
            numerator=self.deaths["numerator"]
        )
        return rows.groupby(list(keys), as_index=False)["numerator"].sum() if keys else rows

    def pieces(self, trees: Trees) -> Listing:
        """Return the codes of the table for pieces of its periods, which nobody publishes."""
        time = next(d for d in dimensions_of(self.request) if d.name == self.request.window.time)
        cut = set(self._leaves(time, trees[time.name])) - self.listing[time.name]
        return {**self.listing, time.name: cut}

    def full(self, trees: Trees) -> pd.DataFrame:
        """Return the counts of all cells that the deaths settle, zeros and totals included.

        One row per cell: the dimensions, ``numerator``. Periods are cut where ``trees`` cuts them.
        """
        time = self.request.window.time
        leaves = {
            dimension.name: self._leaves(dimension, trees[dimension.name])
            for dimension in dimensions_of(self.request)
        }
        cells = as_cells(self.deaths, by_day(self.request))
        if len(leaves[time]) > 1 or any(c in _times(self.request) for c in self.request.by):
            cells[time] = cells[time].map(_period_of_days(leaves[time]))
        return _summed(cells, leaves, trees)

    def _leaves(self, dimension: Dimension, trees: list[dict]) -> list[str]:
        """The finest codes of a dimension, cut where other tables cut them."""
        codes = set(self.listing[dimension.name])
        if len(codes) == 1:
            return sorted(codes)
        codes -= {self.request.filter_code(dimension)}
        if dimension.name != self.request.window.time:
            return sorted(codes)
        return sorted({leaf for code in codes for leaf in _cut(code, trees)})


def codes_listed(
    request: Request, deaths: pd.DataFrame, lookup: pd.DataFrame
) -> dict[str, list[str]]:
    """Return the codes that a table lists in each of its columns: all there are, and all seen."""
    listed = {}
    for column in request.by:
        if column in _times(request):
            listed[column] = request.window.codes(column)
            continue
        seen = _seen(column, deaths, lookup)
        known = request.where.get(column) or codes_of_level(column, lookup) or ()
        inside = _inside(known, column, request, lookup)
        listed[column] = [*inside, *sorted(seen - set(inside))]
    return listed


def _seen(column: str, deaths: pd.DataFrame, lookup: pd.DataFrame) -> set[str]:
    """Codes of a level among deaths that are counted by it, or by a finer one."""
    finer = next(c for c in deaths if c in dimension_of(column).levels)
    return set(climbed(set(deaths[finer].unique().tolist()), finer, column, lookup).values())


def by_day(request: Request) -> Request:
    """Return the request by day in place of a longer period."""
    times = _times(request)
    return replace(request, by=tuple(times[0] if c in times else c for c in request.by))


def _times(request: Request) -> tuple[str, ...]:
    return next(d.levels for d in dimensions_of(request) if d.name == request.window.time)


def _inside(known, column: str, request: Request, lookup: pd.DataFrame) -> list[str]:
    """The codes that a filter on a coarser level of the same dimension, or an index, leaves."""
    codes = dict.fromkeys(known)
    dimension = next(d for d in dimensions_of(request) if column in d.levels)
    for wanted in (c for c in request.where if c in dimension.levels and c != column):
        above = climbed(set(known), column, wanted, lookup)
        codes = {code: at for code, at in above.items() if at in request.where[wanted]}
    return [code for code in known if code in codes]


def _cut(code: str, trees: list[dict]) -> list[str]:
    """The pieces into which periods of other tables cut a period."""
    for tree in trees:
        if isinstance(tree, Pieces) and code in tree:
            return [leaf for part in tree[code] for leaf in _cut(part, trees)]
    return [code]


def _period_of_days(periods: list[str]) -> dict[str, str]:
    return {str(day.date()): code for code in periods for day in pd.date_range(*span_of(code))}


def _summed(cells: pd.DataFrame, leaves: Mapping[str, list[str]], trees: Trees) -> pd.DataFrame:
    """Counts of cells at each combination of leaves and of the totals that these add up to.

    They are added up along one dimension after the other, in an array with an axis for each.
    """
    places = np.array([pd.Index(leaves[name]).get_indexer(cells[name]) for name in leaves])
    listed = (places >= 0).all(axis=0)
    counts = np.zeros([len(codes) for codes in leaves.values()], dtype="int64")
    np.add.at(counts, tuple(places[:, listed]), cells["numerator"].to_numpy("int64")[listed])
    codes = {}
    for axis, name in enumerate(leaves):
        rows = _sums(leaves[name], trees[name])
        codes[name] = list(rows)
        along = np.tensordot(np.array([*rows.values()]), counts, axes=(1, axis))
        counts = np.moveaxis(along, 0, axis)
    return _every(codes).assign(numerator=counts.ravel())


def _sums(leaves: list[str], trees: list[dict]) -> dict[str, np.ndarray]:
    """How often each leaf is in each code that leaves add up to: leaves first."""
    found = dict(zip(leaves, np.eye(len(leaves), dtype="int64"), strict=True))
    waiting = [(total, parts) for tree in trees for total, parts in tree.items()]
    while ready := [one for one in waiting if one[0] not in found and found.keys() >= {*one[1]}]:
        found |= {total: sum(found[part] for part in parts) for total, parts in ready}
    return found


def _every(lists: Mapping[str, list[str]]) -> pd.DataFrame:
    """Each combination of codes, the last column running fastest."""
    places = np.indices([len(codes) for codes in lists.values()]).reshape(len(lists), -1)
    columns = {
        name: pd.array(codes, dtype="str").take(own)
        for (name, codes), own in zip(lists.items(), places, strict=True)
    }
    return pd.DataFrame(columns)
