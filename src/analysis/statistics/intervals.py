"""Confidence limits: of a Poisson count, of a weighted sum of counts, of a proportion.

Arrays in, two arrays out. The formulae are in ``poisson`` and ``weighted``; here is what may be
asked of them. Nothing here knows groups or age bands.
"""

import numpy as np
from scipy import special

from analysis.errors import RatesError
from analysis.statistics import poisson, weighted
from analysis.statistics.checks import require_levels
from analysis.statistics.weighted import WeightedSum

__all__ = ["WeightedSum", "poisson_limits", "proportion_limits", "weighted_limits"]


def poisson_limits(
    deaths, method: str = "exact", confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper limits of the mean of Poisson counts.

    Parameters
    ----------
    deaths
        Counts, 0 or more, of any shape; NaN gives NaN limits.
    method
        ``exact`` (Garwood), ``byar``, ``exact-byar`` (exact below 10, Byar from 10), ``midp``,
        ``normal``, ``ons`` (exact below 100, normal from 100), ``log``, ``vandenbroucke``,
        ``ury-wiggins`` (90, 95 and 99% only).
    confidence
        Level of the limits, between 0 and 1.

    Returns
    -------
    lower, upper
        Two arrays in the shape of ``deaths``, in deaths. With 0 deaths the lower limit is 0, and
        the upper is NaN for ``normal`` and ``log``, which have none. Byar's lower limit of 1
        death at 99.8% falls below 0 and is NaN.

    Raises
    ------
    RatesError
        A negative or infinite count, an unknown method, a level outside (0, 1).

    References
    ----------
    Garwood F (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    Breslow NE, Day NE (1987), Statistical methods in cancer research II, IARC, 69.
    Lancaster HO (1961), Significance tests in discrete distributions, JASA 56, 223-234.
    Vandenbroucke JP (1982), A shortcut method for calculating the 95 per cent confidence
    interval of the standardized mortality ratio, American Journal of Epidemiology 115, 303-304.
    Ury HK, Wiggins AD (1985), Another shortcut method for calculating the confidence interval of
    a Poisson variable (or of a standardized mortality ratio), ibid. 122, 197-198.
    """
    limits = _choose(poisson.METHODS, method)
    tail = _tail(confidence)
    counts = np.asarray(deaths, dtype=float)
    if np.isinf(counts).any() or (counts < 0).any():
        bad = counts[np.isinf(counts) | (counts < 0)]
        raise RatesError(
            f"deaths: {len(bad):,} of {counts.size:,} counts are negative or infinite, "
            f"the first {bad[0]:g}.\nA Poisson count is 0 or more."
        )
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        lower, upper = poisson.each_once(limits)(counts, tail)
    unknown = np.isnan(counts)
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def weighted_limits(
    total: WeightedSum, method: str = "ons", confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper limits of weighted sums of Poisson counts.

    Parameters
    ----------
    total
        The sums of each group, see :class:`WeightedSum`.
    method
        ``ons`` (normal from 100 deaths, Dobson on exact limits below), ``dobson-exact``,
        ``dobson-byar`` (exact below 10, Byar from 10), ``dobson-midp``, ``normal``, ``log``,
        ``loglog``, ``logit``, ``gamma`` (Fay and Feuer), ``gamma-mean``, ``gamma-minmax``,
        ``gamma-midp``, ``gamma-sas``, ``tiwari``, ``beta``, ``beta-tiwari``, ``bootstrap``
        (Swift's approximation, not a simulation).
    confidence
        Level of the limits, between 0 and 1.

    Returns
    -------
    lower, upper
        Two arrays in the unit of ``total.rate``. Without deaths the lower limit is 0 and the
        upper is NaN except for the gamma methods (``gamma-sas`` apart), ``tiwari`` and
        ``beta-tiwari``.

    References
    ----------
    Dobson AJ and others (1991), Confidence intervals for weighted sums of Poisson parameters,
    Statistics in Medicine 10, 457-462.
    Fay MP, Feuer EJ (1997), Confidence intervals for directly standardized rates: a method based
    on the gamma distribution, Statistics in Medicine 16, 791-801.
    Tiwari RC, Clegg LX, Zou Z (2006), Efficient interval estimation for age-adjusted cancer
    rates, Statistical Methods in Medical Research 15, 547-569.
    Fay MP, Kim S (2017), Confidence intervals for directly standardized rates using mid-p gamma
    intervals, Biometrical Journal 59, 377-387.
    Swift MB (1995), Simple confidence intervals for standardized rates based on the approximate
    bootstrap method, Statistics in Medicine 14, 1875-1888.
    """
    limits = _choose(weighted.METHODS, method)
    tail = _tail(confidence)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        lower, upper = limits(total, tail)
    unknown = np.isnan(total.rate)
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def proportion_limits(
    numerator, denominator, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score limits of proportions, as shares of 1.

    ``numerator`` (0 or more, at most the denominator; it need not be whole) and ``denominator``
    are arrays of one shape. A denominator of 0 has no proportion: NaN.

    References
    ----------
    Wilson EB (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22, 209-212.
    """
    z = -special.ndtri(_tail(confidence))
    some, people = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if (some < 0).any() or (some > people).any() or np.isinf(people).any():
        raise RatesError(
            "numerator: a proportion needs 0 <= numerator <= denominator, finite, and this does "
            "not hold.\nUse crude_rate() for events that a person can have more than once."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = 2 * some + z**2
        spread = z * np.sqrt(z**2 + 4 * some * (1 - some / people))
        lower, upper = (np.array((middle - spread, middle + spread))) / (2 * (people + z**2))
    # At none and at all, rounding must not carry a limit past the proportion.
    lower, upper = np.where(some == 0, 0, lower), np.where(some == people, 1, upper)
    none = ~(people > 0)
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def _choose(methods: dict, method: str):
    if method not in methods:
        raise RatesError(
            f"interval {method!r}: no such method.\nThere are: {', '.join(sorted(methods))}."
        )
    return methods[method]


def _tail(confidence: float) -> float:
    (level,) = require_levels(confidence)
    return (1 - level) / 2
