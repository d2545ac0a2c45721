"""Confidence limits of a weighted sum of Poisson counts: one function a method.

A directly standardised rate is such a sum. Every method needs only a few sums over the age bands
of a group (``WeightedSum``), so limits are found for all groups at once. A limit that a method
does not have is NaN. ``intervals.weighted_limits`` is the door.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from scipy import special
from scipy.optimize import elementwise

from analysis.statistics import poisson

Limits = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class WeightedSum:
    """Sums over the age bands of each group, an array with one value a group.

    With w the weight of a band (share of the standard population over person-years) and x its
    deaths: ``numerator`` = sum x, ``rate`` = sum w x, ``variance`` = sum w^2 x, ``third`` =
    sum w^3 x; and of the weights of the bands with people in them: largest, smallest, mean,
    mean of squares. What a method does not need may be left out.
    """

    numerator: np.ndarray
    rate: np.ndarray
    variance: np.ndarray
    third: np.ndarray | None = None
    weight_max: np.ndarray | None = None
    weight_min: np.ndarray | None = None
    weight_mean: np.ndarray | None = None
    weight_square_mean: np.ndarray | None = None

    def take(self, place: np.ndarray) -> "WeightedSum":
        """Return the sums of the groups at ``place``, repeated as they are there."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        taken = {name: value[place] for name, value in values.items() if value is not None}
        return WeightedSum(**taken)


def normal(total: WeightedSum, tail: float) -> Limits:
    """Rate -+ z standard errors; the lower limit may fall below 0 at small counts."""
    half = -special.ndtri(tail) * np.sqrt(total.variance)
    return total.rate - half, _where_deaths(total, total.rate + half)


def log(total: WeightedSum, tail: float) -> Limits:
    """Normal limits of the logarithm of the rate."""
    factor = np.exp(-special.ndtri(tail) * np.sqrt(total.variance) / _some(total.rate))
    return total.rate / factor, _where_deaths(total, total.rate * factor)


def loglog(total: WeightedSum, tail: float) -> Limits:
    """Normal limits of log(-log(rate)), the rate per person being below 1."""
    rate = np.where((total.rate > 0) & (total.rate < 1), total.rate, np.nan)
    power = np.exp(-special.ndtri(tail) * np.sqrt(total.variance) / -(rate * np.log(rate)))
    return _zero_without_deaths(total, rate**power), rate ** (1 / power)


def logit(total: WeightedSum, tail: float) -> Limits:
    """Normal limits of the logit of the rate, the rate per person being below 1."""
    rate = np.where((total.rate > 0) & (total.rate < 1), total.rate, np.nan)
    half = -special.ndtri(tail) * np.sqrt(total.variance) / (rate * (1 - rate))
    lower = special.expit(special.logit(rate) - half)
    return _zero_without_deaths(total, lower), special.expit(special.logit(rate) + half)


def dobson(count_limits: Callable) -> Callable:
    """Dobson and others (1991): limits of the count, carried to the scale of the rate."""

    def limits(total: WeightedSum, tail: float) -> Limits:
        deaths = total.numerator
        below, above = poisson.each_once(count_limits)(deaths, tail)
        scale = np.sqrt(total.variance / _some(deaths))
        lower = total.rate + scale * (below - deaths)
        return lower, _where_deaths(total, total.rate + scale * (above - deaths))

    return limits


def ons(total: WeightedSum, tail: float) -> Limits:
    """Normal from 100 deaths, Dobson's method on exact limits below, as ONS.

    Very unequal weights can carry Dobson's lower limit of a few deaths below 0: it is then 0.
    """
    lower, upper = normal(total, tail)
    few = total.numerator < 100
    if few.any():
        part = WeightedSum(total.numerator[few], total.rate[few], total.variance[few])
        lower[few], upper[few] = dobson(poisson.exact)(part, tail)
    return np.maximum(lower, 0), upper


def gamma(weight: str, square: str | None = None) -> Callable:
    """Fay and Feuer (1997) with the largest weight; Tiwari and others (2006) with the mean."""

    def limits(total: WeightedSum, tail: float) -> Limits:
        rate, variance = _one_death_more(total, weight, square)
        lower = _gamma_quantile(total.rate, total.variance, tail, special.gammaincinv)
        return lower, _gamma_quantile(rate, variance, tail, special.gammainccinv)

    return limits


def gamma_midp(total: WeightedSum, tail: float) -> Limits:
    """Fay and Kim (2017): the even mixture of the two gamma distributions of ``gamma``."""
    rate, variance = _one_death_more(total, "weight_max", None)
    some = total.numerator > 0
    below, above = _some(total.rate), _some(total.variance)
    lesser = below**2 / above, above / below
    greater = rate**2 / variance, variance / rate

    def mixture(limit, shape, scale, more_shape, more_scale, function):
        return (function(shape, limit / scale) + function(more_shape, limit / more_scale)) / 2

    found = []
    for function, inverse in (
        (special.gammainc, special.gammaincinv),
        (special.gammaincc, special.gammainccinv),
    ):
        bracket = (
            lesser[1] * inverse(lesser[0], tail),
            greater[1] * inverse(greater[0], tail),
        )
        root = elementwise.find_root(
            lambda limit, *args, f=function: mixture(limit, *args, f) - tail,
            (np.minimum(*bracket), np.maximum(*bracket)),
            args=(*lesser, *greater),
        )
        found.append(root.x)
    alone = greater[1] * special.gammainccinv(greater[0], np.minimum(2 * tail, 1))
    return np.where(some, found[0], 0), np.where(some, found[1], alone)


def gamma_sas(total: WeightedSum, tail: float) -> Limits:
    """SAS PROC STDRATE: the upper limit adds 1 to the shape and keeps the scale."""
    rate, variance = _some(total.rate), _some(total.variance)
    lower = _gamma_quantile(total.rate, total.variance, tail, special.gammaincinv)
    upper = variance / rate * special.gammainccinv(rate**2 / variance + 1, tail)
    return lower, _where_deaths(total, upper)


def beta(adjusted: bool) -> Callable:
    """Beta quantiles (Tiwari and others 2006), plain or with the mean weight added."""

    def limits(total: WeightedSum, tail: float) -> Limits:
        rate, variance = total.rate, total.variance
        if adjusted:
            rate, variance = _one_death_more(total, "weight_mean", "weight_square_mean")
        size = rate * (1 - rate) / np.where(variance > 0, variance, np.nan) - 1
        first, second = rate * size, (1 - rate) * size
        lower = special.betaincinv(first, second, tail)
        upper = special.betainccinv(first, second, tail)
        return _zero_without_deaths(total, lower), upper

    return limits


def bootstrap(total: WeightedSum, tail: float) -> Limits:
    """Approximate bootstrap confidence limits (Swift 1995), corrected for skewness."""
    error = np.sqrt(_some(total.variance))
    skew = total.third / (6 * error**3)
    found = []
    for z in (special.ndtri(tail), -special.ndtri(tail)):
        found.append(total.rate + error * (skew + z) / (1 - skew * (skew + z)) ** 2)
    return _zero_without_deaths(total, found[0]), _where_deaths(total, found[1])


METHODS = {
    "ons": ons,
    "dobson-exact": dobson(poisson.exact),
    "dobson-byar": dobson(poisson.exact_byar),
    "dobson-midp": dobson(poisson.midp),
    "normal": normal,
    "log": log,
    "loglog": loglog,
    "logit": logit,
    "gamma": gamma("weight_max"),
    "gamma-mean": gamma("weight_mean"),
    "gamma-minmax": gamma("midrange"),
    "gamma-midp": gamma_midp,
    "gamma-sas": gamma_sas,
    "tiwari": gamma("weight_mean", "weight_square_mean"),
    "beta": beta(adjusted=False),
    "beta-tiwari": beta(adjusted=True),
    "bootstrap": bootstrap,
}
NEEDS_WEIGHTS = ("gamma", "gamma-mean", "gamma-minmax", "gamma-midp", "tiwari", "beta-tiwari")


def _one_death_more(total: WeightedSum, weight: str, square: str | None) -> Limits:
    if weight == "midrange":
        more = (total.weight_min + total.weight_max) / 2
    else:
        more = getattr(total, weight)
    return total.rate + more, total.variance + (getattr(total, square) if square else more**2)


def _gamma_quantile(rate: np.ndarray, variance: np.ndarray, tail: float, quantile) -> np.ndarray:
    some, spread = _some(rate), _some(variance)
    return np.where(rate > 0, spread / some * quantile(some**2 / spread, tail), 0)


def _some(values: np.ndarray) -> np.ndarray:
    """Stand in 1 for 0, where the result is replaced anyway."""
    return np.where(values > 0, values, 1)


def _where_deaths(total: WeightedSum, limit: np.ndarray) -> np.ndarray:
    return np.where(total.numerator > 0, limit, np.nan)


def _zero_without_deaths(total: WeightedSum, limit: np.ndarray) -> np.ndarray:
    return np.where(total.numerator > 0, limit, 0)
