"""What pages print of the cells of a table: margins of it, and how much room they leave."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.tables.counted import Counted, codes_listed
from analysis.tables.dimensions import dimension_of
from analysis.tables.request import Request
from analysis.tables.system import Listing, Trees, listing
from analysis.tables.windows import WEEK, span_of


def margin_of(printed: Request, request: Request) -> Request | None:
    """Return what a printed table says of the cells of a request, or None if nothing.

    That is its margin over the dimensions that both go by, at the coarser of their levels, where
    it stands at the filters of the request.
    """
    for column in request.where:
        levels = dimension_of(column).levels
        other = next((c for c in printed.by if c in levels), None)
        if other is None or levels.index(other) > levels.index(column):
            return None
    if "nowcast_week" in printed.by and "death_date" not in request.by:
        return None
    by = []
    for column in request.by:
        levels = dimension_of(column).levels
        other = next((c for c in printed.by if c in levels), None)
        if other is not None:
            by.append(max(column, other, key=levels.index))
    return replace(request, by=tuple(by))


def printed_codes(margin: Request, counted: Counted, lookup: pd.DataFrame) -> Listing:
    """Return the codes of a margin that are printed: of weeks to the cut-off, whole ones."""
    codes, window = listing(margin, codes_listed(margin, counted.deaths, lookup)), margin.window
    if "nowcast_week" in margin.by:
        whole = {code for code in codes[window.time] if span_of(code)[1] - span_of(code)[0] == WEEK}
        codes[window.time] = whole | {window.code}
    return codes


def inside(cells: pd.DataFrame, codes: Listing) -> pd.Series:
    """Return which cells a table with these codes has."""
    return pd.Series(_are_listed(_coded(cells, codes), codes), index=cells.index)


def room_of(cells: pd.DataFrame, codes: Listing, trees: Trees) -> np.ndarray:
    """Return how large each cell can be, to who reads a table with these codes: as its total.

    A total that is public and small leaves a reader less in doubt than the rule wants; no table
    that is made later can change that. It counts 1 at least.
    """
    coded = _coded(cells, codes)
    above = {name: _above(codes[name], trees[name]) for name in codes}
    varied = [name for name, (_, own) in coded.items() if len(own) > 1] or list(codes)[:1]
    alone = {name: own[0] for name, (_, own) in coded.items() if name not in varied}
    if any(above[name].get(code) != code for name, code in alone.items()):
        return np.full(len(cells), np.inf)
    places = pd.DataFrame({name: coded[name][0] for name in varied})
    public = places.assign(numerator=cells["numerator"].to_numpy())[_are_listed(coded, codes)]
    totals = pd.DataFrame({name: _totals(*coded[name], above[name]) for name in varied})
    found = totals.merge(public, how="left", on=varied)["numerator"]
    return found.clip(lower=1).fillna(np.inf).to_numpy()


def _totals(places: np.ndarray, own: list[str], above: Mapping[str, str]) -> np.ndarray:
    """For each cell the place of the code above its own; -1 where there is none."""
    return pd.Index(own).get_indexer([above.get(code) for code in own])[places]


def _coded(cells: pd.DataFrame, names: Iterable[str]) -> dict[str, tuple[np.ndarray, list[str]]]:
    """For each dimension the places of the cells' codes in a list of codes, and that list."""
    found = {name: pd.factorize(cells[name]) for name in names}
    return {name: (places, codes.tolist()) for name, (places, codes) in found.items()}


def _are_listed(coded: Mapping[str, tuple[np.ndarray, list[str]]], codes: Listing) -> np.ndarray:
    """Which cells have a code in each dimension that a table lists."""
    listed = (
        (places, [code in codes[name] for code in own]) for name, (places, own) in coded.items()
    )
    return np.logical_and.reduce([np.array(among, dtype=bool)[at] for at, among in listed])


def _above(listed: set[str], trees: list[dict]) -> dict[str, str]:
    """For each code the first at or above it that a table lists; none where there is none."""
    parents = [(part, total) for tree in trees for total, parts in tree.items() for part in parts]
    found = {code: code for code in listed}
    waiting, grown = [pair for pair in parents if pair[0] not in listed], True
    while grown:
        new = {part: found[total] for part, total in waiting if total in found}
        new = {part: total for part, total in new.items() if part not in found}
        found, grown = found | new, bool(new)
    return found
