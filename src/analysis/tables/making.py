"""Making the table that a request asks for: counted, protected, named; or refusing it.

A request is refused where its kind of table is never shown, where it has more detail than its
kind may have, or where so much would be withheld that the table is of no use.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod

import ibis
import numpy as np
import pandas as pd

from analysis.disclosure.protect import protect
from analysis.disclosure.rules import Kind
from analysis.disclosure.suppress import NotProtectable
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.tables.counted import Counted
from analysis.tables.dimensions import dimension_of
from analysis.tables.known import require_known
from analysis.tables.names import caption, named
from analysis.tables.protecting import Given, protect_counts
from analysis.tables.rates import with_rates
from analysis.tables.refusing import (
    RULES,
    Refused,
    require_size,
    require_total,
    require_useful,
    rule_of,
    small_share,
)
from analysis.tables.request import Request
from analysis.tables.separate import linked_tables

LEFT_OUT = "Deaths of unknown age or sex are left out, as they are of rates."


@dataclass(frozen=True)
class Source:
    """What tables of an edition are made from.

    ``records`` are as ``counting.with_levels`` gives them; ``printed`` the tables that pages
    print in full, by kind of deaths; ``people`` gives the population of a kind.
    """

    records: ibis.Table
    lookup: pd.DataFrame
    printed: Mapping[str, Sequence[Request]] = field(default_factory=dict)
    people: Callable[[str], pd.DataFrame] | None = None


@dataclass(frozen=True, eq=False)
class Made:
    """A table, the request that it answers, and how much of it is withheld, in per cent."""

    table: Table
    request: Request
    counted: Counted
    withheld: float

    def as_given(self) -> Given:
        """Return it as a table that was given out."""
        return given_of(self.table.name, self.counted, self.table.frame, self.table.rules.kind)


def make_table(
    source: Source, request: Request, name: str, given: Sequence[Given] = (), rules: str = RULES
) -> Made:
    """Return the protected table of a request.

    Parameters
    ----------
    source
        Records, areas and what is printed.
    request
        What is asked for.
    name
        Name of the table and of its download.
    given
        Tables that were given out before.
    rules
        Name of the rule set.

    Raises
    ------
    Refused
        No safe table answers the request.
    """
    require_known(source.records, request, source.lookup)
    rule = rule_of(request, rules)
    counted = Counted.of(source.records, request, source.lookup)
    require_total(request, counted.deaths["numerator"].sum() >= rule.smallest_count)
    require_useful(request, rule, small_share(counted.grouped(request, source.lookup), rule))
    require_size(request, prod(map(len, counted.listing.values())))
    printed = source.printed.get(request.window.deaths, ())
    linked, known = linked_tables(given, request, printed)
    useful = partial(require_useful, request, rule)
    try:
        cells = protect_counts(counted, rule, printed, linked, source.lookup, known, useful)
    except Refused:
        raise
    except NotProtectable:
        reason = (
            "No choice of withheld counts hides all small ones from a reader who knows what is "
            "public."
        )
        raise Refused(request, reason) from None
    except DisclosureError as fault:
        reason = "It makes no system of sums with the tables that were given out before"
        raise Refused(request, f"{reason}:\n{fault}") from None
    frame = _frame(cells, counted)
    totals = _totals(frame, request)
    require_total(request, not frame.loc[totals.all(axis=1), "suppressed"].any())
    inner = frame[~totals.any(axis=1)]
    share = 100 * inner.loc[inner["suppressed"], "numerator"].sum() / inner["numerator"].sum()
    require_useful(request, rule, share)
    if request.measure != "counts":
        frame = with_rates(frame, source, request)
    frame = _with_filters(named(_with_totals(frame, request), request, source.lookup), request)
    by = [c for c in frame if c not in ("numerator", "suppressed", "public", *_RATES)]
    table = protect(frame, by, rules, title=caption(request), name=name, notes=LEFT_OUT)
    return Made(with_origin(table, request), request, counted, float(share))


def with_origin(table: Table, request: Request) -> Table:
    """Return the table with what its metadata say of the deaths that it counts."""
    window = request.window
    about = {
        "deaths": window.deaths, "basis": window.basis, "date_from": str(window.date_from),
        "date_to": str(window.date_to), "registered_by": str(window.registered_by),
        "age_min": window.age_min, "age_max": window.age_max, "rules": table.rules.rules.name,
        "by": list(request.by), "where": {c: list(v) for c, v in request.where.items()},
        "measure": request.measure,
    }  # fmt: skip
    return table.counting(about)


def given_of(name: str, counted: Counted, frame: pd.DataFrame, rule: Kind) -> Given:
    """Return a protected table as one that was given out.

    ``frame`` has the ``by`` columns of the request and ``numerator_status``.
    """
    by = list(counted.request.by)
    hidden = frame.loc[frame["numerator_status"] == "[c]", by].astype("str")
    return Given(name, counted, hidden, rule.smallest_count, rule.smallest_revision)


_RATES = ("denominator", "asmr", "lower_ci", "upper_ci")


def _frame(cells: pd.DataFrame, counted: Counted) -> pd.DataFrame:
    """The cells under the columns of the request, with the codes that a reader knows."""
    request, columns = counted.request, {}
    for column in request.by:
        dimension = dimension_of(column)
        codes = cells[dimension.name].to_numpy()
        if dimension.name == request.window.time:
            plain = {request.window.clipped(code): code for code in counted.codes[column]}
            codes = np.array([plain.get(code, code) for code in codes], dtype=object)
        whole = request.filter_code(dimension)
        total = (codes == whole) & (whole not in counted.codes[column])
        columns[column] = np.where(total, dimension.total, codes)
    frame = pd.DataFrame(columns, index=cells.index).astype("str")
    return frame.assign(
        numerator=cells["numerator"],
        suppressed=cells["suppressed"].astype(bool),
        public=cells["public"].astype(bool),
    ).reset_index(drop=True)


def _with_totals(frame: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Call a total what it is the total of: of a filter to one region, that region."""
    totals = {c: {dimension_of(c).total: request.total_of(c)} for c in request.by}
    return frame.assign(**{c: frame[c].replace(totals[c]) for c in request.by})


def _with_filters(frame: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Say in every row what the table is restricted to; rules go by these columns as well."""
    filters = {c: " or ".join(codes) for c, codes in request.where.items() if c not in request.by}
    return pd.concat([pd.DataFrame(filters, index=frame.index), frame], axis=1)


def _totals(frame: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Which rows stand at the total of each column of the request."""
    return pd.DataFrame(
        {c: frame[c] == dimension_of(c).total for c in request.by}, index=frame.index
    )
