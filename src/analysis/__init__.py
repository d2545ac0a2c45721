"""Age-standardised mortality rates from death registrations, published as a bulletin.

The names that a page may use are loaded when they are first used (PEP 562), so that the command
line answers at once.
"""

from importlib import import_module

_HOMES = {
    "answered": "analysis.show.answered",
    "add_totals": "analysis.statistics.counts",
    "age_specific_rates": "analysis.statistics.rates",
    "asmr": "analysis.statistics.rates",
    "asmr_ratio": "analysis.statistics.rates",
    "beside_registered": "analysis.statistics.nowcast_groups",
    "charts": "analysis.show.charts",
    "compare": "analysis.show.prose",
    "compare_with_whole": "analysis.statistics.whole",
    "compare_areas": "analysis.statistics.areas",
    "count_deaths": "analysis.statistics.counts",
    "count_differences": "analysis.statistics.areas",
    "count_levels": "analysis.statistics.levels",
    "count_places": "analysis.statistics.areas",
    "crude_rate": "analysis.statistics.rates",
    "deprivation_index": "analysis.statistics.deprivation",
    "esp2013": "analysis.standards",
    "fewest": "analysis.show.answered",
    "load_answers": "analysis.tables.answers",
    "load_areas": "analysis.ingest.load",
    "load_deaths": "analysis.ingest.load",
    "load_late": "analysis.ingest.load",
    "load_population": "analysis.ingest.load",
    "load_published_weeks": "analysis.ingest.load",
    "load_quality": "analysis.ingest.load",
    "load_weekly": "analysis.ingest.load",
    "moved": "analysis.show.provenance",
    "nowcast_deaths": "analysis.statistics.nowcast_groups",
    "nowcast_rates": "analysis.statistics.nowcast_groups",
    "occupations": "analysis.standards.occupations",
    "origin": "analysis.show.provenance",
    "PageParams": "analysis.params",
    "parts": "analysis.show.answered",
    "period_expectancy": "analysis.statistics.periods",
    "period_gap": "analysis.statistics.periods",
    "points": "analysis.show.prose",
    "protect": "analysis.disclosure.protect",
    "published_totals": "analysis.statistics.weekly_published",
    "published_weeks": "analysis.statistics.weekly_published",
    "provenance": "analysis.show.provenance",
    "say": "analysis.show.prose",
    "smooth_areas": "analysis.statistics.areas",
    "spread_areas": "analysis.statistics.areas",
    "weekly_excess": "analysis.statistics.weekly_excess",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    return home if name == "charts" else getattr(home, name)
