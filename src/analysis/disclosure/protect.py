"""The one place through which every published number goes.

Unprotected rates go in, a Table comes out. Nothing else can show numbers on a page.
"""

import pandas as pd

from analysis.disclosure.measures import MEASURES, RATES
from analysis.disclosure.rules import RuleSet, rule_set
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.vocabulary import group_order


def protect(
    rates: pd.DataFrame, by: list[str], rules: str, title: str, name: str, notes: str = ""
) -> Table:
    """Return the table that may be published of ``rates``.

    Rows are put in the order of their groups (``vocabulary.ORDERS``). Every measure gets a status
    of its own (``asmr_status``): blank, ``[u]`` low reliability, ``[x]`` not calculated, ``[c]``
    confidential, ``[z]`` not applicable. A withheld count takes every measure made from it with
    it. Values are rounded to the decimals that are shown.

    Parameters
    ----------
    rates
        One row per group: the ``by`` columns, ``numerator`` (deaths, in the ages of the rate) and
        measures of ``disclosure.measures``. Columns of neither kind are an error.
    by
        Columns that name a group.
    rules
        Name of the rule set.
    title
        What the table shows, as a caption.
    name
        Short name, unique on the page: the table's id and the name of its download.

    Raises
    ------
    DisclosureError
        The rule set is not known or lacks a threshold, a column has no rule, groups are repeated.
    """
    limits = rule_set(rules)
    measures = [column for column in rates.columns if column not in by]
    _require_known(measures, name)
    _require_distinct(rates, by, name)

    plain = rates.sort_values(by, key=group_order, ignore_index=True)
    protected = {column: plain[column] for column in by}
    for measure in measures:
        status = _status(plain, measure, limits)
        protected[measure] = _rounded(plain[measure]).mask(status.isin(["[x]", "[c]", "[z]"]))
        protected[f"{measure}_status"] = status
    return Table(pd.DataFrame(protected), tuple(by), title, name, limits.name, notes)


def _rounded(values: pd.Series) -> pd.Series:
    decimals = MEASURES[values.name].decimals
    return values if decimals is None else pd.to_numeric(values).round(decimals)


def _status(rates: pd.DataFrame, measure: str, limits: RuleSet) -> pd.Series:
    """Status of each value of one measure."""
    status = pd.Series("", index=rates.index, dtype="str")
    if MEASURES[measure].of_rate:
        deaths, rule = rates["numerator"], limits.threshold(_rate_of(rates))
        status = status.mask(deaths < rule.reliable_from, "[u]").mask(deaths < rule.from_, "[x]")
    if MEASURES[measure].of_rate or MEASURES[measure].of_deaths:
        confidential = rates["numerator"].between(1, limits.smallest_count - 1)
        status = status.mask(confidential, "[c]")
    return status.mask(rates[measure].isna() & status.isin(["", "[u]"]), "[x]")


def _rate_of(rates: pd.DataFrame) -> str:
    return next(rate for rate in RATES if rate in rates)


def _require_known(measures: list[str], name: str) -> None:
    unknown = [measure for measure in measures if measure not in MEASURES]
    if unknown:
        raise DisclosureError(
            f"Table {name!r}: no rule says how to show {', '.join(unknown)}.\n"
            "Only the measures of disclosure/measures.py are published: drop the columns, or name "
            "them in `by` if they name groups."
        )
    made_from_rate = [measure for measure in measures if MEASURES[measure].of_rate]
    rates = [measure for measure in measures if measure in RATES]
    if made_from_rate and ("numerator" not in measures or len(rates) != 1):
        raise DisclosureError(
            f"Table {name!r} shows {', '.join(made_from_rate)}, with {len(rates)} rates and "
            f"{'a' if 'numerator' in measures else 'no'} column numerator.\n"
            "Thresholds count the deaths behind a rate: keep numerator, and one rate a table."
        )


def _require_distinct(rates: pd.DataFrame, by: list[str], name: str) -> None:
    missing = [column for column in by if column not in rates]
    if missing:
        raise DisclosureError(f"Table {name!r}: no column {', '.join(missing)} to name its groups.")
    repeated = int(rates.duplicated(by).sum())
    if repeated:
        raise DisclosureError(
            f"Table {name!r}: {repeated} rows repeat a group of {', '.join(by)}.\n"
            "A row is one group: name all columns of the groups in `by`."
        )
