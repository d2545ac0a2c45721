# ruff: noqa: PD003, PD004 (isnull and notnull are those of Ibis)
"""Checked records: each kept, or excluded under a named reason.

The source is read once, here, into the engine; whatever comes after works on what was read. The
run stops if a fault would make every table wrong.
"""

from dataclasses import dataclass, field
from datetime import date

import ibis
import pandas as pd

from analysis.errors import InputError
from analysis.ingest.clean import RECORDS
from analysis.ingest.engine import keep, reading
from analysis.ingest.rules import DUPLICATE, EXCLUDED, RULES, STOPS, Scope, first_exclusion

SHOWN_CODES = 5
# Of several records with one identifier the last registered stays; the rest of the order only
# makes the choice the same on every run.
_LAST = (
    "registration_date", "death_date", "age", "sex", "residence", "lsoa11cd", "icd10_underlying",
    "place_of_death", "soc2010",
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """Records with the outcome of the checks.

    Parameters
    ----------
    marked
        A row per delivered row: the columns of ``clean_records`` and ``excluded_by``, the name of
        the rule that excludes the row, missing where it is kept.
    """

    marked: ibis.Table
    counts: dict[str, int] = field(repr=False)

    @property
    def kept(self) -> ibis.Table:
        """The records that stay, in the project's own columns."""
        return self.marked.filter(self.marked.excluded_by.isnull()).select(*RECORDS)

    @property
    def delivered_count(self) -> int:
        """How many rows were delivered: kept and excluded together."""
        return self.counts["delivered"]

    @property
    def kept_count(self) -> int:
        """How many records stay."""
        return self.counts["kept"]

    def report(self) -> pd.DataFrame:
        """Return what the checks found.

        Returns
        -------
        DataFrame
            One row per rule, those that found nothing included: ``rule``, ``severity``
            (``excluded``, ``kept and flagged``, ``stops the run``), ``count`` and ``meaning``.
            Excluded rows are counted once, under the first rule that excludes them, so that
            delivered = kept + excluded; flags are counted among the records that stay, and a
            record may have several.
        """
        named = [(rule.name, rule.severity, rule.meaning) for rule in RULES]
        last = max(i for i, (_, severity, _) in enumerate(named) if severity == EXCLUDED)
        meaning = "Another record has the same identifier and was registered later, or is the same"
        named.insert(last + 1, (DUPLICATE, EXCLUDED, meaning))
        frame = pd.DataFrame(named, columns=["rule", "severity", "meaning"])
        counts = frame["rule"].map(self.counts).astype("int64")
        return frame.assign(count=counts)[["rule", "severity", "count", "meaning"]]


def check_records(
    cleaned: ibis.Table,
    lookup: pd.DataFrame | None,
    registered_by: date | None = None,
    delivered: date | None = None,
    where: object = "records",
) -> Checked:
    """Read the records once and check them.

    Parameters
    ----------
    cleaned
        Records as ``clean_records`` gives them.
    lookup
        Areas, as ``read_lookup`` gives them; None where the records have no LSOAs.
    registered_by
        Cut-off of the edition, included: later registrations are excluded.
    delivered
        Day of delivery, included: later dates are impossible. Without it the cut-off stands in
        for deaths, and no registration is in the future.
    where
        What is being read, for the messages of errors.

    Returns
    -------
    Checked
        All rows, marked, and a report that adds up: delivered = kept + excluded.

    Raises
    ------
    InputError
        The source is damaged; it has no rows; no row is left; a code of sex is not in the layout;
        an LSOA is in no lookup. The last two name the codes, never a record.
    """
    read = keep(cleaned, where)
    lsoas = None if lookup is None else ibis.memtable(lookup[["lsoa11cd"]])
    scope = Scope(lsoas, registered_by, delivered)
    with reading(where):
        marked = _mark_duplicates(read.mutate(excluded_by=first_exclusion(read, scope)))
        counts = _counts(marked, scope)
    _require_records(counts, where)
    _require_known_codes(marked, counts, scope, where)
    return Checked(marked, counts)


def _mark_duplicates(marked: ibis.Table) -> ibis.Table:
    """Exclude all but one of the records that share an identifier, if there are any."""
    usable = marked.filter(marked.excluded_by.isnull() & marked.record_id.notnull())
    ids = usable.group_by("record_id").agg(n=usable.count())
    doubled = keep(ids.filter(ids.n > 1).select("record_id"), "records")
    if doubled.count().execute() == 0:
        return marked
    is_usable = marked.excluded_by.isnull() & marked.record_id.isin(doubled.record_id)
    alone, shared = marked.filter(~is_usable.fill_null(False)), marked.filter(is_usable)
    order = [ibis.desc(name) for name in _LAST]
    place = ibis.row_number().over(group_by="record_id", order_by=order)
    ranked = shared.mutate(excluded_by=ibis.ifelse(place > 0, DUPLICATE, ibis.null("string")))
    return alone.union(ranked.select(*alone.columns))


def _counts(marked: ibis.Table, scope: Scope) -> dict[str, int]:
    """Count rows, exclusions by reason and flags by rule, in one pass."""
    kept = marked.excluded_by.isnull()
    found = {
        "delivered": marked.count(),
        "kept": kept.sum(),
        DUPLICATE: marked.count(where=marked.excluded_by == DUPLICATE),
    }
    for rule in RULES:
        if rule.severity == EXCLUDED:
            found[rule.name] = marked.count(where=marked.excluded_by == rule.name)
        else:
            found[rule.name] = marked.count(where=kept & rule.finds(marked, scope).fill_null(False))
    row = marked.aggregate(**found).to_pandas().iloc[0]
    return {name: int(value) if pd.notna(value) else 0 for name, value in row.items()}


def _require_records(counts: dict[str, int], where: object) -> None:
    if counts["delivered"] == 0:
        raise InputError(
            f"{where}: holds no records, only column names.\nThere is nothing to count.\n"
            f"Copy the file again from where it came from."
        )
    if counts["kept"] == 0:
        excluded = {rule.name: counts[rule.name] for rule in RULES if rule.severity == EXCLUDED}
        reasons = "\n".join(f"  {name}: {n:,}" for name, n in excluded.items() if n)
        raise InputError(
            f"{where}: all {counts['delivered']:,} rows are excluded.\n{reasons}\n"
            f"Every table would be empty.\n"
            f"Check the layout (its date formats above all) and the cut-off of the edition."
        )


_ADVICE = {
    "sex_code": "Give the codes a meaning in the layout (sex: codes), blank for not stated.",
    "lsoa11cd": "Use a lookup of 2011 LSOAs that has them, or correct the codes.",
}


def _require_known_codes(
    marked: ibis.Table, counts: dict[str, int], scope: Scope, where: object
) -> None:
    faults = []
    for rule in RULES:
        if rule.severity != STOPS or not counts[rule.name]:
            continue
        odd = marked.filter(marked.excluded_by.isnull() & rule.finds(marked, scope))
        codes = odd.select(rule.code).distinct().order_by(rule.code)
        with reading(where):
            found = codes.limit(SHOWN_CODES + 1).to_pandas()[rule.code].tolist()
        shown = ", ".join(found[:SHOWN_CODES]) + (" ..." if len(found) > SHOWN_CODES else "")
        faults.append(
            f"{where}: {_inside(rule.meaning)}: {shown} "
            f"({counts[rule.name]:,} of {counts['delivered']:,} rows).\n{_ADVICE[rule.code]}"
        )
    if faults:
        raise InputError(
            "\n".join(faults) + "\nThese deaths would be missing from tables. Nothing was counted."
        )


def _inside(meaning: str) -> str:
    """The meaning of a rule inside a sentence; abbreviations stay as they are."""
    return meaning if meaning[1:2].isupper() else meaning[0].lower() + meaning[1:]
