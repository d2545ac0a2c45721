"""The attacker over tables that count the same deaths, whoever published them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.disclosure.checks import group_disclosure, small_populations
from analysis.disclosure.knowledge import Knowledge
from analysis.disclosure.leaks import COLUMNS, find_leaks, require_no_leaks
from analysis.disclosure.measures import RATES
from analysis.errors import DisclosureError
from analysis.ingest.lookups import read_lookup
from analysis.publish.between import EDITION
from analysis.publish.evidence import PublishedTable, published_tables
from analysis.publish.facts import facts_of
from analysis.publish.linked import linked
from analysis.publish.universe import Part, by_universe, parts_of
from analysis.tables.dimensions import DIMENSIONS, OF_NAME, is_known

LEDGER, ASKED = "the ledger", "the table that is asked for"
# Who knows that a person is among the deaths of a total learns one of these, if all of them are of
# one kind.
TELLING = ("covid19", "underlying", "place", "occupation", "ethnicity", "religion", "certified")
_SHOWN = 10


def attack_table(
    folder: Path, public: dict[str, Path], lookup: Path | pd.DataFrame, ledger: Path | None = None
) -> None:
    """Refuse a table that would be given out, if a withheld count could be worked out with it.

    Parameters
    ----------
    folder
        The table, alone, with its metadata.
    public
        All editions of its series, by name.
    lookup, ledger
        As for :func:`attack_edition`.

    Raises
    ------
    DisclosureError
        As :func:`attack_edition`, of what counts the same deaths as the table.
    """
    places = lookup if isinstance(lookup, pd.DataFrame) else read_lookup(lookup)
    sources = with_ledger({ASKED: folder} | public, ledger)
    tables = [t for release, path in sources.items() for t in published_tables(path, release)]
    parts = [part for table in tables for part in parts_of(table, places)]
    own = [part for part in parts if part.table.release == ASKED]
    require_nothing(by_other_ways(own), ASKED, "tell of people without any sum")
    for of in by_universe(parts).values():
        new = {part.name for part in of if part.table.release == ASKED}
        if new:
            require_no_leaks(attack_parts(of, places, new), ASKED)


def with_ledger(sources: dict[str, Path], ledger: Path | None) -> dict[str, Path]:
    """Return folders of published tables by name, the ledger among them where there is one."""
    return sources if ledger is None or not ledger.is_dir() else {**sources, LEDGER: ledger}


def attack_parts(
    parts: Sequence[Part], lookup: pd.DataFrame, new: Collection[str] | None = None
) -> pd.DataFrame:
    """Return what leaks from tables of one universe, as ``leaks.find_leaks`` does.

    With ``new``, names of parts, only what these tell: all the others are safe together.
    ``attrs["attack"]`` has ``withheld`` as well: the cells that must not become known.
    """
    withheld = sum(int((part.cells["limit"] > 0).sum()) for part in parts)
    revisions = [part for part in parts if part.table.kind.smallest_revision > 1]
    editions = {part.table.counted.registered_by for part in revisions}
    if not withheld and len(editions) < 2:
        leaks = pd.DataFrame(columns=COLUMNS)
        leaks.attrs["attack"] = {"cells": 0, "hidden": 0, "narrowest": np.nan, "withheld": 0}
        return leaks
    tables, trees = linked(parts, lookup)
    shown = _shown(tables, list(trees))
    facts, telling = _facts(parts, tables, shown)
    largest = max(float(table["limit"].max()) for table in tables.values())
    leaks = find_leaks(
        tables, trees, 0, max(largest, 1.0), explained=5,
        count="numerator",
        knowledge=facts,
        ceiling=float(shown["numerator"].max()) if len(shown) else np.inf,
        new=new,
    )  # fmt: skip
    about = leaks.attrs["attack"] | {"withheld": withheld}
    leaks = pd.concat([leaks, telling]) if len(telling) else leaks
    leaks.attrs["attack"] = about
    return leaks


def _shown(tables: dict[str, pd.DataFrame], dimensions: list[str]) -> pd.DataFrame:
    """Each cell that a table shows once, with its ``numerator``."""
    cells = pd.concat([table[[*dimensions, "numerator"]] for table in tables.values()])
    return cells.dropna(subset="numerator").drop_duplicates(dimensions)


def _facts(
    parts: Sequence[Part], tables: dict[str, pd.DataFrame], shown: pd.DataFrame
) -> tuple[list[Knowledge], pd.DataFrame]:
    """What other numbers say of counts that no table shows, and those that say it all."""
    dimensions = list(shown.drop(columns="numerator"))
    limits = pd.concat([t.loc[t["limit"] > 0, [*dimensions, "limit"]] for t in tables.values()])
    limits = limits.groupby(dimensions, as_index=False, sort=False)["limit"].max()
    facts, leaks = [], []
    for part, cells in _hidden(parts, shown):
        more, telling = facts_of(part.table, cells, part.count)
        facts += more
        small = telling.merge(limits, on=dimensions)
        for row in small.to_dict("records"):
            cell = ", ".join(f"{name} {row[name]}" for name in dimensions)
            reason = f"its {row['measure']} is shown, which is made from it"
            leaks.append([cell, np.nan, np.nan, reason, part.name, ""])
    return facts, pd.DataFrame(leaks, columns=COLUMNS)


def _hidden(parts: Sequence[Part], shown: pd.DataFrame) -> Iterator[tuple[Part, pd.DataFrame]]:
    """The cells that each part withholds and no table shows."""
    dimensions = list(shown.drop(columns="numerator"))
    asked = [
        (part, part.cells[part.cells["numerator"].isna()])
        for part in parts
        if not part.cells.index.has_duplicates
    ]
    asked = [
        (part, cells.assign(**{EDITION: part.table.counted.registered_by})[dimensions])
        for part, cells in asked
        if len(cells)
    ]
    if not asked:
        return
    found = pd.concat([cells for _, cells in asked]).merge(shown, how="left", on=dimensions)
    hidden = found["numerator"].isna().to_numpy()
    ends = np.cumsum([len(cells) for _, cells in asked])
    for (part, cells), own in zip(asked, np.split(hidden, ends[:-1]), strict=True):
        yield part, cells[own]


def by_other_ways(parts: Iterable[Part]) -> list[str]:
    """Groups whose deaths are all of one kind, and rates of few people, a line each."""
    found, seen = [], set()
    for part in parts:
        kind, table = part.table.kind, part.table
        if kind.method != "suppress":
            continue
        found += _groups(part)
        if table.label not in seen:
            seen.add(table.label)
            found += _few_people(table, kind.smallest_population)
    return found


def _groups(part: Part) -> list[str]:
    kind, found = part.table.kind, []
    if kind.group_below <= kind.smallest_count:
        return found
    varied = [name for name in part.dimensions if len(part.cells[name].unique()) > 1]
    cells = part.cells[[*varied, "numerator"]]
    for name in set(varied) & OF_NAME.keys() - set(TELLING):  # who knows whom nobody can place?
        cells = cells[is_known(OF_NAME[name], cells[name])]
    for dimension in DIMENSIONS:
        if dimension.name not in TELLING or dimension.name not in varied:
            continue
        total = part.request.filter_code(dimension)
        codes = [code for code in cells[dimension.name].unique() if code != total]
        if len(codes) == len(cells[dimension.name].unique()) or len(codes) < 2:
            continue
        trees = {name: {} for name in varied} | {dimension.name: {total: codes}}
        groups = group_disclosure(cells, trees, smallest=kind.smallest_count)
        small = groups[groups["total"] < kind.group_below]
        found += [
            f"{row.group} ({part.name}): all {row.total:g} deaths are of {row.by} {row.category}"
            for row in small.itertuples()
        ]
    return found


def _few_people(table: PublishedTable, smallest: int) -> list[str]:
    found = []
    for rate in RATES:
        if smallest and {rate, "denominator"} <= set(table.measures):
            by = list(table.by)
            for row in small_populations(table.frame, by, smallest, rate).to_dict("records"):
                cell = ", ".join(f"{name} {row[name]}" for name in by)
                people = row["denominator"]
                found.append(f"{cell} ({table.label}): {rate} of {people:,.0f} people is shown")
    return found


def require_nothing(found: list[str], where: str, words: str) -> None:
    """Refuse what was found, a line each; ``words`` say what the places do."""
    if not found:
        return
    more = [f"... and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    listed = "\n".join(f"  {line}" for line in [*found[:_SHOWN], *more])
    raise DisclosureError(
        f"{where}: {len(found)} places {words}.\n{listed}\n"
        "It is not published. Show protected tables only, each with its download, and "
        "withhold what stands alone."
    )
