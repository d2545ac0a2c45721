"""Confidence limits of a Poisson count: one function a method, each for whole arrays.

``deaths`` is an array of counts, ``tail`` the probability left out on each side (0.025 for 95%
limits). A limit that a method does not have is NaN. ``intervals.poisson_limits`` is the door.
"""

from collections.abc import Callable

import numpy as np
from scipy import special
from scipy.optimize import elementwise

from analysis.errors import RatesError

Limits = tuple[np.ndarray, np.ndarray]


def exact(deaths: np.ndarray, tail: float) -> Limits:
    """Garwood (1936): the gamma quantiles; lower limit 0 where there are no deaths."""
    some = np.maximum(deaths, 1)
    lower = np.where(deaths > 0, special.gammaincinv(some, tail), 0)
    return lower, special.gammainccinv(deaths + 1, tail)


def byar(deaths: np.ndarray, tail: float) -> Limits:
    """Byar's approximation (Breslow and Day 1987); NaN where its lower limit falls below 0."""
    z = -special.ndtri(tail)
    some, next_up = np.maximum(deaths, 1), deaths + 1
    base = 1 - 1 / (9 * some) - z / (3 * np.sqrt(some))
    lower = np.where(base < 0, np.nan, some * base**3)
    upper = next_up * (1 - 1 / (9 * next_up) + z / (3 * np.sqrt(next_up))) ** 3
    return np.where(deaths > 0, lower, 0), upper


def exact_byar(deaths: np.ndarray, tail: float) -> Limits:
    """Exact below 10 deaths, Byar from 10: the rule of PHEindicatormethods."""
    return _switch(deaths, tail, 10, exact, byar)


def midp(deaths: np.ndarray, tail: float) -> Limits:
    """Mid-P limits (Lancaster 1961): half the probability of the count itself is left out."""
    some = np.maximum(deaths, 1).astype(float)
    bracket = special.gammaincinv(some, tail), special.gammaincinv(some + 1, tail)
    lower = elementwise.find_root(_midp_below, bracket, args=(some, tail)).x
    whole = deaths.astype(float)
    bracket = special.gammainccinv(some, tail), special.gammainccinv(some + 1, tail)
    upper = elementwise.find_root(_midp_above, bracket, args=(some, tail)).x
    return np.where(whole > 0, lower, 0), np.where(whole > 0, upper, -np.log(2 * tail))


def normal(deaths: np.ndarray, tail: float) -> Limits:
    """Normal limits; none below about 20 deaths are worth showing, and none at 0."""
    half = -special.ndtri(tail) * np.sqrt(deaths)
    return deaths - half, np.where(deaths > 0, deaths + half, np.nan)


def ons(deaths: np.ndarray, tail: float) -> Limits:
    """Exact below 100 deaths, normal from 100, as ONS."""
    return _switch(deaths, tail, 100, exact, normal)


def log(deaths: np.ndarray, tail: float) -> Limits:
    """Normal limits of the logarithm (Rothman and Greenland 1998); no upper limit at 0."""
    some = np.maximum(deaths, 1)
    factor = np.exp(-special.ndtri(tail) / np.sqrt(some))
    upper = np.where(deaths > 0, deaths * factor, np.nan)
    return deaths / factor, upper


def vandenbroucke(deaths: np.ndarray, tail: float) -> Limits:
    """Normal limits of the square root (Vandenbroucke 1982), kept from turning below 0."""
    half = -special.ndtri(tail) / 2
    root = np.sqrt(deaths)
    return np.where(root > half, (root - half) ** 2, 0), (np.sqrt(deaths) + half) ** 2


def ury_wiggins(deaths: np.ndarray, tail: float) -> Limits:
    """Ury and Wiggins (1985), whose constants were published for 90, 95 and 99% only."""
    shifts = {90: (0.65, 1.65), 95: (1, 2), 99: (2, 3)}
    level = round(100 * (1 - 2 * tail), 9)
    if level not in shifts:
        raise RatesError(
            f"confidence is {level / 100:g}: the limits of Ury and Wiggins were published for "
            f"0.90, 0.95 and 0.99 only.\nChoose one of these, or the method 'midp'."
        )
    down, up = shifts[level]
    half = -special.ndtri(tail) * np.sqrt(deaths)
    return np.where(deaths > 0, np.maximum(deaths - half + down, 0), 0), deaths + half + up


METHODS = {
    "exact": exact,
    "byar": byar,
    "exact-byar": exact_byar,
    "midp": midp,
    "normal": normal,
    "ons": ons,
    "log": log,
    "vandenbroucke": vandenbroucke,
    "ury-wiggins": ury_wiggins,
}


def each_once(limits: Callable) -> Callable:
    """Find the limits of each different count once: a table repeats the same few counts."""

    def of_all(deaths: np.ndarray, tail: float) -> Limits:
        each, place = np.unique(deaths, return_inverse=True)
        lower, upper = limits(each, tail)
        return lower[place].reshape(deaths.shape), upper[place].reshape(deaths.shape)

    return of_all


def _switch(
    deaths: np.ndarray, tail: float, first: int, below: Callable, from_first: Callable
) -> Limits:
    few = deaths < first
    if few.all():
        return below(deaths, tail)
    lower, upper = from_first(deaths, tail)
    if few.any():
        lower[few], upper[few] = below(deaths[few], tail)
    return lower, upper


def _midp_below(mean: np.ndarray, deaths: np.ndarray, tail: float) -> np.ndarray:
    return (special.gammainc(deaths, mean) + special.gammainc(deaths + 1, mean)) / 2 - tail


def _midp_above(mean: np.ndarray, deaths: np.ndarray, tail: float) -> np.ndarray:
    return (special.gammaincc(deaths, mean) + special.gammaincc(deaths + 1, mean)) / 2 - tail
