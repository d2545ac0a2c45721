"""Delays of registration by day of the week.

Offices close at weekends, so the share registered some days after a death depends on the day of
the week. Counted back from a cut-off, all deaths of a day that is 7 k + r days old have the same
weekday: each r has a triangle of its own, of weeks of death by weeks of delay, developed by the
chain ladder.
"""

import numpy as np
import pandas as pd

from analysis.statistics.checks import as_numbers
from analysis.statistics.groups import require_columns
from analysis.statistics.ladders import chain_ladder
from analysis.statistics.triangles import reporting_triangle

WEEK = 7
LONGEST = 12  # weeks of delay
# A day of which less than this is registered has no nowcast.
_SMALLEST_SHARE = 0.2


def weekday_delays(late: pd.DataFrame, longest: int = LONGEST) -> pd.DataFrame:
    """Return the share of deaths registered by each number of days after the death.

    Parameters
    ----------
    late
        One row per group of deaths: ``elapsed`` (days from death to the cut-off), ``weeks_known``
        (whole weeks from registration to the cut-off), ``numerator``. From the day of the oldest
        death on, all that was registered is there.
    longest
        Weeks beyond which a delay is not followed: shares are of deaths registered within them.

    Returns
    -------
    DataFrame
        One row per day, as ``delay_distribution`` gives: ``delay`` (days, 0 to 7 times
        ``longest``), ``cdf`` (missing for days of which too little is registered), and
        ``log_variance`` (squared relative standard error of a nowcast, by Mack).

    Raises
    ------
    RatesError
        Fewer weeks of deaths than the delays are long, or a weekday without deaths.

    References
    ----------
    As ``chain_ladder``.
    """
    require_columns(late, ["elapsed", "weeks_known", "numerator"])
    elapsed = as_numbers(late["elapsed"])
    known = as_numbers(late["weeks_known"])
    oldest = int(elapsed.max()) if len(late) else 0
    parts = []
    for weekday in range(WEEK):
        mine = elapsed % WEEK == weekday
        start = (oldest - weekday) // WEEK
        deaths = pd.DataFrame(
            {
                "died": -(elapsed[mine] // WEEK),
                "told": -known[mine],
                "numerator": as_numbers(late["numerator"])[mine],
            }
        )
        triangle = reporting_triangle(
            deaths, 0, longest, "died", "told", "1", start=-start, long_delays="drop"
        )
        parts.append(_developed(triangle, weekday))
    days = pd.concat(parts).set_index("delay").reindex(np.arange(WEEK * longest + 1))
    last = days.index == WEEK * longest
    share = days["cdf"].mask(last, 1.0)
    error = days["error"].mask(last, 0.0).fillna(0.0)
    # What is not known of a delay is not known of shorter ones either.
    variance = (error**2)[::-1].cummax()[::-1]
    return pd.DataFrame(
        {"delay": days.index, "cdf": share.to_numpy(), "log_variance": variance.to_numpy()}
    )


def _developed(triangle: pd.DataFrame, weekday: int) -> pd.DataFrame:
    """Share registered and relative error by week, of the days of one weekday."""
    cells, first = triangle, 0
    total = np.nansum(triangle.to_numpy())
    if triangle[0].sum() < _SMALLEST_SHARE * total:
        # The first days are taken together: one of them may be a Sunday.
        cells = triangle.iloc[:-1].drop(columns=0)
        cells[1] = cells[1] + triangle[0]
        first = 1
    ladder = chain_ladder(cells, cumulative=False)
    growth = np.cumprod(ladder.factors["factor"].to_numpy()[::-1])[::-1]
    origins = ladder.origins.iloc[::-1].head(len(growth))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = origins["standard_error"].to_numpy() / origins["ultimate"].to_numpy()
    weeks = np.arange(first, first + len(growth))
    return pd.DataFrame({"delay": WEEK * weeks + weekday, "cdf": 1 / growth, "error": error})
