"""The rules of checking: what can be wrong with a record, and what follows from it.

A rule is data: a name, a severity, what it means, and the expression that finds it. Rules are
read in order, and the first that excludes a record is the reason under which it is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import ibis

from analysis.vocabulary import ENGLAND, NON_RESIDENT, WALES

EXCLUDED, FLAGGED, STOPS = "excluded", "kept and flagged", "stops the run"
DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Scope:
    """What records are checked against.

    Parameters
    ----------
    lsoas
        Table with a column ``lsoa11cd``, or None where the records have no such areas.
    registered_by
        Cut-off of the edition: later registrations are not in it.
    delivered
        Day on which the records were delivered: nothing can have happened after it.
    """

    lsoas: ibis.Table | None = None
    registered_by: date | None = None
    delivered: date | None = None

    @property
    def today(self) -> date | None:
        """The last day on which a death can have happened."""
        return self.delivered or self.registered_by


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong, or worth knowing, about a record.

    ``finds(records, scope)`` is true for the records that the rule is about; ``code`` names the
    column whose value may be shown when the run stops.
    """

    name: str
    severity: str
    meaning: str
    finds: Callable[[ibis.Table, Scope], ibis.Value]
    code: str | None = None


def _after(column: ibis.Column, day: date | None) -> ibis.Value:
    return column > ibis.literal(day) if day else ibis.literal(False)


def _lives_here(t: ibis.Table) -> ibis.Value:
    return t.residence.isin([ENGLAND, WALES])


def _not_in_lookup(t: ibis.Table, scope: Scope) -> ibis.Value:
    if scope.lsoas is None:
        return ibis.literal(False)
    return t.lsoa11cd.notnull() & t.lsoa11cd.notin(scope.lsoas.lsoa11cd)


RULES = (
    Rule("footer", EXCLUDED, "Header or footer line of an extract, not a registration",
         lambda t, scope: t.is_footer),
    Rule("cancelled", EXCLUDED, "Registration was cancelled",
         lambda t, scope: t.is_cancelled),
    Rule("registration_date_impossible", EXCLUDED, "Date of registration is no day (30 February)",
         lambda t, scope: t.registration_date_impossible),
    Rule("registration_date_missing", EXCLUDED, "Date of registration is blank",
         lambda t, scope: t.registration_date.isnull()),
    Rule("death_date_impossible", EXCLUDED, "Date of death is no day (30 February, month 00)",
         lambda t, scope: t.death_date_impossible),
    Rule("death_date_missing", EXCLUDED, "Date of death is blank",
         lambda t, scope: t.death_date.isnull()),
    Rule("registration_date_in_future", EXCLUDED, "Registered after the records were delivered",
         lambda t, scope: _after(t.registration_date, scope.delivered)),
    Rule("registered_after_cut_off", EXCLUDED, "Registered after the cut-off of the edition",
         lambda t, scope: _after(t.registration_date, scope.registered_by)),
    Rule("death_date_in_future", EXCLUDED, "Died after the delivery or cut-off",
         lambda t, scope: _after(t.death_date, scope.today)),
    Rule("registered_before_death", EXCLUDED, "Registered before the day of death",
         lambda t, scope: t.registration_date < t.death_date),
    Rule("sex_code_not_in_layout", STOPS, "Code of sex that the layout does not know",
         lambda t, scope: t.sex_code.notnull(), code="sex_code"),
    Rule("lsoa_not_in_lookup", STOPS, "LSOA of residence that is in no lookup",
         _not_in_lookup, code="lsoa11cd"),
    Rule("record_id_missing", FLAGGED, "No identifier: cannot be told from a duplicate",
         lambda t, scope: t.record_id.isnull()),
    Rule("sex_not_stated", FLAGGED, "Sex not stated: in no table by sex",
         lambda t, scope: t.sex.isnull()),
    Rule("age_impossible", FLAGGED, "Age is no whole number from 0 to 120: counted as unknown",
         lambda t, scope: t.age_impossible),
    Rule("age_unknown", FLAGGED, "Age not known: kept apart, in no age band",
         lambda t, scope: t.age.isnull() & ~t.age_impossible),
    Rule("non_resident", FLAGGED, "Usually resident outside England and Wales: in no area",
         lambda t, scope: t.residence == NON_RESIDENT),
    Rule("residence_unknown", FLAGGED, "Country of residence not known",
         lambda t, scope: t.residence.isnull()),
    Rule("lsoa_missing", FLAGGED, "Resident without a known LSOA: in the country, in no area",
         lambda t, scope: _lives_here(t) & t.lsoa11cd.isnull()),
    Rule("lsoa_not_used", FLAGGED, "LSOA given for a non-resident: not used",
         lambda t, scope: t.lsoa_not_used),
    Rule("lsoa_in_other_country", FLAGGED, "LSOA is not in the country of residence",
         lambda t, scope: _lives_here(t) & (t.lsoa11cd[0] != t.residence[0])),
    Rule("icd10_underlying_malformed", FLAGGED, "Underlying cause is no ICD-10 code: not coded",
         lambda t, scope: t.icd10_underlying_malformed),
    Rule("icd10_underlying_neonate", FLAGGED, "Blank underlying cause under 28 days: valid",
         lambda t, scope: _blank_cause(t) & t.is_neonate),
    Rule("icd10_underlying_not_yet_coded", FLAGGED, "Blank underlying cause: not yet coded",
         lambda t, scope: _blank_cause(t) & ~t.is_neonate),
    Rule("icd10_mentions_malformed", FLAGGED, "A mentioned cause is no ICD-10 code: left out",
         lambda t, scope: t.icd10_mentions_malformed),
    Rule("place_not_coded", FLAGGED, "Place of death has a code that the layout does not know",
         lambda t, scope: t.place_not_coded),
    Rule("place_not_stated", FLAGGED, "Place of death not stated",
         lambda t, scope: t.place_of_death.isnull() & ~t.place_not_coded),
    Rule("soc2010_not_classified", FLAGGED, "Occupation is no unit group of SOC2010",
         lambda t, scope: t.soc2010_not_classified),
)  # fmt: skip


def _blank_cause(t: ibis.Table) -> ibis.Value:
    return t.icd10_underlying.isnull() & ~t.icd10_underlying_malformed


def first_exclusion(records: ibis.Table, scope: Scope) -> ibis.Value:
    """Return the name of the first rule that excludes a record, missing where none does."""
    cases = [
        (rule.finds(records, scope).fill_null(False), rule.name)
        for rule in RULES
        if rule.severity == EXCLUDED
    ]
    return ibis.cases(*cases)
