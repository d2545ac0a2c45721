"""Links between published cells: sums over all dimensions, and from one edition to the next.

Whatever is a part of a published sum and is itself in no table is put in as an unknown: a reader
knows that it is there, and not how large it is. Only a part that cannot be counts as 0.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.publish.behind_rates import rates_only, tied, without_ageless
from analysis.publish.between import EDITION, between, limits_between, revisions
from analysis.publish.gaps import areas_by_decile, pieces, unknown_parts
from analysis.publish.numbers import Along, Numbers, Stack, Trees, distinct, rest_of
from analysis.publish.universe import Part
from analysis.tables.dimensions import DIMENSIONS, OF_COLUMN, codes_of_level
from analysis.tables.request import Request
from analysis.tables.system import Listing, trees_of
from analysis.vocabulary import AGE_BANDS, ENGLAND, NON_RESIDENT, WALES

UNPUBLISHED, BETWEEN = "no table", "between the editions"


def linked(
    parts: Sequence[Part], lookup: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], dict[str, list[dict]]]:
    """Return the tables of a universe and their hierarchies, as ``attack.bounds`` takes them.

    Parameters
    ----------
    parts
        Everything that counts these deaths, of all editions.
    lookup
        The lookup of areas.

    Returns
    -------
    tables, hierarchies
        Tables by name, with cells of no table under ``UNPUBLISHED``, and with what was registered
        between two editions under ``BETWEEN``: only a count of it that rules name has a ``limit``.
        Dimensions in which nothing differs are left out.
    """
    numbers, frames = Numbers.of(
        [part.cells.assign(**{EDITION: part.table.counted.registered_by}) for part in parts],
        [*parts[0].dimensions, EDITION],
    )
    rows, trees = _stacked(parts, frames, numbers), _trees(parts, frames, numbers, lookup)
    fallen, moved = revisions(rows)
    editions = sorted({part.table.counted.registered_by for part in parts})
    # What was registered in a week is the same in every edition.
    if len(editions) > 1 and (moved or parts[0].request.window.basis == "occurrence"):
        trees[EDITION] = [{b: [a, between(a, b)]} for a, b in pairwise(editions)]
    dimensions = [d for d in rows.dimensions if d in trees]
    kept = [d for d in dimensions if len(rows.frame[d].unique()) > 1] or dimensions[:1]
    trees, deciles = {name: trees[name] for name in kept}, areas_by_decile(lookup)
    for codes in (_codes(trees), *deciles.values()):
        numbers = numbers.including(codes)

    along = Along.each(numbers, trees)
    rows = _evidence(replace(rows, dimensions=kept), along, parts)
    unknown = unknown_parts(rows, along)
    told = numbers.words(unknown, kept)
    new = distinct(np.concatenate([unknown, pieces(rows, numbers, deciles)]))
    added = numbers.words(new, kept).assign(numerator=np.nan, limit=0.0, known_low=0.0)
    later = np.zeros(len(new), dtype=bool)
    if EDITION in trees:
        later, limit = _between_editions(rows, new, numbers, trees[EDITION], parts)
        added["limit"] = limit
        # An age that comes to be known later moves a death from a rest to an age.
        if fallen or any(told[name].str.startswith(rest_of("")).any() for name in kept):
            added.loc[later, "known_low"] = -np.inf
    more = {UNPUBLISHED: added[~later], BETWEEN: added[later]}
    tables = _tables(rows, numbers) | {name: frame for name, frame in more.items() if len(frame)}
    return tables, _with_rests(told, trees)


def _stacked(parts: Sequence[Part], frames: Sequence[pd.DataFrame], numbers: Numbers) -> Stack:
    """The rows of all tables, in numbers, by table."""
    # What was added up comes last: it counts only where no table shows the sum.
    order = sorted(range(len(parts)), key=lambda place: parts[place].added_up)
    titles = list(dict.fromkeys(parts[place].name for place in order))
    table = np.array([titles.index(parts[place].name) for place in order])
    part = np.repeat(order, [len(frames[place]) for place in order])
    frame = pd.concat([frames[place] for place in order], ignore_index=True)
    frame["table"] = np.repeat(table, [len(frames[place]) for place in order])
    rows = Stack(frame, list(numbers.names), titles)
    kept, taken = np.ones(len(part), dtype=bool), np.zeros(len(rows.cells), dtype=bool)
    for place in order:
        own = np.flatnonzero(part == place)
        kept[own] = ~taken[rows.cell[own]] if parts[place].added_up else True
        taken[rows.cell[own[kept[own] & ~np.isnan(rows.value[own])]]] = True
    frame = frame[kept].sort_values("table", kind="stable", ignore_index=True)
    return Stack(frame, rows.dimensions, titles)


def _evidence(rows: Stack, along: Sequence[Along], parts: Sequence[Part]) -> Stack:
    """The rows, without counts behind rates that are tied to nothing or lack the ageless."""
    suppressed = {part.name for part in parts if part.table.kind.method == "suppress"}
    behind = {part.name for part in parts if rates_only(part)}
    rows = rows.where(tied(rows, along, rows.of(suppressed), rows.of(behind)))
    return rows.where(without_ageless(rows, along, rows.of(behind)))


def _between_editions(
    rows: Stack, new: np.ndarray, numbers: Numbers, trees: list[dict], parts: Sequence[Part]
) -> tuple[np.ndarray, np.ndarray]:
    """Which new cells are between editions, and the largest count there that must not be known."""
    edges = [(after, *of) for tree in trees for after, of in tree.items()]
    editions = [tuple(numbers.of_words(EDITION, edge)) for edge in edges]
    smallest = {part.name: part.table.kind.smallest_revision - 1 for part in parts}
    largest = np.array([smallest[title] for title in rows.titles])[rows.table]
    later = np.isin(new[:, rows.dimensions.index(EDITION)], [code for *_, code in editions])
    limit = np.zeros(len(new))
    limit[later] = limits_between(rows, new[later], largest, editions)
    return later, limit


def _tables(rows: Stack, numbers: Numbers) -> dict[str, pd.DataFrame]:
    """Tables by name, in words."""
    words = numbers.words(rows.codes, rows.dimensions)
    words = words.assign(
        **{c: rows.frame[c].to_numpy() for c in ("numerator", "limit", "known_low")}
    )
    return {rows.titles[place]: words[rows.table == place] for place in np.unique(rows.table)}


def _trees(
    parts: Sequence[Part], frames: Sequence[pd.DataFrame], numbers: Numbers, lookup: pd.DataFrame
) -> Trees:
    """Hierarchies over all codes of each level that is used, in tables or not."""
    listed: list[tuple[Request, Listing]] = []
    every = cache(lambda column, ages: _every_code(column, ages, lookup))
    for part, frame in zip(parts, frames, strict=True):
        codes = {
            name: set(numbers.names[name].take(frame[name].unique())) for name in part.dimensions
        }
        for dimension in DIMENSIONS:
            if dimension.name not in codes:
                continue
            codes[dimension.name].add(part.request.filter_code(dimension))
            for column in (c for c in part.request.columns if c in dimension.levels):
                codes[dimension.name] |= every(column, part.table.counted.ages)
        listed.append((part.request, codes))
    request, codes = listed[0]
    if any(len(of["area"]) > 1 for _, of in listed):
        # People who live in neither country are in no area, and in the total.
        whole = Request(request.window, ("ctry20cd",))
        countries = {ENGLAND, WALES, NON_RESIDENT, OF_COLUMN["lad20cd"].total}
        own = {d.name: {whole.filter_code(d)} for d in DIMENSIONS if d.name in codes}
        listed.append((whole, own | {"area": countries}))
    return trees_of(listed, lookup)


def _every_code(column: str, ages: tuple[int, int | None], lookup: pd.DataFrame) -> set[str]:
    codes = set(codes_of_level(column, lookup) or ())
    if column in ("age_band", "age_group") and ages != (0, None):
        low, high = ages
        codes &= {b for b in AGE_BANDS if _first(b) >= low and (high is None or _first(b) <= high)}
    return codes


def _first(band: str) -> int:
    return 0 if band == "<1" else int(band.rstrip("+").split("-")[0])


def _codes(trees: Trees) -> dict[str, list[str]]:
    """All codes of trees."""
    return {
        name: [code for tree in mappings for total, of in tree.items() for code in (total, *of)]
        for name, mappings in trees.items()
    }


def _with_rests(unknown: pd.DataFrame, trees: Trees) -> Trees:
    grown: Trees = {}
    for name, mappings in trees.items():
        codes = set(unknown[name].unique())
        grown[name] = [
            {
                total: list(dict.fromkeys([*parts, *({rest_of(total)} & codes)]))
                for total, parts in mapping.items()
            }
            for mapping in mappings
        ]
    return grown
