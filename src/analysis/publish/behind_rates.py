"""Counts behind rates as evidence: all but the deaths without an age.

Pages of rates count the deaths of known ages. They differ by a few from tables of all deaths, so
that not everything they show can be put into one system with those.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.disclosure.measures import RATES
from analysis.publish.gaps import PASSES, Trees, exceeded
from analysis.publish.universe import Part


def _rates_only(parts: Sequence[Part]) -> set[str]:
    """Tables of counts behind rates that withhold nothing."""
    return {
        part.name
        for part in parts
        if set(RATES) & set(part.table.measures) and not part.table.withheld.any()
    }


def tied(
    tables: dict[str, pd.DataFrame], trees: Trees, parts: Sequence[Part]
) -> dict[str, pd.DataFrame]:
    """Keep of counts behind rates those that are tied to what a table guards.

    In a dimension that a guarded table goes by, these are codes above and below its own; in any
    other, the code at which it stands and those above.
    """
    guarded = {part.name for part in parts if part.table.kind.method == "suppress"}
    up: dict[str, dict[str, set[str]]] = {name: {} for name in trees}
    for name, mappings in trees.items():
        for mapping in mappings:
            for total, of in mapping.items():
                for code in of:
                    up[name].setdefault(code, set()).add(total)
    near = [
        {name: _near(set(tables[title][name].unique()), up[name]) for name in trees}
        for title in guarded & set(tables)
    ]
    kept = dict(tables)
    for title in (_rates_only(parts) & set(tables)) if near else ():
        table = tables[title]
        tied = [
            pd.concat([table[n].isin(c) for n, c in of.items()], axis=1).all(axis=1) for of in near
        ]
        kept[title] = table[pd.concat(tied, axis=1).any(axis=1)]
    return {title: table for title, table in kept.items() if len(table)}


def _near(codes: set[str], up: dict[str, set[str]]) -> set[str]:
    """Codes, those above them, and those below if there are several."""
    found, waiting = set(codes), list(codes)
    while waiting:
        new = up.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    below = set(codes) if len(codes) > 1 else set()
    while below:
        below = {code for code, above in up.items() if above & below} - found
        found |= below
    return found


def without_ageless(
    tables: dict[str, pd.DataFrame], trees: Trees, parts: Sequence[Part]
) -> dict[str, pd.DataFrame]:
    """Leave out counts behind rates that are less than other tables, or their own parts, say.

    Rates leave out the deaths without an age; a table of counts has them. Any other two values of
    one cell are a contradiction, and stay.
    """
    keys, of_rates = list(trees), _rates_only(parts)
    shown = [table[[*keys, "numerator"]] for name, table in tables.items() if name not in of_rates]
    if not shown or not of_rates:
        return tables
    counted = pd.concat(shown).groupby(keys, as_index=False, sort=False)["numerator"].max()
    kept = {}
    for name, table in tables.items():
        other = table[keys].merge(counted, how="left", on=keys)["numerator"].to_numpy()
        less = (table["numerator"].to_numpy() < other) & (name in of_rates)
        kept[name] = table[~less]
    for _ in range(PASSES):
        over = exceeded(kept, trees).assign(over=True)
        before = sum(map(len, kept.values()))
        for name in of_rates & set(kept):
            less = kept[name][keys].merge(over, how="left", on=keys)["over"].notna()
            kept[name] = kept[name][~less.to_numpy()]
        if sum(map(len, kept.values())) == before:
            break
    return {name: table for name, table in kept.items() if len(table)}
