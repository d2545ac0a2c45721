"""Registration delay: its distribution, triangles, chain ladder, and nowcasts of recent deaths."""

from analysis.statistics.ladders import ChainLadder, bootstrap_ladder, chain_ladder
from analysis.statistics.nowcasts import back_test, delay_distribution, nowcast
from analysis.statistics.triangles import cumulate, reporting_triangle

__all__ = [
    "ChainLadder",
    "back_test",
    "bootstrap_ladder",
    "chain_ladder",
    "cumulate",
    "delay_distribution",
    "nowcast",
    "reporting_triangle",
]
