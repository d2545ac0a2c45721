"""The rules as tables in Markdown, as book/methods.md shows them.

A test holds the page to them: after a change of rules.yml, print them and paste.

    python -m analysis.disclosure.rules_table
"""

from analysis.disclosure.measures import MEASURES
from analysis.disclosure.rules import PLACES, Family, Kind, Threshold, rule_families, rule_sets

_METHODS = {
    "print": "print",
    "reallocate": "reallocate {0.moved:g}% of deaths, print",
    "suppress": "suppress",
    "cell_key": "cell key",
    "coarsen": "coarsen: not shown",
}
# What a column of a table says of a kind, and the value that says nothing.
_COLUMNS = {
    "Counts from": ("smallest_count", 1),
    "Columns": ("details", None),
    "Zeros": ("zeros", "shown"),
    "People": ("smallest_population", 0),
    "Revision": ("smallest_revision", 1),
    "Group": ("group_below", 1),
    "Withheld": ("most_withheld", 100),
}

# Rates that have one label on pages, since no table has two of them.
_RATES = {
    "asmr": "Age-standardised rate",
    "age_specific_rate": "Age-specific rate",
    "life_expectancy": "Life expectancy",
}


def kinds_table(family: Family) -> str:
    """Return the rules of a family: a row for each kind of table."""
    told = {
        label: field
        for label, (field, nothing) in _COLUMNS.items()
        if any(getattr(kind, field) != nothing for kind in family.kinds)
    }
    rows = [["Geography", "Period", "Method", *told]]
    for kind in family.kinds:
        places = ", ".join(PLACES.get(place, place) for place in kind.geography)
        method = _METHODS[kind.method].format(kind)
        cells = [_cell(kind, field) for field in told.values()]
        rows.append([places, ", ".join(kind.period), method, *cells])
    return _markdown(rows)


def thresholds_table() -> str:
    """Return the thresholds of every rule set: a row for each, a column for each rate."""
    sets = rule_sets().values()
    rates = [rate for rate in MEASURES if any(rate in one.rates for one in sets)]
    rows = [["Rule set", "Family", *(_RATES.get(rate, MEASURES[rate].label) for rate in rates)]]
    for one in sets:
        cells = [_threshold(one.rates[rate]) if rate in one.rates else "" for rate in rates]
        rows.append([f"`{one.name}`", f"`{one.family.name}`", *cells])
    return _markdown(rows)


def _cell(kind: Kind, field: str) -> str:
    if kind.method == "coarsen":
        return ""
    value = getattr(kind, field)
    if field == "zeros":
        return {"shown": "shown", "secondary": "some withheld"}[value]
    return f"{value:,g}%" if field == "most_withheld" else f"{value:,}"


def _threshold(threshold: Threshold) -> str:
    first, reliable = threshold.from_, threshold.reliable_from
    mark = f"`[u]` to {reliable - 1}" if reliable > first else ""
    return ", ".join(part for part in (f"from {first}" if first else "any", mark) if part)


def _markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    for name, family in rule_families().items():
        print(f"{name}\n\n{kinds_table(family)}\n")  # noqa: T201
    print(thresholds_table())  # noqa: T201
