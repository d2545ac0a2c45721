"""The charts of the bulletin. Each takes a protected table and returns a Chart."""

from analysis.show.columns import stacked
from analysis.show.distributions import distribution
from analysis.show.excess import excess
from analysis.show.funnels import funnel
from analysis.show.intervals import intervals
from analysis.show.ranks import ranked
from analysis.show.trends import by_age, delays, gradient, lines, months

__all__ = [
    "by_age",
    "delays",
    "distribution",
    "excess",
    "funnel",
    "gradient",
    "intervals",
    "lines",
    "months",
    "ranked",
    "stacked",
]
