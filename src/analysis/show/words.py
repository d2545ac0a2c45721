"""Plain English for charts: numbers, units, axis words, lists, and the sentences of alt text."""

import pandas as pd

from analysis.disclosure.measures import MEASURES
from analysis.show.drawn import Drawn
from analysis.vocabulary import shown_code

INTERVAL = "95% confidence interval"
# Intervals that are not of confidence, but of what a value may be.
_INTERVALS = {"smoothed": "95% interval"} | dict.fromkeys(
    ("predicted", "excess", "relative_excess", "estimated", "asmr_nowcast"),
    "95% prediction interval",
)

# Measure: what it is, and its unit as an axis says it.
_MEASURES = {
    "numerator": ("number of deaths", "Deaths"),
    "denominator": ("population", "People"),
    "asmr": ("age-standardised mortality rate", "Deaths per 100,000 people"),
    "crude_rate": ("crude mortality rate", "Deaths per 100,000 people"),
    "age_specific_rate": ("age-specific mortality rate", "Deaths per 100,000 people"),
    "ratio": ("rate ratio", "Ratio to the comparator"),
    "share": ("share", "Per cent"),
    "smr": ("standardised mortality ratio", "Ratio of deaths to those expected"),
    "smoothed": ("smoothed mortality ratio", "Ratio of deaths to those expected, smoothed"),
    "sii": ("slope index of inequality", "Deaths per 100,000 people"),
    "rii": (
        "relative index of inequality",
        "Rate at the most deprived end, over the least",
    ),
    "life_expectancy": ("life expectancy", "Years"),
    "gap": ("gap in life expectancy", "Years"),
    "excess": ("excess over prediction", "Deaths above prediction"),
    "relative_excess": ("excess over prediction", "Per cent of the deaths predicted"),
    "estimated": ("deaths", "Deaths"),
}
# What one value, and several values, of a column are called.
_NOUNS = {
    "soc2010_major": ("major occupation group", "major occupation groups"),
    "soc2010_submajor": ("sub-major occupation group", "sub-major occupation groups"),
    "soc2010_minor": ("minor occupation group", "minor occupation groups"),
    "soc2010": ("occupation", "occupations"),
    "occupation": ("occupation", "occupations"),
    "group": ("group", "groups"),
    "area_name": ("area", "areas"),
    "area_code": ("area", "areas"),
    "lad20nm": ("local authority", "local authorities"),
    "lad20cd": ("local authority", "local authorities"),
    "rgn20nm": ("region", "regions"),
    "rgn20cd": ("region", "regions"),
    "msoa11cd": ("area (MSOA)", "areas (MSOAs)"),
    "msoa11nm": ("area (MSOA)", "areas (MSOAs)"),
    "imd_decile": ("deprivation decile", "deprivation deciles"),
    "wimd_quintile": ("deprivation quintile", "deprivation quintiles"),
    "age_band": ("age group", "age groups"),
    "month": ("month", "months"),
    "week": ("week", "weeks"),
    "cause": ("cause", "causes"),
    "place_of_death": ("place of death", "places of death"),
    "sex": ("sex", "sexes"),
    "age": ("age", "ages"),
    "age_group": ("age group", "age groups"),
    "week_ended": ("week", "weeks"),
    "region_name": ("region", "regions"),
}
# What the groups of a table of one level are called.
_LEVELS = {
    "Country": ("country", "countries"),
    "Region": ("region", "regions"),
    "Local authority": ("local authority", "local authorities"),
    "MSOA": ("area (MSOA)", "areas (MSOAs)"),
    "Major group": ("major occupation group", "major occupation groups"),
    "Sub-major group": ("sub-major occupation group", "sub-major occupation groups"),
    "Minor group": ("minor occupation group", "minor occupation groups"),
    "Unit group": ("occupation", "occupations"),
}
_LEVELLED = ("area_name", "area_code", "occupation", "soc_code")


def measure_words(measure: str) -> str:
    """Return what a measure is, in lower case."""
    return _MEASURES.get(measure, (measure.replace("_", " "), ""))[0]


def measured(measure: str, unit: str) -> str:
    """Return what a chart measures, with its unit: ``share (per cent)``."""
    words, unit = measure_words(measure), lower_first(unit)
    return words if words == unit else f"{words} ({unit})"


def unit_words(measure: str) -> str:
    """Return the words of the axis of a measure."""
    label = MEASURES[measure].label if measure in MEASURES else measure.replace("_", " ")
    return _MEASURES.get(measure, ("", label))[1]


def noun(column: str, level: str = "") -> str:
    """Return what one value of a column, or of a level of it, is called: ``local authority``."""
    named = _LEVELS.get(level) if column in _LEVELLED else None
    return (named or _NOUNS.get(column, (column.replace("_", " "), "")))[0]


def counted(count: int, column: str, level: str = "") -> str:
    """Return so many values of a column in words: ``336 local authorities``."""
    named = _LEVELS.get(level) if column in _LEVELLED else None
    one, several = named or _NOUNS.get(column, ("row", "rows"))
    return f"{count:,} {one if count == 1 else several}"


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
    if len(text) == 8 and text[4:6] == "-W":
        return f"week {int(text[6:])} of {text[:4]}"
    if column == "age_band":
        return "ages " + text.replace("-", " to ").replace("<1", "under 1").replace(
            "+", " and over"
        )
    return text


def where(column: str, value: object) -> str:
    """Return a value of an axis with its preposition: ``in March 2020``, ``at ages 5 to 9``."""
    text = str(value)
    preposition = "at" if column == "age_band" else "on" if len(text) == 10 else "in"
    return f"{preposition} {place(column, value)}"


def listed(items: list[str]) -> str:
    """Return items as a list in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def value_words(row: pd.Series, measure: str) -> str:
    """Return a value, and its interval where it has one."""
    text = number(row["value"], measure)
    if pd.notna(row["lower"]):
        interval = _INTERVALS.get(measure, INTERVAL)
        text += f" ({interval} {number(row['lower'], measure)} to {number(row['upper'], measure)})"
    return text


def reliability(drawn: Drawn, marks: str = " (hollow marks)") -> str:
    """Return the sentences on values of low reliability and on what is left out, or nothing."""
    sentences = []
    unreliable = int(drawn.rows["unreliable"].sum())
    if unreliable:
        verb = "value is" if unreliable == 1 else "values are"
        sentences.append(f"{unreliable:,} {verb} of low reliability [u]{marks}.")
    if drawn.hidden:
        reasons = listed([f"{count:,} {reason}" for reason, count in drawn.hidden.items()])
        sentences.append(f"Not shown: {reasons}.")
    return " ".join(sentences)


def note(drawn: Drawn, marks: str = "Lines show", too_narrow: bool = False) -> str:
    """Return the small print of a chart: what its lines are, hollow marks, what is left out.

    ``too_narrow`` tells that marks hide some of the intervals.
    """
    interval = _INTERVALS.get(drawn.measure, INTERVAL)
    first = f"{marks} {interval}s" if drawn.has_limits else ""
    if first:
        first += ", some narrower than their mark. " if too_narrow else ". "
    return (first + reliability(drawn)).strip()


def lower_first(text: str) -> str:
    """Return ``text`` as it goes on in a sentence: an ordinary first word in lower case."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
