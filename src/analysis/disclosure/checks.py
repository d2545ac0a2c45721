"""Other ways in which a table tells about people: groups, zeros, and small populations.

Each check takes the counts as they would be shown and returns what it finds, a row each; an empty
result is a pass.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.disclosure.attack import bounds
from analysis.disclosure.cells import read_cells
from analysis.disclosure.columns import Tables
from analysis.disclosure.linear_system import System, build_system

WHOLE = 1e-6


def group_disclosure(
    cells: Tables,
    hierarchies: Mapping,
    share: float = 1.0,
    smallest: int = 1,
    count: str | None = None,
) -> pd.DataFrame:
    """Return totals of which (nearly) all deaths are in one category.

    Who knows that a person is in the total then knows the category. With ``share`` below 1 this
    is dominance: one place, cause or age has that share of the deaths.

    Parameters
    ----------
    cells, hierarchies, count
        As for ``attack.bounds``; withheld cells are unknown to the reader here as well.
    share
        Share of the total from which a category is reported.
    smallest
        Totals below this are not looked at.

    Returns
    -------
    DataFrame
        One row per finding: ``group`` (the total in words), ``by`` (the dimension), ``category``
        (the code with the deaths), ``total`` and ``at_least`` (deaths that must be in it).
    """
    system = build_system(read_cells(cells, hierarchies, count))
    value, hidden = system.cells.value, system.hidden
    entries = system.matrix.tocoo()
    part = entries.data < 0
    row, cell = entries.row[part], entries.col[part]
    total = np.zeros(system.matrix.shape[0], dtype=int)
    total[entries.row[~part]] = entries.col[~part]
    several = np.bincount(row, minlength=len(total)) > 1
    shown = np.bincount(row, np.where(hidden[cell], 0, value[cell]), len(total))
    unknown = np.bincount(row, hidden[cell], len(total))
    # A withheld part is known to hold the rest where it is the only one.
    least = np.where(hidden[cell], 0.0, value[cell])
    rest = value[total] - shown
    alone = hidden[cell] & (unknown[row] == 1) & ~hidden[total][row]
    least = np.where(alone, rest[row], least)
    of = value[total[row]]
    with np.errstate(invalid="ignore"):
        found = several[row] & (of >= max(smallest, 1)) & (least >= share * of - WHOLE)
    return pd.DataFrame(
        {
            "group": [system.cells.label(int(total[r])) for r in row[found]],
            "by": [system.cells.dimensions[system.along[r]] for r in row[found]],
            "category": _codes(system, row[found], cell[found]),
            "total": of[found],
            "at_least": least[found],
        }
    )


def telling_zeros(
    cells: Tables, hierarchies: Mapping, protection: float = 1.0, count: str | None = None
) -> pd.DataFrame:
    """Return withheld cells that a reader finds if he knows that no 0 is ever withheld.

    Where all zeros of a table are shown, every withheld cell is at least 1, which can be enough
    to work the others out.

    Returns
    -------
    DataFrame
        One row per cell whose range is at least ``protection`` wide without that knowledge and
        narrower with it: its codes, and its range with it (``attack_low``, ``attack_up``).
    """
    plain = bounds(cells, hierarchies, count, whole=True)
    knowing = bounds(cells, hierarchies, count, whole=True, minimum=1.0)
    narrow = knowing["attack_up"] - knowing["attack_low"] < protection - WHOLE
    was_wide = plain["attack_up"] - plain["attack_low"] >= protection - WHOLE
    return knowing[narrow & was_wide].reset_index(drop=True)


def small_populations(
    rates: pd.DataFrame,
    by: list[str],
    smallest: float,
    rate: str,
    denominator: str = "denominator",
) -> pd.DataFrame:
    """Return the groups whose rate is shown over fewer people than ``smallest``.

    Parameters
    ----------
    rates
        One row per group: ``by``, the ``rate`` (missing where it is not shown) and the people at
        risk, for a rate over ages those of all its ages.

    Returns
    -------
    DataFrame
        ``by`` and ``denominator`` of each such group, fewest people first.
    """
    small = rates[rate].notna() & (rates[denominator] < smallest)
    found = rates.loc[small, [*by, denominator]]
    return found.sort_values([denominator, *by], ignore_index=True)


def _codes(system: System, row: np.ndarray, cell: np.ndarray) -> list[str]:
    place = system.along[row]
    names = [system.cells.names[dimension] for dimension in system.cells.dimensions]
    return [
        str(names[p][code]) for p, code in zip(place, system.cells.codes[cell, place], strict=True)
    ]
