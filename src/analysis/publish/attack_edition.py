"""The attacker over whole editions: what a reader of all that is published can work out.

Pages tell no more than the downloads of their edition, so these are what is attacked: every table
of an edition, of the editions before it and of the ledger of tables that were given out is
evidence. Where a withheld count can be worked out, or so nearly that a reader is sure that it is
small, the edition is not published.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.disclosure.leaks import COLUMNS, require_no_leaks
from analysis.ingest.lookups import read_lookup
from analysis.publish.attack_tables import attack_parts, by_other_ways, require_nothing, with_ledger
from analysis.publish.evidence import glance, published_tables
from analysis.publish.saying import said_beyond
from analysis.publish.shown import shown_beyond
from analysis.publish.universe import by_universe, parts_of


@dataclass(frozen=True)
class Attacked:
    """What an attack looked at, and found nothing in.

    ``withheld`` counts cells that may not become known; ``narrowest`` is the width of the
    narrowest range that is left of one that may be small (at least; missing where there is none).
    """

    edition: str
    tables: int
    cells: int
    withheld: int
    narrowest: float
    seconds: float


def attack_edition(
    folder: Path,
    name: str,
    lookup: Path | pd.DataFrame,
    earlier: dict[str, Path] | None = None,
    ledger: Path | None = None,
) -> Attacked:
    """Refuse a built edition from which a withheld count can be worked out.

    Parameters
    ----------
    folder
        The edition as it would be published, or its executed ``pages`` and ``downloads``.
    name
        Its name.
    lookup
        The lookup of areas, or its file: public knowledge.
    earlier
        Editions of the same series that are public already, by name.
    ledger
        Folder of tables that were given out beside editions.

    Raises
    ------
    DisclosureError
        A count leaks (the cell, the tables and the sum are named), all deaths of a small total are
        of one kind, a rate is of too few people; or what is published contradicts itself or cannot
        be attacked: nobody can say that it is safe.
    """
    begun = time.monotonic()
    sources = with_ledger({name: folder} | (earlier or {}), ledger)
    looks = {release: glance(path) for release, path in sources.items()}
    if not any(look.guarded for look in looks.values()):
        read = sum(look.tables for look in looks.values())
        rows = sum(look.rows for look in looks.values())
        return Attacked(name, read, rows, 0, np.nan, time.monotonic() - begun)

    places = lookup if isinstance(lookup, pd.DataFrame) else read_lookup(lookup)
    tables = [t for release, path in sources.items() for t in published_tables(path, release)]
    where = f"Edition {name}"
    parts = [part for table in tables for part in parts_of(table, places)]
    require_nothing(by_other_ways(parts), where, "tell of people without any sum")
    found = [attack_parts(of, places) for of in by_universe(parts).values()]
    kept = [leaks for leaks in found if len(leaks)]
    require_no_leaks(pd.concat(kept) if kept else pd.DataFrame(columns=COLUMNS), where)
    about = [leaks.attrs["attack"] for leaks in found]
    widths = [one["narrowest"] for one in about if not np.isnan(one["narrowest"])]
    return Attacked(
        name,
        len(tables),
        sum(len(table.frame) for table in tables),
        sum(one["withheld"] for one in about),
        min(widths, default=np.nan),
        time.monotonic() - begun,
    )


def hold_pages_against_downloads(folder: Path, name: str) -> None:
    """Refuse a built edition whose pages tell more than its downloads, which is what is attacked.

    Raises
    ------
    DisclosureError
        A page shows or says what no download does.
    """
    hold_tables_against_downloads(folder, name)
    hold_words_against_downloads(folder, name)


def hold_tables_against_downloads(folder: Path, name: str) -> None:
    """Refuse a built edition if a table on a page shows what no download does.

    Raises
    ------
    DisclosureError
        As it says.
    """
    found = shown_beyond(folder, published_tables(folder, name))
    require_nothing(found, f"Edition {name}", "show what no download does")


def hold_words_against_downloads(folder: Path, name: str) -> None:
    """Refuse a built edition if a sentence or a chart says what no download shows.

    Raises
    ------
    DisclosureError
        As it says.
    """
    found = said_beyond(folder, published_tables(folder, name))
    require_nothing(found, f"Edition {name}", "say what no download shows")
