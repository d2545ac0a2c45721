"""The measures that a table can show: words, decimals, and what decides whether they are shown."""

from typing import NamedTuple

import pandas as pd

# Rates with thresholds of their own in a rule set. A table holds one of them at most.
RATES = ("asmr", "age_specific_rate", "crude_rate")


class Measure(NamedTuple):
    """How one measure is shown.

    ``decimals`` is None for a measure in words. ``of_deaths`` marks a number of deaths, which a
    rule set may withhold; ``of_rate`` a number made from the table's rate, which the threshold of
    that rate withholds.
    """

    label: str
    decimals: int | None
    of_deaths: bool = False
    of_rate: bool = False


MEASURES = {
    "numerator": Measure("Deaths", 0, of_deaths=True),
    "denominator": Measure("Population", 0),
    "asmr": Measure("Rate", 1, of_rate=True),
    "age_specific_rate": Measure("Rate", 1, of_rate=True),
    "crude_rate": Measure("Crude rate", 1, of_rate=True),
    "lower_ci": Measure("Lower limit", 1, of_rate=True),
    "upper_ci": Measure("Upper limit", 1, of_rate=True),
    "difference": Measure("Compared with all", None, of_rate=True),
    "ratio": Measure("Ratio", 2, of_rate=True),
    "ratio_lower_ci": Measure("Lower limit of ratio", 2, of_rate=True),
    "ratio_upper_ci": Measure("Upper limit of ratio", 2, of_rate=True),
    "records": Measure("Records", 0),
    "areas": Measure("Areas", 0),
    "share": Measure("Share (%)", 1),
    "cells": Measure("Figures compared", 0),
    "median_difference": Measure("Median difference (%)", 2),
    "percentile_95_difference": Measure("95th percentile (%)", 2),
    "largest_difference": Measure("Largest difference (%)", 2),
    "within": Measure("Inside the published interval (%)", 1),
}

# A measure, and the two columns of its limits.
INTERVALS = dict.fromkeys(RATES, ("lower_ci", "upper_ci")) | {
    "ratio": ("ratio_lower_ci", "ratio_upper_ci")
}


def plain_numbers(values: pd.Series, separator: str = "") -> pd.Series:
    """Return the values of a measure as text with its decimals; missing ones stay missing."""
    decimals = MEASURES[values.name].decimals
    if decimals is None:
        return values
    text = values.map(f"{{:{separator}.{decimals}f}}".format, na_action="ignore")
    return text.astype("object")
