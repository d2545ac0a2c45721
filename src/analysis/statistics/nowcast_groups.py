"""Deaths and rates of recent weeks and months as they will be once all is registered, by cause.

Each cause has delays of its own, by day of the week. Errors of days that share a step of the
delays go together, as in ``nowcast_asmr``: a change of delays moves all of them.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.nowcast_rates import nowcast_asmr
from analysis.statistics.weekday_delays import LONGEST, WEEK, weekday_delays
from analysis.vocabulary import ALL_CAUSES


def nowcast_deaths(
    late: pd.DataFrame,
    by: Sequence[str],
    within: str | None = None,
    longest: int = LONGEST,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return deaths registered, and those to be expected in the end, by cause and group.

    A cause that is too rare for delays of its own, or known for too few weeks, has no nowcast.

    Parameters
    ----------
    late
        As for :func:`weekday_delays`, with ``cause`` and ``by``. Each cause has delays of its own.
    by
        Columns that name a group of days of death: ``["week_ended"]``, ``["month"]``.
    within
        Column that says which deaths are wanted; delays are learnt from all. All without.

    Returns
    -------
    DataFrame
        One row per cause (and all causes together) and group: ``cause``, ``by``, ``numerator``
        (registered), ``estimated`` (registered in the end, or within ``longest`` weeks),
        ``completeness`` (registered of those, in per cent), each with limits
        (``estimated_lower_ci`` ...). Missing where a day has no nowcast.
    """
    (level,) = require_levels(confidence)
    by = [by] if isinstance(by, str) else list(by)
    frames = [
        _nowcast(_wanted(rows, within), _delays(rows, longest), by, level).assign(cause=cause)
        for cause, rows in _causes(late)
    ]
    found = pd.concat(frames, ignore_index=True)
    return found[["cause", *found.columns.drop("cause")]]


def nowcast_rates(
    late: pd.DataFrame,
    population: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series,
    within: str | None = None,
    totals: dict[str, str] | None = None,
    longest: int = LONGEST,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return standardised rates as registered, and as they will be once all is registered.

    Parameters
    ----------
    late
        As for :func:`nowcast_deaths`, with ``age_band``.
    population, by, standard
        As for ``nowcast_asmr``.
    within
        As for :func:`nowcast_deaths`.
    totals
        Columns of ``by``, each with the code of its total, which has rows of its own:
        ``{"month": "All months"}``. Only columns that the population lacks.

    Returns
    -------
    DataFrame
        One row per cause and group: ``cause``, ``by``, ``numerator``, ``estimated``, ``asmr``
        (as registered), ``asmr_nowcast`` with ``asmr_nowcast_lower_ci`` and ``_upper_ci``, which
        hold the chance of the deaths and what is not known of the delays.
    """
    frames = []
    for cause, rows in _causes(late):
        delays = _delays(rows, longest)
        wanted = _wanted(rows, within)
        for column, code in (totals or {}).items():
            wanted = pd.concat([wanted, wanted.assign(**{column: code})])
        rates = nowcast_asmr(wanted, population, delays, by, standard, confidence=confidence)
        frames.append(rates.assign(cause=cause))
    found = pd.concat(frames, ignore_index=True).rename(
        columns={end: f"asmr_nowcast_{end}" for end in ("lower_ci", "upper_ci")}
    )
    limits = ["asmr_nowcast_lower_ci", "asmr_nowcast_upper_ci"]
    columns = ["cause", *by, "numerator", "estimated", "asmr", "asmr_nowcast", *limits]
    unknown = found["asmr_nowcast"].isna()
    return found[columns].assign(**{name: found[name].mask(unknown) for name in limits})


def beside_registered(nowcast: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return deaths registered and deaths expected in the end as two series, for a chart.

    ``nowcast`` is as :func:`nowcast_deaths` gives; one row per ``by`` and ``series``, with
    ``numerator``, ``estimated`` (of the first series: those registered) and, of what is expected,
    its limits.
    """
    limits = ["estimated_lower_ci", "estimated_upper_ci"]
    expected = nowcast[[*by, "numerator", "estimated", *limits]].assign(
        series="Expected in the end"
    )
    known = nowcast[[*by, "numerator"]].assign(
        estimated=nowcast["numerator"], series="Registered by the cut-off"
    )
    both = pd.concat([known, expected], ignore_index=True)
    return both[[*by, "series", "numerator", "estimated", *limits]]


def _causes(late: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    require_columns(late, ["cause"])
    return [(ALL_CAUSES, late), *late.groupby("cause")]


def _wanted(rows: pd.DataFrame, within: str | None) -> pd.DataFrame:
    return rows if within is None else rows[rows[within].astype(bool)]


def _delays(rows: pd.DataFrame, longest: int) -> pd.DataFrame:
    try:
        return weekday_delays(rows, longest)
    except RatesError:
        nothing = np.arange(WEEK * longest + 1)
        share = np.where(nothing == nothing.max(), 1.0, np.nan)
        return pd.DataFrame({"delay": nothing, "cdf": share, "log_variance": 0.0})


def _nowcast(rows: pd.DataFrame, delays: pd.DataFrame, by: list[str], level: float) -> pd.DataFrame:
    groups = Groups(rows, by)
    step = np.minimum(as_numbers(rows["elapsed"]), len(delays) - 1).astype(int)
    died = as_numbers(rows["numerator"])
    scaled = died / delays["cdf"].to_numpy()[step]
    by_delay = np.zeros((groups.size, len(delays)))
    np.add.at(by_delay, (groups.codes, step), scaled)
    moved = np.cumsum(by_delay, axis=1)[:, :-1]
    error = np.sqrt((moved**2 * -np.diff(delays["log_variance"])).sum(axis=1))
    registered, estimated = groups.sum(died), by_delay.sum(axis=1)
    half = special.ndtri((1 + level) / 2) * error
    lower, upper = np.maximum(estimated - half, registered), estimated + half
    return groups.frame.assign(
        numerator=registered.astype(np.int64),
        estimated=estimated,
        estimated_lower_ci=np.where(np.isnan(estimated), np.nan, lower),
        estimated_upper_ci=upper,
        completeness=100 * registered / estimated,
        completeness_lower_ci=100 * registered / upper,
        completeness_upper_ci=np.where(np.isnan(estimated), np.nan, 100 * registered / lower),
    )
