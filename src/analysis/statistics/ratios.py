"""Confidence limits and p-values of the ratio of two weighted sums of Poisson counts.

Each rate lies between two gamma distributions, that of its deaths and that of one death more (Fay
and Feuer 1997). The ratio of a gamma variable to another is a scaled odds of a beta variable,
which gives limits of the ratio that need no large counts; with one age band on each side they are
the exact ones, conditional on the deaths of both sides.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.optimize import elementwise

from analysis.errors import RatesError
from analysis.statistics.weighted import Limits, WeightedSum


class Odds(NamedTuple):
    """A ratio of two gamma variables: ``scale`` times the odds of beta(``first``, ``second``)."""

    first: np.ndarray
    second: np.ndarray
    scale: np.ndarray

    def below(self, ratio: np.ndarray) -> np.ndarray:
        """Probability of less than ``ratio``."""
        return special.betainc(self.first, self.second, ratio / (ratio + self.scale))

    def quantile(self, tail: float) -> np.ndarray:
        """The ratio with probability ``tail`` below it."""
        share = special.betaincinv(self.first, self.second, tail)
        rest = special.betainccinv(self.second, self.first, tail)
        return self.scale * share / rest


def gamma(ours: WeightedSum, theirs: WeightedSum, tail: float) -> Limits:
    """Fay (1999): the lesser of one side against the greater of the other, and the reverse."""
    lesser, greater = _odds(ours, theirs)
    lower = np.where(ours.numerator > 0, lesser.quantile(tail), 0)
    upper = np.where(theirs.numerator > 0, greater.quantile(1 - tail), np.inf)
    return _known(ours, theirs, lower, upper)


def midp(ours: WeightedSum, theirs: WeightedSum, tail: float) -> Limits:
    """The even mixture of both distributions of ``gamma``; with one age band, mid-P limits."""
    lesser, greater = _odds(ours, theirs)
    some, others = ours.numerator > 0, theirs.numerator > 0
    limits = []
    for share, alone, where_alone in (
        (tail, lesser.quantile(2 * tail), some & ~others),
        (1 - tail, greater.quantile(1 - 2 * tail), others & ~some),
    ):
        bracket = np.sort([lesser.quantile(share), greater.quantile(share)], axis=0)
        with np.errstate(divide="ignore"):
            root = elementwise.find_root(
                lambda log_ratio, *both, share=share: _mixture(log_ratio, *both) - share,
                tuple(np.log(bracket)),
                args=(*lesser, *greater),
            )
        limits.append(np.where(where_alone, alone, np.exp(root.x)))
    lower, upper = np.where(some, limits[0], 0), np.where(others, limits[1], np.inf)
    return _known(ours, theirs, lower, upper)


def log(ours: WeightedSum, theirs: WeightedSum, tail: float) -> Limits:
    """Normal limits of the logarithm; none where a side has no deaths."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(ours.variance / ours.rate**2 + theirs.variance / theirs.rate**2)
        factor = np.exp(-special.ndtri(tail) * error)
        ratio = ours.rate / theirs.rate
        lower = np.where(ours.numerator > 0, ratio / factor, 0)
        upper = np.where(ours.numerator > 0, ratio * factor, np.nan)
    some = theirs.numerator > 0
    return _known(ours, theirs, np.where(some, lower, np.nan), np.where(some, upper, np.nan))


def p_value(method: str, ours: WeightedSum, theirs: WeightedSum) -> np.ndarray:
    """Return the two-sided p-value of a ratio of 1: twice the smaller tail, at most 1."""
    if method == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(ours.variance / ours.rate**2 + theirs.variance / theirs.rate**2)
            distance = np.abs(np.log(ours.rate / theirs.rate)) / error
        return 2 * special.ndtr(-distance)
    lesser, greater = _odds(ours, theirs)
    one = np.ones_like(ours.rate)
    below = np.where(ours.numerator > 0, lesser.below(one), 1)
    above = np.where(theirs.numerator > 0, 1 - greater.below(one), 1)
    if method == "midp":
        beyond = np.where(theirs.numerator > 0, greater.below(one), 0)
        short = np.where(ours.numerator > 0, 1 - lesser.below(one), 0)
        below, above = (below + beyond) / 2, (above + short) / 2
    unknown = np.isnan(ours.rate) | np.isnan(theirs.rate)
    return np.where(unknown, np.nan, np.minimum(2 * np.minimum(below, above), 1))


METHODS = {"gamma": gamma, "midp": midp, "log": log}


def choose(method: str) -> Callable:
    """Return the limits of a method by its name."""
    if method not in METHODS:
        raise RatesError(
            f"interval {method!r}: no such method for a ratio.\n"
            f"There are: {', '.join(sorted(METHODS))}."
        )
    return METHODS[method]


def _odds(ours: WeightedSum, theirs: WeightedSum) -> tuple[Odds, Odds]:
    (low, high), (down, up) = _two_gammas(ours), _two_gammas(theirs)
    return (
        Odds(low[0], up[0], low[1] / up[1]),
        Odds(high[0], down[0], high[1] / down[1]),
    )


def _two_gammas(total: WeightedSum) -> tuple:
    """Shape and scale for the deaths as they are, and with one more at the largest weight."""
    some = total.numerator > 0
    rate, variance = np.where(some, total.rate, 1), np.where(some, total.variance, 1)
    more = total.rate + total.weight_max
    spread = total.variance + total.weight_max**2
    return (rate**2 / variance, variance / rate), (more**2 / spread, spread / more)


def _mixture(log_ratio, first, second, scale, more, less, more_scale) -> np.ndarray:
    ratio = np.exp(log_ratio)
    return (Odds(first, second, scale).below(ratio) + Odds(more, less, more_scale).below(ratio)) / 2


def _known(ours: WeightedSum, theirs: WeightedSum, lower, upper) -> Limits:
    unknown = np.isnan(ours.rate) | np.isnan(theirs.rate)
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)
