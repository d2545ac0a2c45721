"""Parts of published sums that no table has, so that a sum never says more than a reader knows.

A part without a row counts as 0 for the attacker. A part that other tables have, or that people
without an age or an area are in, is put in as an unknown instead.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError

# Parts that no table has are unknowns of their own if there are so few, else one rest.
FEW = 40
PASSES = 12
Trees = dict[str, list[dict[str, list[str]]]]


def unknown_parts(tables: dict[str, pd.DataFrame], trees: Trees) -> tuple[pd.DataFrame, Trees]:
    """Return the cells that take part in sums and are in no table, and the trees with their rests.

    Parameters
    ----------
    tables
        Tables by name: a column for each dimension of ``trees``, and ``numerator``, missing where
        it is not shown.
    trees
        Dimension -> mappings of a total to all of its parts.
    """
    dimensions = list(trees)
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    cells = cells.sort_values("numerator", na_position="last").drop_duplicates(dimensions)
    keys = cells[dimensions].astype(str)
    short = {name: _short(cells, tables, name, trees) for name in trees}
    found = [keys.head(0)]
    for _ in range(PASSES):
        known = pd.concat([keys, *found]).drop_duplicates()
        new = [_missing(known, name, trees, short[name]) for name in trees]
        new = pd.concat(new).drop_duplicates()
        if new.empty:
            unknown = pd.concat(found)
            return unknown, _with_rests(unknown, trees)
        found.append(new)
    raise DisclosureError(
        f"{len(known)} cells: the sums of published tables lead to ever more cells that no table "
        "has, so that they cannot be attacked.\nPublish fewer dimensions together."
    )


def exceeded(tables: dict[str, pd.DataFrame], trees: Trees) -> pd.DataFrame:
    """Return the cells whose shown parts are more than they are themselves."""
    dimensions = list(trees)
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    cells = cells.dropna(subset="numerator").drop_duplicates(dimensions)
    found = [
        sums.loc[sums["over"], dimensions]
        for name, mappings in trees.items()
        for mapping in mappings
        for sums in [_sums(cells, name, mapping, trees)]
    ]
    return pd.concat([cells.head(0)[dimensions], *found]).drop_duplicates()


def _short(
    cells: pd.DataFrame, tables: dict[str, pd.DataFrame], name: str, trees: Trees
) -> dict[str, set[tuple]]:
    """Totals that are more than their parts somewhere where all are shown: those without an age.

    With each, the groups in which there are none: a table has the total and all of its parts
    there, and never falls short.
    """
    others, found = [other for other in trees if other != name], {}
    for mapping in trees[name]:
        sums = _sums(cells, name, mapping, trees)
        totals = sorted(set(sums.loc[sums["short"], name]))
        closed: dict[str, set[tuple]] = {total: set() for total in totals}
        for table in tables.values() if totals else ():
            own = _sums(table, name, mapping, trees)
            for total in totals:
                rows = own[own[name] == total]
                if not rows["short"].any():
                    groups = rows.loc[rows["whole"], others].astype(str)
                    closed[total].update(groups.itertuples(index=False, name=None))
        found |= {total: closed[total] | found.get(total, set()) for total in totals}
    return found


def _sums(cells: pd.DataFrame, name: str, mapping: dict, trees: Trees) -> pd.DataFrame:
    """Totals that have a row, and a row for some part: whether all parts have, and fall short."""
    others = [other for other in trees if other != name]
    above = {part: total for total, parts in mapping.items() for part in parts}
    total_of = cells[name].map(above)
    inside = cells[total_of.notna().to_numpy()].assign(**{name: total_of.dropna()})
    if inside.empty:
        return cells.head(0).assign(short=False, whole=False, over=False)
    groups = inside.groupby([*others, name], as_index=False, sort=False)["numerator"]
    summed = groups.agg(["sum", "count", "size"])
    both = cells.merge(summed, on=[*others, name])
    needed = both[name].map({total: len(parts) for total, parts in mapping.items()})
    less = both["sum"] < both["numerator"] - 1e-6
    return both.assign(
        short=(both["count"] == needed) & less,
        whole=both["size"] == needed,
        over=both["sum"] > both["numerator"] + 1e-6,
    )


def _missing(
    known: pd.DataFrame, name: str, trees: Trees, short: dict[str, set[tuple]]
) -> pd.DataFrame:
    """Parts along one dimension that have no row, of totals that are in a published sum."""
    mappings, others = trees[name], [other for other in trees if other != name]
    if not mappings or not len(known):
        return known.head(0)
    group = known.groupby(others, sort=False).ngroup().to_numpy() if others else np.zeros(
        len(known), dtype=int
    )  # fmt: skip
    present = pd.DataFrame({"group": group, "code": known[name].to_numpy()})
    wanted = _in_sums(present, mappings)
    there = set(zip(present["group"], present["code"], strict=True))
    _, first = np.unique(group, return_index=True)
    names = list(known[others].iloc[first].itertuples(index=False, name=None))
    new: list[tuple[int, str]] = []
    for mapping in [*mappings, *mappings]:
        edges = pd.DataFrame(
            [(total, part) for total, parts in mapping.items() for part in parts],
            columns=["total", "code"],
        )
        inside = present.merge(edges, on="code")
        counts = inside.groupby(["group", "total"], sort=False)["code"].nunique()
        needed = {total: len(parts) for total, parts in mapping.items()}
        open_ = [
            (pair, count)
            for pair, count in counts.items()
            if pair in wanted and (pair[0], _rest(pair[1])) not in there
        ]
        new += [
            (number, _rest(total))
            for (number, total), _ in open_
            if total in short and names[number] not in short[total]
        ]
        gaps = [pair for pair, count in open_ if count < needed[pair[1]]]
        own = inside.set_index(["group", "total"])["code"]
        own = own[own.index.isin(gaps)].groupby(level=[0, 1], sort=False).agg(set)
        for (number, total), have in own.items():
            absent = [part for part in mapping[total] if part not in have]
            absent = absent if len(absent) <= FEW else [_rest(total)]
            new += [(number, part) for part in absent]
        totals = counts.reset_index()[["group", "total"]].rename(columns={"total": "code"})
        present = pd.concat([present, totals]).drop_duplicates()
    new = list(dict.fromkeys(new))
    rows = known.iloc[first[[number for number, _ in new]] if new else []]
    return rows.assign(**{name: [code for _, code in new]})


def _in_sums(present: pd.DataFrame, mappings: list[dict]) -> set[tuple[int, str]]:
    """Totals, by group, that have a row or are inside of a total that has one."""
    above: dict[str, set[str]] = {}
    for mapping in mappings:
        for total, parts in mapping.items():
            for part in parts:
                above.setdefault(part, set()).add(total)
    pairs = []
    for total in {total for mapping in mappings for total in mapping}:
        waiting, seen = [total], {total}
        while waiting:
            new = above.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        pairs += [(total, ancestor) for ancestor in seen]
    edges = pd.DataFrame(pairs, columns=["total", "code"])
    reached = present.merge(edges, on="code")
    return set(zip(reached["group"], reached["total"], strict=True))


def _with_rests(unknown: pd.DataFrame, trees: Trees) -> Trees:
    return {
        name: [
            {
                total: [*parts, _rest(total)] if _rest(total) in codes else list(parts)
                for total, parts in mapping.items()
            }
            for mapping in mappings
        ]
        for name, mappings in trees.items()
        for codes in [set(unknown[name])]
    }


def _rest(total: str) -> str:
    return f"rest of {total}"
