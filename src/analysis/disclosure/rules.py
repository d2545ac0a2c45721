"""Rule sets: the thresholds and the method of protection of one kind of release.

The rules are data (``rules.yml``). There is no default rule set and no default threshold: a table
or a measure without a rule is an error.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from analysis.errors import DisclosureError


class Threshold(BaseModel):
    """Deaths from which a rate is calculated, and from which it is reliable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    from_: Annotated[int, Field(alias="from", ge=0)]
    reliable_from: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> "Threshold":
        if self.reliable_from < self.from_:
            raise ValueError("reliable_from is below from")
        return self


class RuleSet(BaseModel):
    """What may be shown of one kind of table."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    title: str
    source: str
    smallest_count: Annotated[int, Field(ge=1)]
    method: Literal["print"]
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


@cache
def rule_sets() -> dict[str, RuleSet]:
    """Return every rule set by its name."""
    text = files("analysis.disclosure").joinpath("rules.yml").read_text(encoding="utf-8")
    return {name: RuleSet(name=name, **rules) for name, rules in yaml.safe_load(text).items()}


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
