"""Chain ladder: what a triangle will come to, and how far it may be out.

Each step from one delay to the next grows all origins by one factor. Standard errors are Mack's,
which ask for no distribution; the bootstrap takes increments as over-dispersed Poisson.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import require_levels
from analysis.statistics.triangles import check_triangle


@dataclass(frozen=True)
class ChainLadder:
    """What :func:`chain_ladder` found.

    ``factors``: one row per step: ``delay`` (that it leads to), ``factor``, ``sigma_squared``
    (Mack's variance parameter), ``standard_error`` of the factor. ``origins``: one row per
    origin, see :func:`chain_ladder`. ``total``: the same columns for all origins together.
    """

    factors: pd.DataFrame
    origins: pd.DataFrame
    total: pd.Series
    _cells: np.ndarray = field(repr=False)


def chain_ladder(
    triangle: pd.DataFrame,
    cumulative: bool = True,
    sigma: str = "mack",
    confidence: float = 0.95,
) -> ChainLadder:
    """Develop a triangle to its last delay, with Mack's standard errors.

    Parameters
    ----------
    triangle
        A row per origin (index), a column per delay, shortest first; cells not known yet are
        missing.
    cumulative
        Whether cells are counts up to a delay; else they are counts of it, as
        :func:`analysis.statistics.delays.reporting_triangle` gives.
    sigma
        Variance of the last step, where one origin alone has made it: ``mack`` (the smaller of
        the neighbours', continued) or ``log-linear``.
    confidence
        Level of the limits.

    Returns
    -------
    ChainLadder
        ``origins`` has ``origin``, ``latest`` (known now), ``outstanding`` (to come),
        ``ultimate``, ``standard_error`` (of prediction), ``lower_ci`` and ``upper_ci`` (of the
        ultimate; log-normal in what is outstanding).

    Raises
    ------
    RatesError
        A triangle with gaps, or a step before which nothing is known.

    References
    ----------
    Mack T (1993), Distribution-free calculation of the standard error of chain ladder reserve
    estimates, ASTIN Bulletin 23, 213-225. Mack T (1999), The standard error of chain ladder
    reserve estimates: recursive calculation and inclusion of a tail factor, ibid. 29, 361-366.
    """
    if sigma not in ("mack", "log-linear"):
        raise RatesError(f"sigma {sigma!r}: not mack or log-linear.\nChoose one of the two.")
    (level,) = require_levels(confidence)
    cells = check_triangle(triangle)
    if not cumulative:
        cells = np.where(np.isnan(cells), np.nan, np.nancumsum(cells, axis=1))
    factors, base = development_factors(cells)
    variance = _variances(cells, factors, sigma)
    full, start = develop(cells, factors)
    ahead = np.append(np.cumprod(factors[::-1])[::-1], 1.0)

    step = np.arange(len(factors))
    to_come = step >= start[:, None]
    relative = variance / factors**2
    process = to_come * relative * full[:, :-1] * ahead[:-1] ** 2
    ultimate = full[:, -1]
    shared = to_come * ultimate[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(base > 0, relative / base, 0)
    error = np.sqrt((process + shared**2 * spread).sum(axis=1))
    total_error = np.sqrt(process.sum() + (shared.sum(axis=0) ** 2 * spread).sum())

    latest = full[np.arange(len(full)), start]
    origins = _table(latest, ultimate, error, level)
    origins.insert(0, "origin", triangle.index)
    total = _table(
        *(np.array([value]) for value in (latest.sum(), ultimate.sum(), total_error)), level
    ).iloc[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = pd.DataFrame(
            {
                "delay": triangle.columns[1:],
                "factor": factors,
                "sigma_squared": variance,
                "standard_error": np.sqrt(variance / base),
            }
        )
    return ChainLadder(steps, origins, total, cells)


def bootstrap_ladder(
    triangle: pd.DataFrame, cumulative: bool = True, draws: int = 2_000, seed: int = 0
) -> np.ndarray:
    """Return draws of what is outstanding of each origin, an array of draws by origins.

    Increments are over-dispersed Poisson: residuals are resampled, the factors found again, and
    what is to come of the resampled triangle drawn from a gamma distribution with the same
    dispersion. An origin of which nothing is known yet has nothing to come.

    References
    ----------
    England PD, Verrall RJ (2002), Stochastic claims reserving in general insurance, British
    Actuarial Journal 8, 443-518.
    """
    cells = check_triangle(triangle)
    if not cumulative:
        cells = np.where(np.isnan(cells), np.nan, np.nancumsum(cells, axis=1))
    random = np.random.default_rng(seed)
    fitted, residuals, dispersion = odp_residuals(cells)
    known = ~np.isnan(cells)
    pool = residuals[known & (fitted > 0)]
    spare = len(pool) - sum(cells.shape) + 1
    pool = pool * np.sqrt(len(pool) / max(spare, 1))
    _, start = develop(cells, development_factors(cells)[0])
    later = np.arange(1, cells.shape[1]) > start[:, None]

    outstanding = np.empty((draws, len(cells)))
    size = max(1, 4_000_000 // cells.size)
    for begin in range(0, draws, size):
        many = min(size, draws - begin)
        drawn = fitted + random.choice(pool, (many, *cells.shape)) * np.sqrt(fitted)
        drawn = np.cumsum(np.where(known, drawn, 0), axis=2)
        again = np.where(known, drawn, np.nan)
        pairs = known[:, 1:]
        over = np.where(pairs, again[:, :, 1:], 0).sum(axis=1)
        under = np.where(pairs, again[:, :, :-1], 0).sum(axis=1)
        factors = np.where(under > 0, over / np.where(under > 0, under, 1), 1)
        growth = np.cumprod(np.where(later, factors[:, None, :], 1), axis=2)
        latest = drawn[:, np.arange(len(cells)), start]
        mean = latest[:, :, None] * np.diff(growth, axis=2, prepend=1)
        mean = np.maximum(mean, 0)
        spread = max(dispersion, 1e-12)
        coming = np.where(mean > 0, random.gamma(mean / spread, spread), 0)
        outstanding[begin : begin + many] = coming.sum(axis=2)
    return outstanding


def odp_residuals(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Fitted increments, their Pearson residuals, and the dispersion, of a cumulative triangle."""
    factors, _ = development_factors(cells)
    _, start = develop(cells, factors)
    known = ~np.isnan(cells)
    latest = cells[np.arange(len(cells)), start]
    growth = np.concatenate([[1.0], np.cumprod(factors)])
    back = latest[:, None] * growth / growth[start][:, None]
    fitted = np.where(known, np.diff(back, axis=1, prepend=0), 0)
    seen = np.where(known, np.diff(np.where(known, cells, 0), axis=1, prepend=0), 0)
    fitted = np.maximum(fitted, 0)
    residuals = np.where(fitted > 0, (seen - fitted) / np.sqrt(np.where(fitted > 0, fitted, 1)), 0)
    spare = (known & (fitted > 0)).sum() - sum(cells.shape) + 1
    dispersion = (residuals**2).sum() / spare if spare > 0 else np.nan
    return fitted, residuals, float(dispersion)


def development_factors(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Volume-weighted factors of a cumulative triangle, and the volume that each rests on."""
    both = ~np.isnan(cells[:, 1:])
    base = np.where(both, cells[:, :-1], 0).sum(axis=0)
    reached = np.where(both, cells[:, 1:], 0).sum(axis=0)
    stuck = np.flatnonzero((base <= 0) & (reached > 0) | ~both.any(axis=0))
    if len(stuck):
        raise RatesError(
            f"triangle: nothing is known before step {stuck[0] + 1}, so it has no factor "
            f"({len(stuck):,} such steps).\nGive longer periods, or more origins."
        )
    return np.where(base > 0, reached / np.where(base > 0, base, 1), 1.0), base


def develop(cells: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fill a cumulative triangle, and return with it the last known column of each row."""
    start = (~np.isnan(cells)).sum(axis=1) - 1
    growth = np.concatenate([[1.0], np.cumprod(factors)])
    latest = cells[np.arange(len(cells)), start]
    filled = latest[:, None] * growth / growth[start][:, None]
    return np.where(np.isnan(cells), filled, cells), start


def _variances(cells: np.ndarray, factors: np.ndarray, sigma: str) -> np.ndarray:
    """Mack's variance parameter of each step; the last is continued where it has one origin."""
    usable = ~np.isnan(cells[:, 1:]) & (cells[:, :-1] > 0)
    before = np.where(usable, cells[:, :-1], 1)
    after = np.where(usable, cells[:, 1:], 0)
    spread = np.where(usable, before * (after / before - factors) ** 2, 0).sum(axis=0)
    origins = usable.sum(axis=0)
    variance = spread / np.maximum(origins - 1, 1)
    single = np.flatnonzero(origins < 2)
    if len(single) and sigma == "log-linear":
        use = np.flatnonzero((origins >= 2) & (variance > 0))
        if len(use) >= 2:
            slope, level = np.polyfit(use, np.log(np.sqrt(variance[use])), 1)
            variance[single] = np.exp(level + slope * single) ** 2
    elif len(single):
        for step in single:
            if step >= 2 and variance[step - 2] > 0:
                one, two = variance[step - 1], variance[step - 2]
                variance[step] = min(one**2 / two, one, two)
    return variance


def _table(latest, ultimate, error, level) -> pd.DataFrame:
    outstanding = ultimate - latest
    z = special.ndtri((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(np.log1p((error / outstanding) ** 2))
        middle = np.log(outstanding) - scale**2 / 2
        low, high = np.exp(middle - z * scale), np.exp(middle + z * scale)
    normal = ~(outstanding > 0)
    return pd.DataFrame(
        {
            "latest": latest,
            "outstanding": outstanding,
            "ultimate": ultimate,
            "standard_error": error,
            "lower_ci": latest + np.where(normal, outstanding - z * error, low),
            "upper_ci": latest + np.where(normal, outstanding + z * error, high),
        }
    )
