"""The one place through which every published number goes.

Unprotected rates go in, a Table comes out. Nothing else can show numbers on a page.
"""

import numpy as np
import pandas as pd

from analysis.disclosure.kinds import kind_of
from analysis.disclosure.measures import INTERVALS, MEASURES, RATES
from analysis.disclosure.perturb import noise_table, perturb
from analysis.disclosure.rules import AppliedRule, Kind, RuleSet, rule_set
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.vocabulary import group_order

# Statuses; where the later ones hold, no value is shown.
SIGNS = ("", "[u]", "[x]", "[z]", "[c]")
PUBLISHED, UNRELIABLE, NOT_CALCULATED, NOT_APPLICABLE, CONFIDENTIAL = range(5)
_SIGNS = pd.array(list(SIGNS), dtype="str")


def protect(
    rates: pd.DataFrame, by: list[str], rules: str, title: str, name: str, notes: str = ""
) -> Table:
    """Return the table that may be published of ``rates``.

    Rows are put in the order of their groups (``vocabulary.ORDERS``). Every measure gets a status
    of its own (``asmr_status``): blank, ``[u]`` low reliability, ``[x]`` not calculated, ``[c]``
    confidential, ``[z]`` not applicable. A withheld count takes every measure made from it with
    it. Values are rounded to the decimals that are shown.

    Whether a measure applies is known where it is made, not here: a statistic that does not apply
    says so in a column ``<measure>_status`` of its own, ``[z]`` where it has no value for that
    reason and blank elsewhere. The limits of a measure have its ``[z]`` too.

    Which rule holds is read from the table itself (``kinds.kind_of``), never from what a page says.

    Parameters
    ----------
    rates
        One row per group: the ``by`` columns, ``numerator`` (deaths, in the ages of the rate) and
        measures of ``disclosure.measures``, and, of measures that may not apply, the status.
        Where the rule is to suppress, columns ``suppressed`` and, optional, ``public`` (printed
        elsewhere in full) of true and false, made with all totals at once
        (``tables.protecting``); where it is a cell key, a column ``record_key``,
        the sum of the keys of the records, and no measure but the count. Columns of no such kind
        are an error.
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
        The rule set is not known, lacks a threshold or has no rule for this kind of table, or the
        rule is that there is no such table; a column has no rule, groups are repeated, a measure
        that does not apply has a value, a status is given that is protect's to give, or a small
        count that is to be suppressed is not.
    """
    limits = rule_set(rules)
    rule = _rule(rates, by, limits, name)
    kind = rule.kind
    rates, suppressed = _suppressed(_perturbed(rates, by, kind, name), kind, name)
    columns = [column for column in rates.columns if column not in by]
    given = {f"{column}_status" for column in columns}
    measures = [column for column in columns if column not in given]
    _require_known(measures, name)
    _require_distinct(rates, by, name)
    _require_without_value(rates, measures, name)

    places = [group_order(rates[column]) for column in reversed(by)]
    order = np.lexsort(places) if by else np.arange(len(rates))
    plain, withheld = rates.iloc[order].reset_index(drop=True), suppressed.to_numpy()[order]
    protected = {column: plain[column] for column in by}
    for measure in measures:
        status = _status(plain, measure, limits, kind, withheld)
        protected[measure] = _rounded(plain[measure]).mask(status >= NOT_CALCULATED)
        protected[f"{measure}_status"] = pd.Series(_SIGNS.take(status))
    return Table(pd.DataFrame(protected), tuple(by), title, name, rule, notes)


def _rounded(values: pd.Series) -> pd.Series:
    decimals = MEASURES[values.name].decimals
    # A little less than 0 is 0, not "-0".
    return values if decimals is None else pd.to_numeric(values).round(decimals) + 0


def _rule(rates: pd.DataFrame, by: list[str], limits: RuleSet, name: str) -> AppliedRule:
    """The rule of this table."""
    geography, period, details = kind_of(rates, by)
    kind = limits.family.kind(geography, period)
    if kind.method == "coarsen":
        raise DisclosureError(
            f"Table {name!r}: there is no table by {geography} and {period} under {limits.name!r}: "
            f"{kind.reason}.\nAsk for a coarser one."
        )
    if details > kind.details:
        raise DisclosureError(
            f"Table {name!r} has {details} columns of detail, and one by {geography} and {period} "
            f"may have {kind.details} under {limits.name!r}.\nLeave some out."
        )
    return AppliedRule(limits, geography, period, kind)


def _perturbed(rates: pd.DataFrame, by: list[str], kind: Kind, name: str) -> pd.DataFrame:
    """The table with noise in its counts, and without the keys that it follows from."""
    if kind.method != "cell_key" or "numerator" not in rates:
        return rates
    others = set(rates) - {*by, "numerator", "record_key"}
    if others or "record_key" not in rates:
        raise DisclosureError(
            f"Table {name!r}: under this rule every count has a noise, which follows from the keys "
            f"of its records. The table {'has' if 'record_key' in rates else 'lacks'} a column "
            f"record_key, and shows {', '.join(sorted(others)) or 'nothing'} beside the count.\n"
            "Sum the keys of ingest.record_keys.with_record_keys() beside the count, and show "
            "nothing that was made from the count without noise."
        )
    _require_distinct(rates, by, name)
    noisy = perturb(rates, by, noise_table(kind.noise, kind.variance))
    return rates[by].merge(noisy, on=by, how="left", validate="1:1").set_axis(rates.index)


def _suppressed(rates: pd.DataFrame, kind: Kind, name: str) -> tuple[pd.DataFrame, pd.Series]:
    """The table without its column ``suppressed``, and that column."""
    shown = pd.Series(False, index=rates.index)
    if kind.method != "suppress" or "numerator" not in rates:
        return rates, shown
    withheld = rates.get("suppressed", shown).astype(bool)
    public = rates.get("public", shown).astype(bool)
    small = rates["numerator"].between(1, kind.smallest_count - 1)
    open_ = int((small & ~withheld & ~public).sum())
    if open_ or "suppressed" not in rates:
        raise DisclosureError(
            f"Table {name!r}: {open_} counts below {kind.smallest_count} are not withheld.\n"
            "A table under this rule is protected with all its totals at once: make it with "
            "tables.make_table()."
        )
    return rates.drop(columns=["suppressed", "public"], errors="ignore"), withheld


def _status(
    rates: pd.DataFrame, measure: str, limits: RuleSet, kind: Kind, withheld: np.ndarray
) -> np.ndarray:
    """Status of each value of one measure, by its place in ``SIGNS``."""
    about = MEASURES[measure]
    status = np.full(len(rates), PUBLISHED)
    if about.of_rate:
        rate = _rate_of(rates) if about.of_rate is True else about.of_rate
        deaths, rule = rates[about.deaths], limits.threshold(rate)
        status[deaths < rule.reliable_from] = UNRELIABLE
        status[deaths < rule.from_] = NOT_CALCULATED
    status[rates[measure].isna()] = NOT_CALCULATED
    status[_does_not_apply(rates, measure)] = NOT_APPLICABLE
    if about.of_rate or about.of_deaths:
        small = rates[about.deaths].between(1, kind.smallest_count - 1)
        status[withheld if kind.method == "suppress" else small] = CONFIDENTIAL
    if about.of_rate and kind.smallest_population and "denominator" in rates:
        status[rates["denominator"] < kind.smallest_population] = CONFIDENTIAL
    return status


def _does_not_apply(rates: pd.DataFrame, measure: str) -> pd.Series:
    """Where the statistic says of itself, or of the measure it is a limit of, that it does not."""
    says = [measure, *(whole for whole, pair in INTERVALS.items() if measure in pair)]
    given = [rates[f"{of}_status"] == "[z]" for of in says if f"{of}_status" in rates]
    return pd.concat(given, axis=1).any(axis=1) if given else pd.Series(False, index=rates.index)


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
    of_other_rates = [m for m in measures if isinstance(MEASURES[m].of_rate, str)]
    uncounted = {MEASURES[measure].deaths for measure in of_other_rates} - set(measures)
    if uncounted:
        raise DisclosureError(
            f"Table {name!r} shows {', '.join(of_other_rates)}, and no column "
            f"{', '.join(sorted(uncounted))}.\n"
            "Thresholds count the deaths behind a measure: keep the column."
        )
    made_from_rate = [measure for measure in measures if MEASURES[measure].of_rate is True]
    rates = [measure for measure in measures if measure in RATES]
    if made_from_rate and ("numerator" not in measures or len(rates) != 1):
        raise DisclosureError(
            f"Table {name!r} shows {', '.join(made_from_rate)}, with {len(rates)} rates and "
            f"{'a' if 'numerator' in measures else 'no'} column numerator.\n"
            "Thresholds count the deaths behind a rate: keep numerator, and one rate a table."
        )


def _require_without_value(rates: pd.DataFrame, measures: list[str], name: str) -> None:
    for measure in measures:
        status = rates.get(f"{measure}_status")
        if status is None:
            continue
        foreign = sorted(set(status.dropna()) - {"", "[z]"})
        valued = int((_does_not_apply(rates, measure) & rates[measure].notna()).sum())
        if foreign or valued or status.isna().any():
            raise DisclosureError(
                f"Table {name!r}: {measure}_status has {', '.join(foreign) or 'gaps'}, and "
                f"{valued} values of {measure} are there although it says [z].\n"
                "A statistic may say [z], not applicable, of a value that it has not; any other "
                "status is given here."
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
