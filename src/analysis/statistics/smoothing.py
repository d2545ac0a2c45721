"""Small-area ratios drawn towards the whole: empirical Bayes with a gamma distribution.

An area with few deaths says little of its own; its ratio is drawn towards the mean of all areas,
the more so the fewer deaths are expected. Smoothed ratios are better guesses of each area on the
whole, and hide a real extreme in a small one. They say nothing of neighbours.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.standardise import add_limits


def empirical_bayes(
    ratios: pd.DataFrame,
    by: Sequence[str] = (),
    method: str = "likelihood",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the smoothed ratio of each area.

    Deaths of an area are Poisson with mean ratio x expected, and ratios of areas are drawn from
    one gamma distribution, whose mean and shape are estimated from all areas of the group.

    Parameters
    ----------
    ratios
        One row per area, as :func:`analysis.statistics.indirect.smr` gives: ``numerator``
        (deaths) and ``expected``.
    by
        Columns within which areas are drawn together, such as ``["sex"]``; empty for all.
    method
        ``likelihood`` (marginal likelihood, a negative binomial model) or ``moments`` (Marshall).
    confidence
        Level of the limits, or several.

    Returns
    -------
    DataFrame
        The rows of ``ratios``, less their own limits, with ``smoothed`` (mean of what the
        area's ratio may be), ``lower_ci``, ``upper_ci`` (its quantiles, the gamma distribution
        taken as known), ``own_weight`` (share of the area's own ratio in the smoothed one),
        ``prior_mean`` and ``prior_shape``. Where areas differ no more than chance explains, the
        shape is infinite and every area has the mean, with no width.

    Raises
    ------
    RatesError
        Deaths or expected deaths that are negative, missing or infinite; deaths where none are
        expected; fewer than three areas with deaths expected in a group.

    References
    ----------
    Clayton D, Kaldor J (1987), Empirical Bayes estimates of age-standardized relative risks for
    use in disease mapping, Biometrics 43, 671-681. Marshall RJ (1991), Mapping disease and
    mortality rates using empirical Bayes estimators, JRSS C 40, 283-294.
    """
    levels = require_levels(confidence)
    fit = {"likelihood": _by_likelihood, "moments": _by_moments}.get(method)
    if fit is None:
        raise RatesError(f"method {method!r}: not likelihood or moments.\nChoose one of the two.")
    require_columns(ratios, ["numerator", "expected"])
    groups = Groups(ratios, by)
    died, expected = as_numbers(ratios["numerator"]), as_numbers(ratios["expected"])
    _check(groups, died, expected)
    priors = np.array(
        [fit(died[rows], expected[rows]) for rows in _rows_with_expected(groups, expected)]
    )
    mean, shape = priors[groups.codes].T
    own = expected * mean / (expected * mean + shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(expected > 0, died / expected, 0)
    own = np.where(np.isinf(shape), 0, own)
    kept = [name for name in ratios.columns if not name.startswith(("lower_ci", "upper_ci"))]
    table = ratios[kept].assign(smoothed=own * raw + (1 - own) * mean)

    def limits(level: float) -> tuple[np.ndarray, np.ndarray]:
        some = np.where(np.isinf(shape), 1, shape)
        scale = 1 / (some / mean + expected)
        tail = (1 - level) / 2
        return tuple(
            np.where(np.isinf(shape), mean, stats.gamma.ppf(share, some + died, scale=scale))
            for share in (tail, 1 - tail)
        )

    table = add_limits(table, levels, 1, limits)
    return table.assign(own_weight=own, prior_mean=mean, prior_shape=shape)


def _check(groups: Groups, died: np.ndarray, expected: np.ndarray) -> None:
    known = np.isfinite(died) & np.isfinite(expected)
    wrong = ~known | (died < 0) | (expected < 0) | ((expected == 0) & (died > 0))
    if wrong.any():
        where = groups.name(groups.codes[int(np.argmax(wrong))])
        raise RatesError(
            f"{where}: deaths or expected deaths are negative, missing or infinite, or there are "
            f"deaths where none are expected ({wrong.sum():,} such rows).\n"
            f"Smooth what smr() gives."
        )
    few = np.flatnonzero(groups.sum((expected > 0).astype(float)) < 3)
    if len(few):
        raise RatesError(
            f"{groups.name(few[0])}: fewer than three areas have deaths expected ({len(few):,} "
            f"such groups), too few to tell how much areas differ.\nSmooth larger groups."
        )


def _rows_with_expected(groups: Groups, expected: np.ndarray) -> list[np.ndarray]:
    rows = np.flatnonzero(expected > 0)
    order = rows[np.argsort(groups.codes[rows], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(groups.codes[order])) + 1)


def _by_moments(died: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Mean and shape from the spread of the ratios less what chance gives them."""
    mean = died.sum() / expected.sum()
    spread = (expected * (died / expected - mean) ** 2).sum() / expected.sum()
    between = spread - mean / expected.mean()
    return mean, (mean**2 / between if between > 0 else np.inf)


def _by_likelihood(died: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Mean and shape that make the deaths likeliest: a negative binomial of no covariates."""
    mean, shape = _by_moments(died, expected)
    # Where the likelihood does not rise as areas begin to differ, its top is at no difference.
    if ((died - mean * expected) ** 2 - died).sum() <= 0:
        return mean, np.inf
    alpha = 1 / shape if np.isfinite(shape) else 0.01
    model = sm.NegativeBinomial(died, np.ones(len(died)), exposure=expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # looked at below
        fitted = model.fit(
            start_params=[np.log(mean), alpha], method="bfgs", maxiter=500, gtol=1e-8, disp=0
        )
    log_mean, alpha = fitted.params
    if alpha < 1e-6:
        return mean, np.inf
    if np.abs(model.score(fitted.params) * [1, alpha]).max() > 1e-4 * max(died.sum(), 1):
        raise RatesError(
            "smoothing: the likelihood of how much areas differ has no clear top.\n"
            "Look for an area that is not like the others, or use method='moments'."
        )
    return float(np.exp(log_mean)), float(1 / alpha)
