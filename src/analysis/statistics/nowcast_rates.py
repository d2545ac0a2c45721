"""Standardised rates of deaths that are not all registered yet, with what is not known of both.

Deaths of each recent period are scaled up by the share of them registered by now. The limits hold
the chance of the deaths and the uncertainty of the delays, which all groups and periods share.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, as_numbers, require_levels
from analysis.statistics.counts import count_deaths, counted_deaths
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.intervals import weighted_limits
from analysis.statistics.standardise import add_limits, weighted_sum


def nowcast_asmr(
    deaths,
    population: pd.DataFrame,
    delays: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series,
    per: float = 100_000,
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return standardised rates as registered, and as they will be once all is registered.

    Parameters
    ----------
    deaths
        As for :func:`analysis.statistics.counts.count_deaths`, with ``elapsed``: whole periods
        from the death to the cut-off, in the unit of ``delays``.
    population
        As for ``count_deaths``.
    delays
        What :func:`analysis.statistics.delays.delay_distribution` gives; the same delays are
        taken to hold in every group and at every age.
    by, standard, per, confidence
        As for :func:`analysis.statistics.rates.asmr`.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator`` (registered), ``estimated`` (deaths to be
        expected in the end), ``denominator``, ``asmr`` (of what is registered),
        ``asmr_nowcast``, ``lower_ci``, ``upper_ci`` (of the nowcast: gamma limits with the
        variance of both). Deaths longer ago than the largest delay count as they are.

    Raises
    ------
    RatesError
        As ``count_deaths`` and ``asmr``; an ``elapsed`` that is not a whole number from 0.
    """
    levels = require_levels(confidence)
    by = [by] if isinstance(by, str) else list(by)
    require_columns(delays, ["delay", "cdf", "log_variance"])
    counts = count_deaths(deaths, population, by)
    cells = Cells(counts, by, standard)
    total = weighted_sum(cells, "gamma")
    weight = cells.weight / standard.sum()
    weight = np.divide(
        weight, cells.denominator, out=np.zeros(len(weight)), where=cells.denominator > 0
    )

    split = counted_deaths(deaths, [*by, "elapsed"])
    elapsed = as_numbers(split["elapsed"])
    if not ((elapsed >= 0) & (elapsed == np.floor(elapsed))).all():
        wrong = ~((elapsed >= 0) & (elapsed == np.floor(elapsed)))
        raise RatesError(
            f"elapsed is {elapsed[wrong][0]:g}: not a whole number of periods from 0 "
            f"({wrong.sum():,} such cells).\nCount the periods from death to cut-off."
        )
    step = np.minimum(elapsed, len(delays) - 1).astype(int)
    share = delays["cdf"].to_numpy()[step]
    keyed = counts[[*by, "age_band"]].assign(_weight=weight, _group=cells.groups.codes)
    split = split.merge(keyed, on=[*by, "age_band"], how="left", validate="many_to_one")
    group, band_weight = split["_group"].to_numpy(int), split["_weight"].to_numpy()
    scaled = split["numerator"].to_numpy() / share
    size = cells.groups.size

    rate = np.bincount(group, band_weight * scaled, size)
    chance = np.bincount(group, band_weight**2 * scaled / share, size)
    # Delays d and e share the hazards beyond the later of the two, so a step of the distribution
    # moves all deaths that have not reached it.
    by_delay = np.zeros((size, len(delays)))
    np.add.at(by_delay, (group, step), band_weight * scaled)
    moved = np.cumsum(by_delay, axis=1)[:, :-1]
    steps = -np.diff(delays["log_variance"].to_numpy())
    learnt = (moved**2 * steps).sum(axis=1)
    nowcast = replace(total, rate=rate, variance=chance + learnt)

    table = cells.groups.frame.assign(
        numerator=total.numerator.astype(np.int64),
        estimated=np.bincount(group, scaled, size),
        denominator=cells.groups.sum(cells.denominator),
        asmr=per * total.rate,
        asmr_nowcast=np.where(np.isnan(total.rate), np.nan, per * rate),
    )
    return add_limits(table, levels, per, lambda level: weighted_limits(nowcast, "gamma", level))


def completeness(
    deaths: pd.DataFrame, delays: pd.DataFrame, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the share of deaths registered by now: of an edition, or of each of its groups.

    ``deaths`` has ``by``, ``elapsed`` and ``numerator``; ``delays`` is as for
    :func:`nowcast_asmr`. One row per group: ``by``, ``numerator``, ``estimated``,
    ``completeness``.
    """
    require_columns(deaths, ["elapsed", "numerator"])
    groups = Groups(deaths, by)
    step = np.minimum(as_numbers(deaths["elapsed"]), len(delays) - 1).astype(int)
    died = as_numbers(deaths["numerator"])
    estimated = groups.sum(died / delays["cdf"].to_numpy()[step])
    return groups.frame.assign(
        numerator=groups.sum(died),
        estimated=estimated,
        completeness=groups.sum(died) / np.where(estimated > 0, estimated, np.nan),
    )
