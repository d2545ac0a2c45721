"""Delays of registration, and deaths that have happened but are not registered yet.

The delays of recent deaths are known only up to the cut-off; counted as they are they look short.
The distribution here counts each delay among the deaths that could have shown it. Deaths of a
period over the share registered by now are the nowcast. A change of delays, such as offices that
close, is carried into it unseen.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.errors import RatesError
from analysis.statistics.checks import require_levels
from analysis.statistics.ladders import bootstrap_ladder, chain_ladder, odp_residuals
from analysis.statistics.standardise import add_limits
from analysis.statistics.triangles import check_triangle, cumulate, reporting_triangle

METHODS = ("lawless", "chain-ladder", "bootstrap")


def delay_distribution(
    triangle: pd.DataFrame, window: int | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the share of deaths registered by each delay, corrected for those still to come.

    Parameters
    ----------
    triangle
        Counts by period of death and delay, as
        :func:`analysis.statistics.delays.reporting_triangle` gives.
    window
        How many of the last periods to use; all without.
    confidence
        Level of the limits.

    Returns
    -------
    DataFrame
        One row per delay: ``delay``, ``registered`` (with this delay), ``at_risk`` (registered
        by this delay in periods that could show it), ``reverse_hazard`` (their ratio), ``cdf``
        (share registered by this delay, of those within the largest), ``lower_ci``,
        ``upper_ci`` (normal limits of the logarithm), ``log_variance`` (of the logarithm of the
        share).

    References
    ----------
    Lawless JF (1994), Adjustments for reporting delays and the prediction of occurred but not
    reported events, Canadian Journal of Statistics 22, 15-31. Kalbfleisch JD, Lawless JF (1991),
    Regression models for right truncated data with applications to AIDS incubation times and
    reporting lags, Statistica Sinica 1, 19-32.
    """
    (level,) = require_levels(confidence)
    cells = check_triangle(triangle)
    if window is not None:
        if window < cells.shape[1]:
            raise RatesError(
                f"window is {window} periods, fewer than the {cells.shape[1]} delays.\n"
                f"No period in it could show the longest delay."
            )
        cells = cells[-window:]
    seen = ~np.isnan(cells)
    registered = np.where(seen, cells, 0).sum(axis=0)
    at_risk = np.where(seen, np.cumsum(np.where(seen, cells, 0), axis=1), 0).sum(axis=0)
    some = np.where(at_risk > 0, at_risk, 1)
    hazard = np.where(at_risk > 0, registered / some, 0)
    hazard[0] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(hazard[1:] < 1, hazard[1:] / (some[1:] * (1 - hazard[1:])), 0)
        cdf = np.append(np.cumprod((1 - hazard[1:])[::-1])[::-1], 1.0)
        variance = np.append(np.cumsum(step[::-1])[::-1], 0.0)
        factor = np.exp(special.ndtri((1 + level) / 2) * np.sqrt(variance))
    return pd.DataFrame(
        {
            "delay": np.arange(cells.shape[1]),
            "registered": registered,
            "at_risk": at_risk,
            "reverse_hazard": hazard,
            "cdf": cdf,
            "lower_ci": cdf / factor,
            "upper_ci": np.minimum(cdf * factor, 1),
            "log_variance": variance,
        }
    )


def nowcast(
    deaths,
    now=None,
    max_delay: int | None = None,
    event: str = "death_date",
    report: str = "registration_date",
    unit: str = "D",
    start=None,
    method: str = "lawless",
    window: int | None = None,
    delays_known: bool = False,
    overdispersed: bool = True,
    confidence: float | Sequence[float] = 0.95,
    draws: int = 2_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how many deaths each recent period will come to.

    Parameters
    ----------
    deaths
        Deaths with their dates, as for
        :func:`analysis.statistics.delays.reporting_triangle`, with ``now``, ``max_delay``,
        ``event``, ``report``, ``unit`` and ``start``; or a triangle that it gave, without them.
    method
        The nowcast is the same, deaths registered over the share registered by then; its limits
        differ. ``lawless``: normal, not below what is registered. ``chain-ladder``: Mack's
        standard error, log-normal. ``bootstrap``: quantiles of an over-dispersed Poisson
        bootstrap.
    window
        How many of the last periods tell the delays (``lawless``); all without.
    delays_known
        Whether ``lawless`` takes the distribution of delays as known, and leaves its own
        uncertainty out.
    overdispersed
        Whether ``lawless`` widens its limits by the Pearson dispersion of the triangle where
        that is above 1.
    confidence
        Level of the limits, or several.

    Returns
    -------
    DataFrame
        One row per period that may be incomplete, oldest first: ``event``, ``elapsed`` (periods
        from it to the cut-off), ``registered``, ``cdf`` (share registered by now), ``nowcast``,
        ``standard_error``, ``lower_ci``, ``upper_ci`` (whole deaths, rounded outwards). Delays
        beyond the largest are not in it. A period of which nothing is registered has a nowcast
        of 0, since nothing can be scaled up, and an upper limit from ``lawless`` only.

    References
    ----------
    As :func:`delay_distribution`, ``chain_ladder`` and ``bootstrap_ladder``.
    """
    if method not in METHODS:
        raise RatesError(f"method {method!r}: not one of {', '.join(METHODS)}.\nChoose one.")
    levels = require_levels(confidence)
    if max_delay is None:
        triangle = deaths
    else:
        triangle = reporting_triangle(deaths, now, max_delay, event, report, unit, start)
    delays = delay_distribution(triangle, window)
    cells = check_triangle(triangle)
    elapsed = (~np.isnan(cells)).sum(axis=1) - 1
    recent = np.flatnonzero(elapsed < cells.shape[1] - 1)
    elapsed = elapsed[recent]
    registered = np.nansum(cells[recent], axis=1)
    share = delays["cdf"].to_numpy()[elapsed]
    estimate = registered / share
    table = pd.DataFrame(
        {
            triangle.index.name or "origin": triangle.index[recent],
            "elapsed": elapsed,
            "registered": registered,
            "cdf": share,
            "nowcast": estimate,
        }
    )
    if method == "lawless":
        chance = registered * (1 - share) / share**2
        learnt = registered * (registered + 1) / share**2
        learnt *= 0 if delays_known else delays["log_variance"].to_numpy()[elapsed]
        spread = 1.0
        if overdispersed:
            spread = max(1.0, np.nan_to_num(odp_residuals(cumulate(triangle).to_numpy())[2]))
        error = np.sqrt((chance + learnt) * spread)
        limits = {level: _truncated(registered, estimate, error, share, level) for level in levels}
    elif method == "chain-ladder":
        fits = {level: chain_ladder(triangle, False, confidence=level) for level in levels}
        rows = {level: fit.origins.iloc[recent] for level, fit in fits.items()}
        error = rows[levels[0]]["standard_error"].to_numpy()
        limits = {
            level: (row["lower_ci"].to_numpy(), row["upper_ci"].to_numpy())
            for level, row in rows.items()
        }
    else:
        drawn = bootstrap_ladder(triangle, False, draws, seed)[:, recent]
        error = drawn.std(axis=0, ddof=1)
        limits = {
            level: registered + np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
            for level in levels
        }
    whole = {level: (np.floor(lower), np.ceil(upper)) for level, (lower, upper) in limits.items()}
    return add_limits(table.assign(standard_error=error), levels, 1, whole.__getitem__)


def back_test(
    deaths,
    cutoffs: Sequence,
    max_delay: int,
    event: str = "death_date",
    report: str = "registration_date",
    unit: str = "D",
    **options,
) -> pd.DataFrame:
    """Nowcast at each of several past cut-offs, and compare with what was registered in the end.

    Parameters
    ----------
    deaths
        As for :func:`nowcast`, with all that has been registered since.
    cutoffs
        The cut-offs, each at least ``max_delay`` periods before the last registration, so that
        what a period came to is known.
    options
        Of :func:`nowcast`.

    Returns
    -------
    DataFrame
        The rows of each nowcast with ``now``, ``eventual`` (deaths registered within the
        largest delay; delays beyond it count in its last, as in the nowcast) and ``inside``
        (whether the limits hold it). The mean of ``inside`` is the coverage.
    """
    frames = []
    counted = deaths if isinstance(deaths, pd.DataFrame) else deaths.execute()
    for now in cutoffs:
        table = nowcast(counted, now, max_delay, event, report, unit, **options)
        last = counted[report].dropna().max()
        whole = reporting_triangle(counted, last, max_delay, event, report, unit)
        eventual = whole.sum(axis=1, min_count=1).reindex(table[event]).fillna(0).to_numpy()
        inside = (table["lower_ci"] <= eventual) & (eventual <= table["upper_ci"])
        frames.append(table.assign(now=now, eventual=eventual, inside=inside))
    return pd.concat(frames, ignore_index=True)


def _truncated(registered, estimate, error, share, level) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of a normal distribution cut off below what is registered already.

    Where nothing is registered there is no such distribution: the upper limit is then the number
    of deaths of which none would be registered yet with the probability of the tail.
    """
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        floor = (registered - estimate) / error
        found = [
            estimate + error * stats.truncnorm.ppf(part, floor, np.inf) for part in (tail, 1 - tail)
        ]
        unseen = np.log(tail) / np.log1p(-share)
    found = [np.where(error > 0, limit, estimate) for limit in found]
    return found[0], np.where(registered > 0, found[1], unseen)
