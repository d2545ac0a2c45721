"""Rules: what may be shown of each kind of table, and how it is protected.

The rules are data (``rules.yml``). There is no default rule set, no default threshold and no rule
for a kind of table that is not listed: a table or a measure without a rule is an error.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from analysis.errors import DisclosureError

GEOGRAPHIES = ("country", "region", "deprivation", "local_authority", "msoa", "lsoa")
PERIODS = ("edition", "month", "week", "day")
Geography = Literal["country", "region", "deprivation", "local_authority", "msoa", "lsoa"]
Period = Literal["edition", "month", "week", "day"]
Method = Literal["print", "reallocate", "suppress", "cell_key", "coarsen"]
Count = Annotated[int, Field(ge=1)]
Percent = Annotated[float, Field(ge=0, le=100)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Threshold(_Rule):
    """Deaths from which a rate is calculated, and from which it is reliable."""

    from_: Annotated[int, Field(alias="from", ge=0)]
    reliable_from: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> "Threshold":
        if self.reliable_from < self.from_:
            raise ValueError("reliable_from is below from")
        return self


class Kind(_Rule):
    """The rule of one kind of table; the fields are explained in ``rules.yml``."""

    geography: list[Geography]
    period: list[Period]
    method: Method
    reason: str = ""
    smallest_count: Count = 1
    zeros: Literal["shown", "secondary"] = "shown"
    details: Annotated[int, Field(ge=0)] = 0
    smallest_population: Annotated[int, Field(ge=0)] = 0
    smallest_revision: Count = 1
    group_below: Count = 1
    most_withheld: Percent = 100.0
    moved: Percent = 0.0
    noise: Annotated[int, Field(ge=0)] = 0
    variance: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _whole(self) -> "Kind":
        if (self.method == "coarsen") != bool(self.reason):
            raise ValueError("a kind that is never shown says why in reason, and no other does")
        if (self.method == "reallocate") != bool(self.moved):
            raise ValueError("moved belongs to reallocate, and reallocate needs it")
        if not (self.method == "cell_key") == bool(self.noise) == bool(self.variance):
            raise ValueError("noise and variance belong to cell_key, and cell_key needs both")
        return self


class Family(_Rule):
    """How the tables of one kind of release are protected: a rule for each kind of table."""

    name: str
    title: str
    source: str
    kinds: list[Kind]

    @model_validator(mode="after")
    def _once(self) -> "Family":
        pairs = [(g, p) for kind in self.kinds for g in kind.geography for p in kind.period]
        if len(pairs) != len(set(pairs)):
            raise ValueError("two rules for one kind of table")
        return self

    def kind(self, geography: str, period: str) -> Kind:
        """Return the rule of a kind of table.

        Raises
        ------
        DisclosureError
            The family has no rule for it.
        """
        for kind in self.kinds:
            if geography in kind.geography and period in kind.period:
                return kind
        raise DisclosureError(
            f"The rules {self.name!r} have none for a table by {geography} and {period}.\n"
            "A table without a rule is not published: ask for a coarser one, or add the rule to "
            "disclosure/rules.yml."
        )


class RuleSet(_Rule):
    """The thresholds of one kind of release, and how its tables are protected."""

    name: str
    title: str
    source: str
    family: Family
    rates: dict[str, Threshold]

    def threshold(self, measure: str) -> Threshold:
        """Return the threshold of a rate.

        Raises
        ------
        DisclosureError
            The rule set has none for ``measure``.
        """
        if measure not in self.rates:
            raise DisclosureError(
                f"Rule set {self.name!r} has no threshold for {measure!r}.\n"
                "A measure without a rule is not shown: add the rule to disclosure/rules.yml."
            )
        return self.rates[measure]


# What each method does to the counts of a table, as its readers are told.
METHODS = {
    "print": "counts are printed",
    "reallocate": "a few deaths have moved to a neighbouring area",
    "suppress": "counts below {0.smallest_count} are withheld, and others to protect them",
    "cell_key": "every count has a little noise",
    "coarsen": "there is no such table",
}
PLACES = {"local_authority": "local authority", "msoa": "MSOA", "lsoa": "LSOA"}


class AppliedRule(NamedTuple):
    """The rule that a table was protected under: of which set, for which kind of table, and it."""

    rules: RuleSet
    geography: str
    period: str
    kind: Kind

    def __str__(self) -> str:
        over = "" if self.period == "edition" else f" by {self.period}"
        place = PLACES.get(self.geography, self.geography)
        method = METHODS[self.kind.method].format(self.kind)
        return f"{self.rules.family.name}, {place}{over}: {method}"


@cache
def rule_families() -> dict[str, Family]:
    """Return every family of rules by its name."""
    return {name: Family(name=name, **rules) for name, rules in _read()["families"].items()}


@cache
def rule_sets() -> dict[str, RuleSet]:
    """Return every rule set by its name."""
    families = rule_families()
    return {
        name: RuleSet(name=name, **{**rules, "family": families[rules["family"]]})
        for name, rules in _read()["sets"].items()
    }


def rule_set(name: str) -> RuleSet:
    """Return the rule set ``name``.

    Raises
    ------
    DisclosureError
        There is none of that name.
    """
    if name not in rule_sets():
        raise DisclosureError(
            f"There is no rule set {name!r}. Known rule sets: {', '.join(rule_sets())}."
        )
    return rule_sets()[name]


@cache
def _read() -> dict:
    text = files("analysis.disclosure").joinpath("rules.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
