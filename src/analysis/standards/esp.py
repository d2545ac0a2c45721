"""Standard populations, indexed by age band.

The weights are the published ones; nothing here is estimated. A standard is joined to counts by
the name of its age band, never by position, so every band is written out.
"""

import pandas as pd

from analysis.errors import RatesError

_FROM_5_TO_84 = {
    "5-9": 5_500, "10-14": 5_500, "15-19": 5_500, "20-24": 6_000, "25-29": 6_000,
    "30-34": 6_500, "35-39": 7_000, "40-44": 7_000, "45-49": 7_000, "50-54": 7_000,
    "55-59": 6_500, "60-64": 6_000, "65-69": 5_500, "70-74": 5_000, "75-79": 4_000,
    "80-84": 2_500,
}  # fmt: skip
_INFANTS = {"<1": 1_000, "1-4": 4_000}
_UNDER_5 = {"0-4": 5_000}

_ESP2013 = {
    18: _UNDER_5 | _FROM_5_TO_84 | {"85+": 2_500},
    19: _UNDER_5 | _FROM_5_TO_84 | {"85-89": 1_500, "90+": 1_000},
    20: _INFANTS | _FROM_5_TO_84 | {"85-89": 1_500, "90+": 1_000},
    21: _INFANTS | _FROM_5_TO_84 | {"85-89": 1_500, "90-94": 800, "95+": 200},
}

_WHO_WORLD = {
    "0-4": 8.86, "5-9": 8.69, "10-14": 8.60, "15-19": 8.47, "20-24": 8.22, "25-29": 7.93,
    "30-34": 7.61, "35-39": 7.15, "40-44": 6.59, "45-49": 6.04, "50-54": 5.37, "55-59": 4.55,
    "60-64": 3.72, "65-69": 2.96, "70-74": 2.21, "75-79": 1.52, "80-84": 0.91, "85+": 0.63,
}  # fmt: skip


def esp2013(age_min: int = 0, age_max: int | None = None, groups: int = 20) -> pd.Series:
    """Return the 2013 European Standard Population, a row per age band.

    Parameters
    ----------
    age_min, age_max
        First and last age in years, both included: ``esp2013(20, 64)`` has the nine bands from
        20-24 to 60-64. Without ``age_max`` the standard goes up to the open band.
    groups
        How many bands the whole standard has: 20 as ONS uses it (<1, 1-4, 5-9 ... 85-89, 90+),
        21 as published (90-94, 95+), 19 (0-4 ... 90+) or 18 (0-4 ... 85+).

    Returns
    -------
    Series
        Weights named ``esp2013``, indexed by ``age_band``, youngest first. The whole standard
        sums to 100,000; a part of it keeps its weights and sums to less.

    Raises
    ------
    RatesError
        ``groups`` is not one of the four, or an age is not the edge of a band.

    References
    ----------
    Eurostat (2013), Revision of the European Standard Population: report of Eurostat's task
    force, Methodologies and working papers.
    """
    if groups not in _ESP2013:
        raise RatesError(
            f"groups={groups!r}: the 2013 European Standard Population is held in "
            f"{', '.join(map(str, _ESP2013))} groups.\nChoose the one whose bands are those of "
            f"the population."
        )
    weights = pd.Series(_ESP2013[groups], name="esp2013").rename_axis("age_band")
    return _between_ages(weights, age_min, age_max)


def who_world_standard(age_min: int = 0, age_max: int | None = None) -> pd.Series:
    """Return the WHO World Standard Population 2000-2025 in 18 bands, 0-4 to 85+.

    Parameters
    ----------
    age_min, age_max
        First and last age in years, both included, as in :func:`esp2013`.

    Returns
    -------
    Series
        Weights in per cent, named ``who_world_standard``, indexed by ``age_band``. The whole
        sums to 100.03, as published after WHO joined its oldest groups into 85+; rates divide
        by the sum.

    References
    ----------
    Ahmad OB and others (2001), Age standardization of rates: a new WHO standard, GPE Discussion
    Paper 31, World Health Organization.
    """
    weights = pd.Series(_WHO_WORLD, name="who_world_standard").rename_axis("age_band")
    return _between_ages(weights, age_min, age_max)


def _between_ages(weights: pd.Series, age_min: int, age_max: int | None) -> pd.Series:
    edges = [_edges(band) for band in weights.index]
    oldest = float("inf") if age_max is None else age_max
    if age_min not in [first for first, _ in edges] or oldest not in [last for _, last in edges]:
        raise RatesError(
            f"ages {age_min} to {'the oldest' if age_max is None else age_max}: not whole age "
            f"bands of {weights.name} ({', '.join(weights.index)}).\nA standard population has "
            f"no weight for a part of a band.\nChoose ages at the edges of the bands."
        )
    kept = [age_min <= first and last <= oldest for first, last in edges]
    if not any(kept):
        raise RatesError(
            f"ages {age_min} to {age_max}: the last age is below the first.\n"
            f"Give age_min and age_max in order, both included."
        )
    return weights[kept]


def _edges(band: str) -> tuple[float, float]:
    if band == "<1":
        return 0, 0
    if band.endswith("+"):
        return int(band[:-1]), float("inf")
    first, last = band.split("-")
    return int(first), int(last)
