"""Many areas beside all of them together: ratios, places in the funnel, and ratios smoothed.

Counts in; a row per area out, with what a page says of hundreds or thousands of areas at once.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers
from analysis.statistics.funnel import LEVELS, funnel_class, funnel_limits
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.indirect import smr
from analysis.statistics.significance import adjust_p_values
from analysis.statistics.smoothing import empirical_bayes
from analysis.vocabulary import DIFFERENCES, FUNNEL_PLACES

SIGNIFICANT = 0.05
SPREAD = {
    0.05: "percentile_5", 0.25: "percentile_25", 0.5: "median", 0.75: "percentile_75",
    0.95: "percentile_95",
}  # fmt: skip


def compare_areas(
    counts: pd.DataFrame,
    by: Sequence[str],
    within: Sequence[str] = (),
    strata: Sequence[str] = ("sex",),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the standardised mortality ratio of each area, placed among all areas together.

    Parameters
    ----------
    counts
        One row per area, ``strata`` and age band: ``by``, ``strata``, ``age_band``,
        ``numerator``, ``denominator``.
    by
        Columns that name an area and what its deaths are of: ``["area_code", "cause"]``.
    within
        Those of them within which areas are compared, such as ``["cause"]``. The reference is all
        their areas together, so that as many deaths are expected as there were.
    strata
        Columns beside age for which rates are taken from the reference.
    confidence
        Level of the limits of the ratio; those of the funnel are 95% and 99.8%.

    Returns
    -------
    DataFrame
        One row per area: ``by``, ``numerator``, ``expected``, ``smr``, ``smr_lower_ci``,
        ``smr_upper_ci`` (exact below 10 deaths, Byar from 10), and the columns of
        :func:`place_areas`.

    Raises
    ------
    RatesError
        As :func:`analysis.statistics.indirect.smr`.
    """
    pooled = Groups(counts, [*within, *strata, "age_band"])
    sums = ("numerator", "denominator")
    reference = pooled.frame.assign(**{name: pooled.sum(as_numbers(counts[name])) for name in sums})
    ratios = smr(counts, by, reference, confidence=confidence)
    names = {"lower_ci": "smr_lower_ci", "upper_ci": "smr_upper_ci"}
    return place_areas(ratios.drop(columns="denominator").rename(columns=names), within)


def place_areas(ratios: pd.DataFrame, within: Sequence[str] = ()) -> pd.DataFrame:
    """Say where each area lies in the funnel, and whether it differs from the reference at all.

    Parameters
    ----------
    ratios
        One row per area, as :func:`analysis.statistics.indirect.smr` gives with ``per=1``:
        ``numerator`` and ``expected``.
    within
        Columns within which areas are compared with each other, such as ``["cause"]``.

    Returns
    -------
    DataFrame
        The rows of ``ratios`` with ``lower_95``, ``upper_95``, ``lower_998``, ``upper_998``
        (between which chance alone would leave the ratio of that area), ``place``
        (``vocabulary.FUNNEL_PLACES``, by exact Poisson limits), ``adjusted_p_value`` (of the
        two-sided exact Poisson test, adjusted by Benjamini and Hochberg for the number of areas
        with deaths expected) and ``difference`` (``higher`` or ``lower`` where that is below
        0.05, else ``similar``). Where nothing is expected all are missing.

    Raises
    ------
    RatesError
        Columns that are missing; deaths where none are expected; negative or infinite numbers.

    References
    ----------
    Spiegelhalter DJ (2005), Statistics in Medicine 24, 1185-1202. Benjamini Y, Hochberg Y (1995),
    JRSS B 57, 289-300.
    """
    died, expected = _deaths(ratios)
    places = funnel_class(died, expected, LEVELS)
    words = dict(zip(reversed(places.categories), FUNNEL_PLACES, strict=True))
    lower, upper = stats.poisson.cdf(died, expected), stats.poisson.sf(died - 1, expected)
    chance = pd.Series(np.where(expected > 0, np.minimum(1, 2 * np.minimum(lower, upper)), np.nan))
    adjusted = chance.groupby(Groups(ratios, within).codes).transform(adjust_p_values).to_numpy()
    higher = np.where(died > expected, "higher", "lower")
    mark = pd.Series(np.where(adjusted < SIGNIFICANT, higher, "similar"), index=ratios.index)
    return ratios.assign(
        **funnel_limits(pd.Series(expected, index=ratios.index)),
        place=pd.Series(places, index=ratios.index).astype(object).map(words),
        adjusted_p_value=adjusted,
        difference=mark.where(expected > 0, None),
    )


def smooth_areas(
    ratios: pd.DataFrame, within: Sequence[str] = (), confidence: float = 0.95
) -> pd.DataFrame:
    """Return the ratios with their smoothed ones beside them, for a reader of many small areas.

    As :func:`analysis.statistics.smoothing.empirical_bayes`, by marginal likelihood, but the rows
    keep their own columns and gain ``smoothed``, ``smoothed_lower_ci``, ``smoothed_upper_ci`` and
    ``own_weight`` (per cent). Where nobody died in a whole group of ``within`` there is nothing to
    learn from, and these are missing.
    """
    died, _ = _deaths(ratios)
    groups = Groups(ratios, within)
    known = groups.sum(died)[groups.codes] > 0
    names = {"lower_ci": "smoothed_lower_ci", "upper_ci": "smoothed_upper_ci"}
    columns = ["smoothed", *names.values(), "own_weight"]
    if not known.any():
        return ratios.assign(**dict.fromkeys(columns, np.nan))
    bare = ratios.loc[known, [*within, "numerator", "expected"]]
    found = empirical_bayes(bare, within, confidence=confidence).rename(columns=names)
    found = found.assign(own_weight=100 * found["own_weight"])[columns]
    return ratios.join(found.where(ratios.loc[known, "expected"] > 0))


def count_places(areas: pd.DataFrame, within: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many areas lie at each place of the funnel, and how many would by chance.

    Parameters
    ----------
    areas
        What :func:`place_areas` gives.
    within
        Columns that name a group of areas; may be empty.

    Returns
    -------
    DataFrame
        One row per group and place, all five: ``within``, ``place``, ``areas``, and ``by_chance``,
        the number that would lie there on average if every area had the reference's rates (counts
        are whole, so fewer than 1 in 20 lie outside the 95% limits). Areas where nothing is
        expected count nowhere.
    """
    _, expected = _deaths(areas)
    groups = Groups(areas, within)
    # A whole number of deaths lies outside where as few, or as many, have less than this chance.
    tails = [(1 - level) / 2 for level in LEVELS]
    above = [stats.poisson.sf(stats.poisson.isf(tail, expected), expected) for tail in tails]
    below = [stats.poisson.cdf(stats.poisson.ppf(tail, expected) - 1, expected) for tail in tails]
    inside = 1 - above[0] - below[0]
    chances = [above[1], above[0] - above[1], inside, below[0] - below[1], below[1]]
    by_chance = [groups.sum(np.where(expected > 0, chance, 0)) for chance in chances]
    return _count(areas, groups, "place", FUNNEL_PLACES).assign(by_chance=np.ravel(by_chance, "F"))


def count_differences(areas: pd.DataFrame, within: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many areas of each group of ``within`` are higher, similar and lower.

    ``areas`` is what :func:`place_areas` gives. One row per group and ``difference``, all three:
    ``within``, ``difference``, ``areas``.
    """
    return _count(areas, Groups(areas, within), "difference", DIFFERENCES)


def spread_areas(areas: pd.DataFrame, within: Sequence[str], value: str) -> pd.DataFrame:
    """Return how a value is spread over the areas of each group of ``within``.

    One row per group: ``within``, ``areas`` (those with a value), ``percentile_5``,
    ``percentile_25``, ``median``, ``percentile_75``, ``percentile_95``: quantiles of areas, not of
    people, interpolated between them.
    """
    require_columns(areas, [*within, value])
    values = areas.groupby(list(within), observed=True)[value]
    quantiles = values.quantile(list(SPREAD)).unstack().set_axis(SPREAD.values(), axis="columns")
    return quantiles.assign(areas=values.count()).reset_index()


def _count(areas: pd.DataFrame, groups: Groups, mark: str, marks: tuple[str, ...]) -> pd.DataFrame:
    """Count areas of each group by mark, with 0 where there are none."""
    require_columns(areas, [mark])
    number = pd.Index(marks).get_indexer(areas[mark])
    cell = (groups.codes * len(marks) + number)[number >= 0]
    rows = groups.frame.loc[np.repeat(np.arange(groups.size), len(marks))].reset_index(drop=True)
    counts = np.bincount(cell, minlength=groups.size * len(marks))
    return rows.assign(**{mark: list(marks) * groups.size, "areas": counts})


def _deaths(ratios: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return deaths and deaths expected, checked."""
    require_columns(ratios, ["numerator", "expected"])
    died, expected = as_numbers(ratios["numerator"]), as_numbers(ratios["expected"])
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(died) & np.isfinite(expected) & (died >= 0) & (expected >= 0))
        wrong |= (expected == 0) & (died > 0)
    if wrong.any():
        raise RatesError(
            f"row {int(np.argmax(wrong))}: deaths or expected deaths are negative, missing or "
            f"infinite, or there are deaths where none are expected ({wrong.sum():,} such rows).\n"
            f"Give what smr() gives."
        )
    return died, expected
