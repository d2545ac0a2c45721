"""Plain English for charts: numbers, units, axis words, lists, and the sentences of alt text."""

import pandas as pd

from analysis.disclosure.measures import MEASURES
from analysis.show.drawn import Drawn
from analysis.vocabulary import shown_code

INTERVAL = "95% confidence interval"

# Measure: what it is, and its unit as an axis says it.
_MEASURES = {
    "numerator": ("number of deaths", "Deaths"),
    "denominator": ("population", "People"),
    "asmr": ("age-standardised mortality rate", "Deaths per 100,000 people"),
    "crude_rate": ("crude mortality rate", "Deaths per 100,000 people"),
    "age_specific_rate": ("age-specific mortality rate", "Deaths per 100,000 people"),
    "ratio": ("rate ratio", "Ratio to the comparator"),
    "share": ("share", "Per cent"),
    "smr": ("standardised mortality ratio", "Standardised mortality ratio"),
}
_PLURALS = {
    "soc2010_major": "major occupation groups",
    "soc2010_submajor": "sub-major occupation groups",
    "soc2010_minor": "minor occupation groups",
    "soc2010": "occupations",
    "area_name": "areas",
    "area_code": "areas",
    "lad20nm": "local authorities",
    "lad20cd": "local authorities",
    "rgn20nm": "regions",
    "rgn20cd": "regions",
    "msoa11cd": "areas (MSOAs)",
    "msoa11nm": "areas (MSOAs)",
    "imd_decile": "deprivation deciles",
    "wimd_quintile": "deprivation quintiles",
    "age_band": "age groups",
    "month": "months",
    "week": "weeks",
    "place_of_death": "places of death",
}


def measure_words(measure: str) -> str:
    """Return what a measure is, in lower case."""
    return _MEASURES.get(measure, (measure.replace("_", " "), ""))[0]


def unit_words(measure: str) -> str:
    """Return the words of the axis of a measure."""
    label = MEASURES[measure].label if measure in MEASURES else measure.replace("_", " ")
    return _MEASURES.get(measure, ("", label))[1]


def plural(column: str) -> str:
    """Return what the values of a column are called, such as ``local authorities``."""
    return _PLURALS.get(column, column.replace("_", " "))


def number(value: float, measure: str = "numerator") -> str:
    """Return a number with thousands separators and the decimals of its measure."""
    decimals = MEASURES[measure].decimals if measure in MEASURES else 1
    return f"{value:,.{decimals}f}"


def place(column: str, value: object) -> str:
    """Return a value of an axis as a sentence says it: ``decile 1``, ``ages 20 to 24``."""
    text = shown_code(value)
    if column == "imd_decile":
        return f"decile {text}"
    if column == "wimd_quintile":
        return f"quintile {text}"
    if column == "age_band":
        return "ages " + text.replace("-", " to ").replace("<1", "under 1").replace("+", " and over")
    return text


def listed(items: list[str]) -> str:
    """Return items as a list in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def value_words(row: pd.Series, measure: str) -> str:
    """Return a value, and its interval where it has one."""
    text = number(row["value"], measure)
    if pd.notna(row["lower"]):
        text += f" ({INTERVAL} {number(row['lower'], measure)} to {number(row['upper'], measure)})"
    return text


def reliability(drawn: Drawn) -> str:
    """Return the sentences on hollow marks and on what is left out, or nothing."""
    sentences = []
    unreliable = int(drawn.rows["unreliable"].sum())
    if unreliable:
        verb = "value is" if unreliable == 1 else "values are"
        sentences.append(f"{unreliable:,} {verb} of low reliability [u] (hollow marks).")
    if drawn.hidden:
        reasons = listed([f"{count:,} {reason}" for reason, count in drawn.hidden.items()])
        sentences.append(f"Not shown: {reasons}.")
    return " ".join(sentences)


def note(drawn: Drawn, marks: str = "Lines show") -> str:
    """Return the small print of a chart: what its lines are, hollow marks, what is left out."""
    first = f"{marks} {INTERVAL}s. " if drawn.has_limits else ""
    return (first + reliability(drawn)).strip()
