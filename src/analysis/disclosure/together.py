"""Tables that are read together: two editions, two geographies, several tables of one whole.

Each function here writes down a link that a reader can make, as tables and hierarchies that the
attacker takes.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.disclosure.columns import count_column
from analysis.disclosure.hierarchies import read_hierarchies
from analysis.errors import DisclosureError

EDITION, BETWEEN = "edition", "between"


def editions(
    earlier: pd.DataFrame,
    later: pd.DataFrame,
    hierarchies: Mapping,
    count: str | None = None,
    revised: bool = False,
) -> tuple[dict[str, pd.DataFrame], dict]:
    """Return tables and hierarchies in which two cumulative editions are one system.

    The later edition is the earlier one and what was registered between them: a third cell that
    nobody publishes, but that both editions may give away.

    Parameters
    ----------
    earlier, later
        Tables with the same dimensions, as for ``attack.bounds``.
    hierarchies
        Of those dimensions.
    revised
        Whether a count can fall between editions (records that were changed or cancelled).

    Returns
    -------
    tables, hierarchies
        For ``attack.bounds`` and ``leaks.find_leaks``: the tables ``earlier``, ``later`` and
        ``between``, with a dimension ``edition`` more.

    Raises
    ------
    DisclosureError
        The editions have no cell in common.
    """
    dimensions = [d for d in read_hierarchies(hierarchies) if d in earlier and d in later]
    column = count or count_column(later, dimensions, "later")
    tables = {}
    for name, frame in (("earlier", earlier), ("later", later)):
        tables[name] = frame.assign(**{d: frame[d].astype(str) for d in dimensions}, edition=name)
    both = tables["earlier"][dimensions].merge(tables["later"][dimensions])
    if both.empty:
        raise DisclosureError(
            "The editions have no cell in common.\nGive both with the same codes and dimensions."
        )
    tables[BETWEEN] = both.assign(edition=BETWEEN, **{column: np.nan})
    if revised:
        tables[BETWEEN]["known_low"] = -np.inf
    for name in ("earlier", "later"):
        tables[name] = tables[name].rename(columns={_own(tables[name], dimensions, count): column})
    return tables, {**hierarchies, EDITION: {"later": ["earlier", BETWEEN]}}


def overlay(
    lookup: pd.DataFrame,
    geographies: list[str],
    dimension: str = "area",
    within: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[dict]]:
    """Return the pieces that two or more geographies cut each other into, and what they add up to.

    A decile that is hidden in one table may be all of a local authority in another.

    Parameters
    ----------
    lookup
        One row per small area, with a column of codes for each geography. Areas without a code
        (a decile, in Wales) are left out of that geography.
    geographies
        Those columns. Their codes must differ from each other's.
    dimension
        Name of the dimension that holds the codes of all of them.
    within
        Codes of other dimensions, one row per combination, in which the tables are given.

    Returns
    -------
    pieces, hierarchies
        One row per piece (and combination of ``within``), with a missing ``numerator``, to be
        given to the attacker as a table; and the hierarchies of ``dimension``, one for each
        geography.
    """
    codes = lookup[geographies].astype("string")
    kept = codes.drop_duplicates().reset_index(drop=True)
    pieces = kept.fillna("none").agg(" and ".join, axis=1)
    trees = [
        {
            str(code): list(pieces[kept[geography] == code])
            for code in kept[geography].dropna().unique()
        }
        for geography in geographies
    ]
    names = [code for tree in trees for code in tree]
    if len(names) != len(set(names)):
        raise DisclosureError(
            f"{', '.join(geographies)}: {len(names) - len(set(names))} codes are in two "
            "geographies.\nPut the name of the geography before the code."
        )
    table = pd.DataFrame({dimension: pieces})
    table = table if within is None else table.merge(within, how="cross")
    return table.assign(numerator=np.nan), trees


def _own(frame: pd.DataFrame, dimensions: list[str], count: str | None) -> str:
    return count or count_column(frame, [*dimensions, EDITION], "edition")
