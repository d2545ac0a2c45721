"""Protecting a table that is asked for, with all that is public already.

The counts of a request, the margins that pages print, and every table that was given out before
are one system of sums. Small counts of the request are withheld, and others so that no sum of the
system gives them back; what is public stays as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.rules import Kind
from analysis.disclosure.suppress import suppress
from analysis.tables.counted import Counted
from analysis.tables.dimensions import OF_NAME, dimension_of, is_known
from analysis.tables.linking import EDITION, UNSEEN, link_editions, room_of_changes
from analysis.tables.margins import inside, margin_of, printed_codes, room_of
from analysis.tables.request import Request
from analysis.tables.system import (
    Listing,
    Trees,
    as_cells,
    dimensions_of,
    trees_of,
)
from analysis.tables.unplaced import link_unplaced

# Dimensions that tell what is not known of a person whom one knows to have died.
TELLING = ("covid19", "underlying", "place", "occupation", "ethnicity", "religion", "certified")

# One search for a cheap pattern: fast, and some per cent dearer than the best.
ROUNDS = 1


@dataclass(frozen=True)
class Given:
    """A table that was given out before: counted again, and which cells it withholds.

    ``withheld`` has a row for each of them: the ``by`` columns. ``smallest`` is the smallest count
    that it shows, and ``revision`` the smallest difference of editions. ``changed``: it shows
    counts that the records no longer give.
    """

    name: str
    counted: Counted
    withheld: pd.DataFrame
    smallest: int = 1
    revision: int = 1
    changed: bool = False


def protect_counts(
    counted: Counted,
    rule: Kind,
    printed: Sequence[Request],
    given: Sequence[Given],
    lookup: pd.DataFrame,
    known: Sequence[Request] = (),
    useful: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Return the cells of a request with their counts, and which are to be withheld.

    Parameters
    ----------
    counted
        The request, counted.
    rule
        The rule of its kind of table.
    printed
        Tables that pages print in full.
    given
        Tables that were given out before, of the same window or an earlier cut-off.
    lookup
        The lookup of areas.
    known
        Margins of the request that other tables show in full.
    useful
        Called with the share of deaths that would be withheld, in per cent, before the table is
        verified: what it raises ends the work.

    Returns
    -------
    DataFrame
        One row per cell of the table: its dimensions, ``numerator``, ``suppressed`` and ``public``
        (shown elsewhere). The counts are still there: only ``protect`` may take this further.

    Raises
    ------
    DisclosureError
        A count cannot be protected.
    """
    margins = [m for one in printed if (m := margin_of(one, counted.request)) is not None]
    margins = list({one.by: one for one in [*margins, *known]}.values())
    shown = [(m, printed_codes(m, counted, lookup)) for m in margins]
    tables = [(counted.request, counted.listing), *shown]
    tables += [(one.counted.request, one.counted.listing) for one in given]
    trees = trees_of(tables, lookup)
    dimensions = list(trees)

    cells = counted.full(trees)
    cells["published"] = inside(cells, counted.listing)
    cells["keep"], cells["protection"] = False, float(max(1, rule.smallest_count - 1))
    for _, codes in shown:
        cells["keep"] |= inside(cells, codes)
        cells["protection"] = np.minimum(cells["protection"], room_of(cells, codes, trees))
    small = cells["numerator"].between(1, rule.smallest_count - 1)
    small |= _alone(cells, dimensions, rule)
    cells["sensitive"] = small & cells["published"]
    cells["revision"] = np.where(cells["published"], rule.smallest_revision, 1)
    cells = cells.assign(edition=_edition(counted.request), own=True, latent=False)
    for one in given:
        cells = _with_given(cells, one, counted.listing, trees, printed, lookup)
    cells["keep"] |= _total(cells, counted.request) & cells["published"] & ~cells["sensitive"]
    cells["likely"] = _withheld_before(cells, dimensions)
    cells, trees = link_editions(*link_unplaced(cells, trees))
    public = [codes for _, codes in shown]
    public += [codes for one in given for codes in _printed(one, printed, lookup)]
    whole = {d.name: counted.request.filter_code(d) for d in dimensions_of(counted.request)}
    cells["protection"] = room_of_changes(cells, public, whole, trees)
    sensitive = cells["sensitive"] & ~cells["keep"]
    hidden = ~cells["published"] & ~cells["keep"] & ~sensitive
    marked = cells.assign(sensitive=sensitive, unpublished=hidden)
    own = cells["own"] & inside(cells, counted.listing)

    def look(withheld: pd.Series) -> None:
        if useful is not None:
            useful(withheld_share(cells[own].assign(suppressed=withheld[own]), counted.request))

    result = suppress(
        marked, trees, 0, zeros=rule.zeros, protection=1, rounds=ROUNDS, open_parts=True, look=look
    )

    mine = result["own"] & inside(result, counted.listing)
    named = {"suppressed": result["suppressed"], "public": result["keep"]}
    return result.assign(**named).loc[mine, [*dimensions, "numerator", *named]]


def _withheld_before(cells: pd.DataFrame, dimensions: list[str]) -> pd.Series:
    """Which cells an earlier edition withholds: withheld again, no difference tells of them."""
    before = cells.loc[~cells["own"] & cells["latent"], dimensions].drop_duplicates()
    return cells["own"] & cells["published"] & _among(cells, before)


def withheld_share(cells: pd.DataFrame, request: Request) -> float:
    """Return the per cent of the deaths of a table that are in withheld inner cells."""
    totals = pd.Series(not request.by, index=cells.index)
    for column in request.by:
        dimension = dimension_of(column)
        totals |= cells[dimension.name] == request.filter_code(dimension)
    inner = cells[~totals]
    return float(
        100 * inner.loc[inner["suppressed"], "numerator"].sum() / max(inner["numerator"].sum(), 1)
    )


def _with_given(
    cells: pd.DataFrame,
    given: Given,
    asked: Listing,
    trees: Trees,
    printed: Sequence[Request],
    lookup: pd.DataFrame,
) -> pd.DataFrame:
    """Add a table that was given out: what it shows stays shown, what it withholds withheld.

    With it go its totals that pages print, and those that are ``asked`` for now: an edition that
    shows them tells of what was registered between the two.
    """
    names, request = list(trees), given.counted.request
    full = given.counted.full(trees)
    published = inside(full, given.counted.listing)
    pieces = inside(full, given.counted.pieces(trees))
    room, public = np.full(len(full), float(max(1, given.smallest - 1))), full.index < 0
    for codes in _printed(given, printed, lookup):
        room, public = np.minimum(room, room_of(full, codes, trees)), public | inside(full, codes)
    full = full.assign(room=room, revision=np.where(published, given.revision, 1))
    rows = full[published | pieces | public | inside(full, asked)]
    shown = published[rows.index] & ~_among(rows, as_cells(given.withheld, request))
    shown |= public[rows.index]
    small = ~shown & published[rows.index] & rows["numerator"].between(1, given.smallest - 1)
    marks = {
        "keep": shown, "sensitive": small, "protection": rows["room"].where(small, 1),
        "revision": rows["revision"],
        "latent": (published | pieces)[rows.index] & ~shown,
    }  # fmt: skip
    new = rows.assign(**UNSEEN | marks, edition=_edition(request))
    both = pd.concat([cells, new[cells.columns]])
    varied = [name for name in names if len(both[name].unique()) > 1] + [EDITION]
    merged = both.groupby(varied, as_index=False, sort=False).agg(
        {name: "first" for name in (*names, "numerator") if name not in varied}
        | dict.fromkeys(
            ("published", "keep", "sensitive", "own", "latent", "protection", "revision"), "max"
        )
    )
    # What was withheld before stays withheld, at no further cost.
    merged["latent"] &= ~merged["keep"]
    merged["published"] &= ~merged["latent"]
    return merged[cells.columns]


def _printed(given: Given, printed: Sequence[Request], lookup: pd.DataFrame) -> list[Listing]:
    """The codes of what pages print of a table that was given out."""
    request = given.counted.request
    margins = {m.by: m for one in printed if (m := margin_of(one, request)) is not None}
    return [printed_codes(margin, given.counted, lookup) for margin in margins.values()]


def _total(cells: pd.DataFrame, request: Request) -> pd.Series:
    """Which cell is all deaths of a request: without it a table says little, so it stays shown."""
    whole = {dimension.name: request.filter_code(dimension) for dimension in dimensions_of(request)}
    return cells["own"] & (cells[list(whole)] == pd.Series(whole)).all(axis=1)


def _alone(cells: pd.DataFrame, dimensions: list[str], rule: Kind) -> pd.Series:
    """Counts that are all of a small total: who knows of the death knows what it is counted by.

    Nobody knows of a death that it is one of those whose area or sex is not known.
    """
    alone = pd.Series(False, index=cells.index)
    if rule.group_below <= rule.smallest_count:
        return alone
    for name in dimensions:
        if name not in TELLING or len(cells[name].unique()) == 1:
            continue
        others = [other for other in dimensions if other != name]
        groups = cells.groupby(others, sort=False)["numerator"]
        total, whole = groups.transform("max"), groups.transform("count")
        same = cells["numerator"].eq(total) & total.between(1, rule.group_below - 1) & whole.gt(1)
        alone |= same
    for name in dimensions:
        if name not in TELLING:
            alone &= is_known(OF_NAME[name], cells[name])
    return alone


def _among(cells: pd.DataFrame, wanted: pd.DataFrame) -> pd.Series:
    """Which cells are among those wanted."""
    names = list(wanted)
    marked = cells[names].merge(wanted.assign(among=True), how="left", on=names)
    return marked["among"].eq(True).set_axis(cells.index)


def _edition(request: Request) -> str:
    return str(request.window.registered_by)
