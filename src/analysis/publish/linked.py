"""Links between published cells: sums over all dimensions, and from one edition to the next.

Whatever is a part of a published sum and is itself in no table is put in as an unknown: a reader
knows that it is there, and not how large it is. Only a part that cannot be counts as 0.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.publish.behind_rates import tied, without_ageless
from analysis.publish.gaps import Trees, rest_of, unknown_parts
from analysis.publish.universe import Part
from analysis.tables.dimensions import DIMENSIONS, OF_COLUMN, codes_of_level
from analysis.tables.request import INDEX_COUNTRY, Request
from analysis.tables.system import Listing, trees_of
from analysis.vocabulary import AGE_BANDS, ENGLAND, NON_RESIDENT, WALES

EDITION = "registered by"
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
    dimensions, trees = parts[0].dimensions, _trees(parts, lookup)
    tables = _tables(parts)
    fallen, moved = _revisions(tables, dimensions)
    names = sorted({part.table.counted.registered_by for part in parts})
    if len(names) > 1 and (moved or parts[0].request.window.basis == "occurrence"):
        trees[EDITION] = [{b: [a, _between(a, b)]} for a, b in pairwise(names)]
        dimensions = [*dimensions, EDITION]
    else:
        # What was registered in a week is the same in every edition.
        tables = {name: cells.drop(columns=EDITION) for name, cells in tables.items()}
    together = pd.concat(tables.values())
    kept = [d for d in dimensions if len(together[d].unique()) > 1] or dimensions[:1]
    rest = [c for c in together if c not in dimensions]
    tables = {name: cells[[*kept, *rest]] for name, cells in tables.items()}
    trees = {name: trees.get(name, []) for name in kept}
    tables = without_ageless(tied(tables, trees, parts), trees, parts)
    return _with_unpublished(tables, trees, parts, lookup, fallen)


def shown_cells(tables: dict[str, pd.DataFrame], dimensions: list[str]) -> pd.DataFrame:
    """Return each cell that a table shows once, with its ``numerator``."""
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    return cells.dropna(subset="numerator").drop_duplicates(dimensions)


def _tables(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    """The cells of each table. What was added up counts only where no table shows the sum."""
    tables: dict[str, pd.DataFrame] = {}
    for part in sorted(parts, key=lambda part: part.added_up):
        cells = part.cells.assign(**{EDITION: part.table.counted.registered_by})
        if part.added_up and tables:
            keys = [*part.dimensions, EDITION]
            shown = shown_cells(tables, keys)[keys].assign(shown=True)
            cells = cells[cells.merge(shown, how="left", on=keys)["shown"].isna().to_numpy()]
        if len(cells):
            tables[part.name] = pd.concat([tables.get(part.name, cells.head(0)), cells])
    return tables


def _between(before: str, after: str) -> str:
    return f"{after}, not {before}"


def _trees(parts: Sequence[Part], lookup: pd.DataFrame) -> Trees:
    """Hierarchies over all codes of each level that is used, in tables or not."""
    listed: list[tuple[Request, Listing]] = []
    for part in parts:
        codes = {name: set(part.cells[name].unique()) for name in part.dimensions}
        for dimension in DIMENSIONS:
            if dimension.name not in codes:
                continue
            codes[dimension.name].add(part.request.filter_code(dimension))
            for column in (c for c in part.request.columns if c in dimension.levels):
                codes[dimension.name] |= set(_every_code(column, part, lookup))
        listed.append((part.request, codes))
    request, codes = listed[0]
    if any(len(of["area"]) > 1 for _, of in listed):
        # People who live in neither country are in no area, and in the total.
        whole = Request(request.window, ("ctry20cd",))
        countries = {ENGLAND, WALES, NON_RESIDENT, OF_COLUMN["lad20cd"].total}
        own = {d.name: {whole.filter_code(d)} for d in DIMENSIONS if d.name in codes}
        listed.append((whole, own | {"area": countries}))
    return trees_of(listed, lookup)


def _every_code(column: str, part: Part, lookup: pd.DataFrame) -> Iterable[str]:
    codes = codes_of_level(column, lookup) or ()
    if column in ("age_band", "age_group"):
        low, high = part.table.counted.ages
        inside = [b for b in AGE_BANDS if _first(b) >= low and (high is None or _first(b) <= high)]
        return codes if (low, high) == (0, None) else [c for c in codes if c in inside]
    return codes


def _first(band: str) -> int:
    return 0 if band == "<1" else int(band.rstrip("+").split("-")[0])


def _revisions(tables: dict[str, pd.DataFrame], dimensions: list[str]) -> tuple[bool, bool]:
    """Whether any count that two editions show has fallen, and whether any has changed."""
    cells = pd.concat([table[[*dimensions, EDITION, "numerator"]] for table in tables.values()])
    cells = cells.dropna(subset="numerator").drop_duplicates([*dimensions, EDITION])
    if cells[EDITION].nunique() < 2:
        return False, False
    cells = cells.sort_values(EDITION, kind="stable")
    change = cells.groupby(dimensions, sort=False)["numerator"].diff()
    return bool((change < 0).any()), bool((change.fillna(0) != 0).any())


def _with_unpublished(
    tables: dict[str, pd.DataFrame],
    trees: Trees,
    parts: Sequence[Part],
    lookup: pd.DataFrame,
    fallen: bool,
) -> tuple[dict[str, pd.DataFrame], Trees]:
    """Add the cells that no table has and that take part in sums."""
    unknown, grown = unknown_parts(tables, trees)
    pieces = _pieces(pd.concat(tables.values()), trees, lookup)
    new = pd.concat([unknown, pieces]).drop_duplicates()
    new = new.assign(numerator=np.nan, limit=0.0, known_low=0.0)
    between = pd.Series(False, index=new.index)
    if EDITION in trees:
        names = {of[1] for tree in trees[EDITION] for of in tree.values()}
        between = new[EDITION].isin(names)
    added = _limited(new[between], tables, trees, parts) if between.any() else new[between]
    # An age that comes to be known later moves a death from a rest to an age.
    rests = any(unknown[name].str.startswith(rest_of("")).any() for name in trees)
    if fallen or rests:
        added = added.assign(known_low=-np.inf)
    more = {UNPUBLISHED: new[~between], BETWEEN: added}
    return tables | {name: frame for name, frame in more.items() if len(frame)}, grown


def _limited(
    between: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    trees: Trees,
    parts: Sequence[Part],
) -> pd.DataFrame:
    """What was registered between editions, with the largest count that must not be known."""
    smallest = {part.name: part.table.kind.smallest_revision - 1 for part in parts}
    others = [d for d in trees if d != EDITION]
    limits = []
    for tree in trees[EDITION]:
        for after, (before, code) in tree.items():
            ends = []
            for edition in (before, after):
                held = [
                    cells.loc[cells[EDITION] == edition, others].assign(limit=smallest[name])
                    for name, cells in tables.items()
                    if smallest[name] > 0
                ]
                ends.append(pd.concat(held).drop_duplicates(others) if held else None)
            if ends[0] is not None and ends[1] is not None:
                both = ends[1].merge(ends[0][others], on=others)
                limits.append(both.assign(**{EDITION: code}))
    if not limits:
        return between
    known = between.drop(columns="limit").merge(pd.concat(limits), how="left", on=list(trees))
    return known.assign(limit=known["limit"].fillna(0.0))


def _pieces(cells: pd.DataFrame, trees: Trees, lookup: pd.DataFrame) -> pd.DataFrame:
    """What local authorities have of each decile, where either is withheld.

    All deciles of an authority add up to it; those that it has nothing of have no row.
    """
    found = [cells[list(trees)].head(0)]
    for column, country in INDEX_COUNTRY.items():
        dimension = OF_COLUMN[column]
        if dimension.name not in trees or "area" not in trees:
            continue
        others = [d for d in trees if d not in ("area", dimension.name)]
        pairs = lookup.dropna(subset=[column])[["lad20cd", column]].drop_duplicates()
        pairs = pd.DataFrame(
            {"area": pairs["lad20cd"].astype(str),
             dimension.name: pairs[column].astype(int).astype(str)}
        )  # fmt: skip
        ranked = cells[(cells["area"] == country) & (cells[dimension.name] != dimension.total)]
        places = cells[
            cells["area"].isin(pairs["area"]) & (cells[dimension.name] == dimension.total)
        ]
        withheld = pd.concat([ranked, places])
        withheld = withheld[withheld["numerator"].isna()]
        groups = [frame[others].assign(all=0) for frame in (ranked, places, withheld)]
        both = groups[0].merge(groups[1]).merge(groups[2]).drop_duplicates().drop(columns="all")
        if len(both):
            found.append(both.merge(pairs, how="cross")[list(trees)])
    return pd.concat(found)
