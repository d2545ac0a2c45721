"""Tables that the pages of an edition print in full: what every reader knows already.

A table that is asked for is protected together with them. The attack on the built edition reads
what was really published, and would find a page that prints more than is said here.
"""

from collections.abc import Iterable

from analysis.tables.request import Request
from analysis.tables.windows import Window

# By page: the columns of what it prints; each table has all its totals.
PAGES = {
    "summary": [("ctry20cd", "sex", "cause")],
    "quality": [("nowcast_week", "cause")],
    "sex_and_age": [("sex", "cause", "age_band"), ("sex", "cause", "month")],
    "occupation": [
        (level, "sex", "cause")
        for level in ("soc2010", "soc2010_minor", "soc2010_submajor", "soc2010_major")
    ],
    "deprivation": [
        ("imd_decile", "sex", "cause", "month"),
        ("wimd_quintile", "sex", "cause", "month"),
    ],
    "local_areas": [
        (level, "sex", "cause", "month") for level in ("ctry20cd", "rgn20cd", "lad20cd")
    ],
    "msoa": [("msoa11cd", "cause", "month")],
    "excess": [("week", "sex", "age_group", "cause"), ("week", "rgn20cd", "cause")],
}


def printed_tables(
    pages: Iterable[str], windows: dict[str, Window], moved: bool
) -> dict[str, list[Request]]:
    """Return what pages print, by kind of deaths.

    Parameters
    ----------
    pages
        Names of the pages of an edition.
    windows
        Windows of its kinds of deaths.
    moved
        Whether deaths were moved between MSOAs, so that what is printed of them is not true to one.
    """
    kind_of = {"occupation": "occupation", "excess": "weekly"}
    printed: dict[str, list[Request]] = {}
    for page in pages:
        kind = kind_of.get(page, "area")
        if kind not in windows or (page == "msoa" and moved):
            continue
        for by in PAGES.get(page, ()):
            printed.setdefault(kind, []).append(Request(windows[kind], by))
    return printed
