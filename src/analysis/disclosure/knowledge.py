"""What a reader knows beyond the sums of a table: rates, percentages, rounding, limits.

A fact is a linear statement about cells: a weighted sum of counts lies between two numbers.
Functions here turn published numbers into facts; ``attack`` adds them to the sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.statistics.intervals import poisson_limits


@dataclass(frozen=True)
class Knowledge:
    """Facts about cells.

    ``terms`` has a row for each cell in a fact: ``fact`` (its number), a column of codes for each
    dimension in which the cell does not stand at the total, and ``weight``. ``facts``, indexed by
    that number, says between which ``low`` and ``high`` the weighted sum of counts lies, and the
    ``source`` in words.
    """

    terms: pd.DataFrame
    facts: pd.DataFrame


def join(known: Iterable[Knowledge]) -> Knowledge | None:
    """Return all facts together; None if there are none."""
    terms, facts, start = [], [], 0
    for one in known:
        number = pd.Series(np.arange(len(one.facts)) + start, index=one.facts.index)
        terms.append(one.terms.assign(fact=one.terms["fact"].map(number)))
        facts.append(one.facts.reset_index(drop=True))
        start += len(one.facts)
    if not start:
        return None
    return Knowledge(pd.concat(terms, ignore_index=True), pd.concat(facts, ignore_index=True))


def ranges_known(frame: pd.DataFrame, dimensions: list[str], low, high, source: str) -> Knowledge:
    """Return the facts that each row's count lies between ``low`` and ``high`` (array-like)."""
    facts = pd.DataFrame(
        {"low": np.asarray(low, float), "high": np.asarray(high, float), "source": source}
    )
    terms = frame[dimensions].reset_index(drop=True).assign(fact=range(len(frame)), weight=1.0)
    told = facts["low"].notna() & facts["high"].notna()
    return Knowledge(terms[told], facts[told])


def rounded_counts(
    frame: pd.DataFrame, dimensions: list[str], count: str, base: float
) -> Knowledge:
    """Return what counts rounded to the nearest ``base`` say: within half of it, 0 or more."""
    shown = frame[count].to_numpy(float)
    low, high = np.maximum(shown - base / 2, 0), shown + base / 2
    return ranges_known(frame, dimensions, low, high, f"{count} rounded to {base:g}")


def crude_rates(
    frame: pd.DataFrame,
    dimensions: list[str],
    rate: str = "crude_rate",
    denominator: str = "denominator",
    per: float = 100_000,
    decimals: int = 1,
) -> Knowledge:
    """Return what rates say of counts, given the people at risk.

    Give the rows whose count is withheld: of a count that is shown, a rate tells nothing more, and
    one that disagrees with it by rounding of the population is refused.

    Parameters
    ----------
    frame
        One row per cell: ``dimensions``, the ``rate`` per ``per`` people as it is printed (missing
        where it is not), and the ``denominator``. A population printed rounded widens the fact:
        then call this with its ends and take the wider.
    decimals
        Decimals of the printed rate.
    """
    shown, people = frame[rate].to_numpy(float), frame[denominator].to_numpy(float) / per
    half = 0.5 * 10.0**-decimals
    low, high = (shown - half) * people, (shown + half) * people
    return ranges_known(frame, dimensions, low, high, f"{rate} and {denominator}")


def standardised_rates(
    frame: pd.DataFrame,
    dimensions: list[str],
    weights: pd.DataFrame,
    rate: str = "asmr",
    per: float = 100_000,
    decimals: int = 1,
) -> Knowledge:
    """Return what age-standardised rates say of the counts by age behind them.

    Parameters
    ----------
    frame
        One row per rate: ``dimensions`` and ``rate``, missing where it is not printed.
    weights
        One row per rate and age band: ``dimensions``, ``age_band``, ``weight`` (the band's share
        of the standard population) and ``denominator`` (people at risk).
    """
    half = 0.5 * 10.0**-decimals
    told = frame.loc[frame[rate].notna(), [*dimensions, rate]].reset_index(names="fact")
    terms = weights.merge(told, on=dimensions)
    terms["weight"] = per * terms["weight"] / terms["denominator"]
    facts = pd.DataFrame(
        {"low": told[rate] - half, "high": told[rate] + half, "source": f"{rate} and populations"}
    ).set_axis(told["fact"])
    return Knowledge(terms[["fact", *dimensions, "age_band", "weight"]], facts)


def percentages(
    frame: pd.DataFrame,
    dimensions: list[str],
    percent: str,
    of: dict[str, str],
    decimals: int = 1,
) -> Knowledge:
    """Return what percentages say, whether or not the count that they are of is shown.

    Parameters
    ----------
    frame
        One row per cell: ``dimensions`` and ``percent``.
    of
        The codes in which the cell that is 100% differs, such as ``{"sex": "Persons"}``.
    """
    half = 0.5 * 10.0**-decimals
    told = frame[frame[percent].notna()].reset_index(drop=True)
    part, whole = told[dimensions], told[dimensions].assign(**of)
    terms, count = [], len(told)
    # part - (share - half) whole >= 0, and part - (share + half) whole <= 0
    for sign, start in ((-1, 0), (1, count)):
        share = (told[percent].to_numpy(float) + sign * half) / 100
        number = np.arange(start, start + count)
        terms += [part.assign(fact=number, weight=1.0), whole.assign(fact=number, weight=-share)]
    source = f"{percent} of {', '.join(of.values())}"
    low = np.concatenate([np.zeros(count), np.full(count, -np.inf)])
    high = np.concatenate([np.full(count, np.inf), np.zeros(count)])
    facts = pd.DataFrame({"low": low, "high": high, "source": source})
    return Knowledge(pd.concat(terms, ignore_index=True), facts)


def counts_from_limits(
    frame: pd.DataFrame,
    rate: str,
    lower: str = "lower_ci",
    upper: str = "upper_ci",
    method: str = "ons",
    decimals: int = 1,
    confidence: float = 0.95,
    most: int = 1_000,
) -> pd.DataFrame:
    """Return the numbers of deaths that the printed limits of a rate leave possible.

    Exact limits of a crude rate, and Dobson's of a standardised one, lie at distances from the
    rate that are in proportion to those of a Poisson count from its own limits: a reader needs no
    population to find the count.

    Parameters
    ----------
    frame
        One row per rate, with ``rate``, ``lower`` and ``upper`` as they are printed. A rate named
        ``crude_rate`` or ``age_specific_rate`` gives away more: its distance from 0 is in the
        same proportion to the count.
    method
        A method of ``statistics.intervals.poisson_limits``, those behind Dobson's limits.
    decimals
        Decimals printed.
    most
        Number of deaths above which nobody looks.

    Returns
    -------
    DataFrame
        One row per row of ``frame``, same index: ``low`` and ``high`` (fewest and most deaths that
        agree with what is printed; missing where a number is not printed, or none agrees) and
        ``possible`` (how many numbers agree).
    """
    deaths = np.arange(1.0, most + 1)
    least, greatest = poisson_limits(deaths, method, confidence)
    half = 0.5 * 10.0**-decimals
    shown, low, high = (frame[column].to_numpy(float)[:, None] for column in (rate, lower, upper))
    # Between which numbers a rate of one death must lie; a distance is off by two half digits.
    distances = ((shown - low, deaths - least), (high - shown, greatest - deaths))
    smallest = np.maximum(*((printed - 2 * half) / count for printed, count in distances))
    largest = np.minimum(*((printed + 2 * half) / count for printed, count in distances))
    largest = np.where(largest * deaths >= shown - half, largest, -np.inf)
    if rate in ("crude_rate", "age_specific_rate"):
        smallest = np.maximum(smallest, (shown - half) / deaths)
        largest = np.minimum(largest, (shown + half) / deaths)
    agree = smallest <= largest
    some = agree.any(axis=1)
    return pd.DataFrame(
        {
            "low": np.where(some, deaths[agree.argmax(axis=1)], np.nan),
            "high": np.where(some, deaths[::-1][agree[:, ::-1].argmax(axis=1)], np.nan),
            "possible": agree.sum(axis=1),
        },
        index=frame.index,
    )
