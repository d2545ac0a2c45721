"""Parts of published sums that no table has, so that a sum never says more than a reader knows.

A part without a row counts as 0 for the attacker. A part that other tables have, or that people
without an age or an area are in, is put in as an unknown instead.
"""

from dataclasses import dataclass

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
    numbers = _Numbers.of(tables, trees)
    tables, plain = numbers.tables(tables), trees
    trees, dimensions = numbers.trees(trees), list(trees)
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    cells = cells.sort_values("numerator", na_position="last").drop_duplicates(dimensions)
    keys = cells[dimensions]
    short = {name: _short(cells, tables, name, trees) for name in trees}
    found = [keys.head(0)]
    for _ in range(PASSES):
        known = pd.concat([keys, *found]).drop_duplicates()
        new = [_missing(known, name, trees, short[name]) for name in trees]
        new = pd.concat(new).drop_duplicates()
        if new.empty:
            unknown = numbers.words(pd.concat(found))
            return unknown, _with_rests(unknown, plain)
        found.append(new)
    raise DisclosureError(
        f"{len(known)} cells: the sums of published tables lead to ever more cells that no table "
        "has, so that they cannot be attacked.\nPublish fewer dimensions together."
    )


def exceeded(tables: dict[str, pd.DataFrame], trees: Trees) -> pd.DataFrame:
    """Return the cells whose shown parts are more than they are themselves."""
    numbers = _Numbers.of(tables, trees)
    tables, trees, dimensions = numbers.tables(tables), numbers.trees(trees), list(trees)
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    cells = cells.dropna(subset="numerator").drop_duplicates(dimensions)
    found = [
        sums.loc[sums["over"], dimensions]
        for name, mappings in trees.items()
        for mapping in mappings
        for sums in [_sums(cells, name, mapping, trees)]
    ]
    found = pd.concat([cells.head(0)[dimensions], *found]).drop_duplicates()
    return numbers.words(found)


@dataclass(frozen=True)
class _Numbers:
    """Codes of each dimension as numbers, which are compared in a tenth of the time.

    The rest of a code is below 0.
    """

    names: dict[str, pd.Index]

    @classmethod
    def of(cls, tables: dict[str, pd.DataFrame], trees: Trees) -> "_Numbers":
        names = {}
        for name, mappings in trees.items():
            used = [code for tree in mappings for total in tree for code in (total, *tree[total])]
            seen = [table[name].unique() for table in tables.values()]
            names[name] = pd.Index(list(dict.fromkeys([*used, *(c for of in seen for c in of)])))
        return cls(names)

    def tables(self, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return {
            title: pd.DataFrame(
                {name: of.get_indexer(table[name]) for name, of in self.names.items()}
                | {"numerator": table["numerator"].to_numpy()}
            )
            for title, table in tables.items()
        }

    def trees(self, trees: Trees) -> dict:
        at = {name: dict(zip(of, range(len(of)), strict=True)) for name, of in self.names.items()}
        return {
            name: [
                {at[name][total]: [at[name][p] for p in parts] for total, parts in tree.items()}
                for tree in mappings
            ]
            for name, mappings in trees.items()
        }

    def words(self, cells: pd.DataFrame) -> pd.DataFrame:
        words = {}
        for name, of in self.names.items():
            number = cells[name].to_numpy(int)
            plain = of.take(np.where(number < 0, -1 - number, number)).to_numpy(object)
            words[name] = np.where(number < 0, [rest_of(code) for code in plain], plain)
        return pd.DataFrame(words, columns=list(self.names), dtype="str")


def rest_of(total: str) -> str:
    """Return the code of what a total has beyond its parts."""
    return f"rest of {total}"


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
                    groups = rows.loc[rows["whole"], others]
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
    group = known.groupby(others, sort=False).ngroup() if others else pd.Series(0, known.index)
    present = pd.DataFrame({"group": group.to_numpy(), "code": known[name].to_numpy()})
    there, wanted = _key(present), _key(_in_sums(present, mappings))
    _, first = np.unique(present["group"], return_index=True)
    codes = known[others].to_numpy()[first] if short else known.head(0).to_numpy()
    names = list(map(tuple, codes.tolist()))
    new: list[tuple[int, int]] = []
    for mapping in [*mappings, *mappings]:
        edges = pd.DataFrame(
            [(total, part) for total, parts in mapping.items() for part in parts],
            columns=["total", "code"],
        )
        inside = present.merge(edges, on="code").drop_duplicates()
        sums = inside.groupby(["group", "total"], as_index=False, sort=False).size()
        sums = sums.rename(columns={"total": "code"})
        present = pd.concat([present, sums[["group", "code"]]]).drop_duplicates()
        # A sum that is tied to nothing that is published says nothing.
        sums = sums[np.isin(_key(sums), wanted)]
        sums = sums[~np.isin(_key(sums.assign(code=_rest(sums["code"]))), there)]
        for row in sums[sums["code"].isin(list(short))].itertuples():
            if names[row.group] not in short[row.code]:
                new.append((row.group, _rest(row.code)))
        needed = sums["code"].map({total: len(parts) for total, parts in mapping.items()})
        gaps = sums.loc[sums["size"] < needed, ["group", "code"]].set_axis(
            ["group", "total"], axis=1
        )
        have = gaps.merge(inside, on=["group", "total"])
        for (number, total), own in have.groupby(["group", "total"], sort=False)["code"]:
            absent = [part for part in mapping[total] if part not in set(own)]
            absent = absent if len(absent) <= FEW else [_rest(total)]
            new += [(number, part) for part in absent]
    new = list(dict.fromkeys(new))
    rows = known.iloc[first[[number for number, _ in new]] if new else []]
    return rows.assign(**{name: [code for _, code in new]})


def _in_sums(present: pd.DataFrame, mappings: list[dict]) -> pd.DataFrame:
    """Totals, by group, that have a row or are inside of a total that has one."""
    above: dict[int, set[int]] = {}
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
        pairs += [(ancestor, total) for ancestor in seen]
    edges = pd.DataFrame(pairs, columns=["code", "total"])
    reached = present.merge(edges, on="code")[["group", "total"]]
    return reached.rename(columns={"total": "code"})


def _key(cells: pd.DataFrame) -> np.ndarray:
    """One number for a group and a code."""
    return cells["group"].to_numpy() * 2**32 + cells["code"].to_numpy()


def _with_rests(unknown: pd.DataFrame, trees: Trees) -> Trees:
    grown: Trees = {}
    for name, mappings in trees.items():
        codes = set(unknown[name])
        grown[name] = [
            {
                total: [*parts, rest_of(total)] if rest_of(total) in codes else list(parts)
                for total, parts in mapping.items()
            }
            for mapping in mappings
        ]
    return grown


def _rest(total):
    return -1 - total
