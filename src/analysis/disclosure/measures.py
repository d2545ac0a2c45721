"""The measures that a table can show: words, decimals, and what decides whether they are shown."""

from typing import NamedTuple

import pandas as pd

# Rates with thresholds of their own in a rule set. A table holds one of them at most: `lower_ci`
# and `upper_ci` are its limits.
RATES = ("asmr", "age_specific_rate", "crude_rate", "smr", "life_expectancy")
# Ratios, of which 1 says no difference: drawn on a logarithmic scale.
RATIOS = ("ratio", "smr", "smoothed", "rii")


class Measure(NamedTuple):
    """How one measure is shown.

    ``decimals`` is None for a measure in words. ``of_deaths`` marks a number of deaths, which a
    rule set may withhold. ``of_rate`` marks a number made from deaths, which the threshold of a
    rate withholds: that of the table's one rate (True), or that of the rate it names. The
    threshold counts the ``deaths`` of that column.
    """

    label: str
    decimals: int | None
    of_deaths: bool = False
    of_rate: bool | str = False
    deaths: str = "numerator"


MEASURES = {
    "numerator": Measure("Deaths", 0, of_deaths=True),
    "fewest": Measure("Deaths in the group with fewest", 0, of_deaths=True, deaths="fewest"),
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
    # Deaths against those expected at the rates of England and Wales.
    "expected": Measure("Expected deaths", 1),
    "smr": Measure("Ratio to expected", 2, of_rate=True),
    "smr_lower_ci": Measure("Lower limit of ratio", 2, of_rate=True),
    "smr_upper_ci": Measure("Upper limit of ratio", 2, of_rate=True),
    "lower_95": Measure("Lower 95% funnel limit", 2),
    "upper_95": Measure("Upper 95% funnel limit", 2),
    "lower_998": Measure("Lower 99.8% funnel limit", 2),
    "upper_998": Measure("Upper 99.8% funnel limit", 2),
    "place": Measure("Place in the funnel", None, of_rate=True),
    "adjusted_p_value": Measure("Adjusted p-value", 4, of_rate=True),
    "smoothed": Measure("Smoothed ratio", 2, of_rate="smoothed"),
    "smoothed_lower_ci": Measure("Lower limit of smoothed ratio", 2, of_rate="smoothed"),
    "smoothed_upper_ci": Measure("Upper limit of smoothed ratio", 2, of_rate="smoothed"),
    "own_weight": Measure("Weight of the area's own deaths (%)", 0),
    # Inequality between ranked groups: as few deaths as the group with fewest has.
    "sii": Measure("Slope index", 1, of_rate="asmr", deaths="fewest"),
    "sii_lower_ci": Measure("Lower limit of slope index", 1, of_rate="asmr", deaths="fewest"),
    "sii_upper_ci": Measure("Upper limit of slope index", 1, of_rate="asmr", deaths="fewest"),
    "rii": Measure("Relative index", 2, of_rate="asmr", deaths="fewest"),
    "rii_lower_ci": Measure("Lower limit of relative index", 2, of_rate="asmr", deaths="fewest"),
    "rii_upper_ci": Measure("Upper limit of relative index", 2, of_rate="asmr", deaths="fewest"),
    "life_expectancy": Measure("Years", 1, of_rate=True),
    "gap": Measure("Gap (years)", 1, of_rate="life_expectancy", deaths="fewest"),
    "gap_lower_ci": Measure("Lower limit of gap", 1, of_rate="life_expectancy", deaths="fewest"),
    "gap_upper_ci": Measure("Upper limit of gap", 1, of_rate="life_expectancy", deaths="fewest"),
    # Weekly deaths: those involving COVID-19, an average of years, and a model of them.
    "involving": Measure("Involving COVID-19", 0, of_deaths=True, deaths="involving"),
    "average": Measure("Five-year average", 0),
    "above_average": Measure("Excess over average", 0, of_deaths=True),
    "relative_average": Measure("Excess in % of average", 1, of_deaths=True),
    "predicted": Measure("Predicted", 0),
    "predicted_lower_ci": Measure("Lower limit predicted", 0),
    "predicted_upper_ci": Measure("Upper limit predicted", 0),
    "excess": Measure("Excess over prediction", 0, of_deaths=True),
    "excess_lower_ci": Measure("Lower limit of excess", 0, of_deaths=True),
    "excess_upper_ci": Measure("Upper limit of excess", 0, of_deaths=True),
    "relative_excess": Measure("Excess in % of prediction", 1, of_deaths=True),
    "relative_excess_lower_ci": Measure("Lower limit of excess (%)", 1, of_deaths=True),
    "relative_excess_upper_ci": Measure("Upper limit of excess (%)", 1, of_deaths=True),
    "covid_share": Measure("COVID-19 in % of excess over average", 0, of_deaths=True),
    "published": Measure("Deaths as published", 0),
    "published_average": Measure("Average as published", 0),
    "published_above": Measure("Excess as published", 0),
    # Registration delay: what a period will come to.
    "estimated": Measure("Deaths expected in the end", 0, of_deaths=True),
    "estimated_lower_ci": Measure("Lower limit of deaths expected", 0, of_deaths=True),
    "estimated_upper_ci": Measure("Upper limit of deaths expected", 0, of_deaths=True),
    "completeness": Measure("Registered (%)", 1, of_deaths=True),
    "completeness_lower_ci": Measure("Lower limit of registered (%)", 1, of_deaths=True),
    "completeness_upper_ci": Measure("Upper limit of registered (%)", 1, of_deaths=True),
    "asmr_nowcast": Measure("Rate expected in the end", 1, of_rate="asmr"),
    "asmr_nowcast_lower_ci": Measure("Lower limit of rate expected", 1, of_rate="asmr"),
    "asmr_nowcast_upper_ci": Measure("Upper limit of rate expected", 1, of_rate="asmr"),
    "records": Measure("Records", 0),
    "areas": Measure("Areas", 0),
    "by_chance": Measure("By chance alone", 1),
    # Quantiles of areas, of the values that are shown of them.
    "percentile_5": Measure("5th percentile", 1),
    "percentile_25": Measure("25th percentile", 1),
    "median": Measure("Median", 1),
    "percentile_75": Measure("75th percentile", 1),
    "percentile_95": Measure("95th percentile", 1),
    "share": Measure("Share (%)", 1),
    "cells": Measure("Figures compared", 0),
    "deaths_difference": Measure("Largest difference in deaths", 0),
    "median_difference": Measure("Median difference (%)", 2),
    "percentile_95_difference": Measure("95th percentile (%)", 2),
    "largest_difference": Measure("Largest difference (%)", 2),
    "within": Measure("Inside the published interval (%)", 1),
}

# A measure, and the two columns of its limits.
INTERVALS = dict.fromkeys(RATES, ("lower_ci", "upper_ci")) | {
    measure: (f"{measure}_lower_ci", f"{measure}_upper_ci")
    for measure in MEASURES
    if f"{measure}_lower_ci" in MEASURES
}


def written_numbers(values: pd.Series, separator: str = "") -> list[str | None]:
    """Return the values of a measure as a list of texts with its decimals, None where missing."""
    decimals = MEASURES[values.name].decimals
    write = str if decimals is None else f"{{:{separator}.{decimals}f}}".format
    places, known = pd.factorize(values)  # most values of a table stand in it several times
    written = [*map(write, known.tolist()), None]
    return [written[place] for place in places.tolist()]
