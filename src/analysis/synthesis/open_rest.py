"""Deaths of the open data outside March to June 2020, from weekly registrations.

There is no table of small areas for these months. What the weekly workbook counts beyond the
deaths of spring is made up of deaths of the months before and after, with its ages, sexes and
regions as shapes, spread over small areas by people and relative risk. No death of March to June
is added that was registered by 11 July: those months are exact already.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.published_weeks import read_weekly
from analysis.synthesis.dealing import deal, pick_within
from analysis.synthesis.demonstration_registration import HOLIDAYS
from analysis.synthesis.margins import COVID, OTHER
from analysis.synthesis.open_areas import Areas, sum_over
from analysis.synthesis.open_dates import LATER, NO_END, delays
from analysis.synthesis.open_files import published
from analysis.vocabulary import AGE_BANDS, SEXES

BEFORE, AFTER = np.datetime64("2020-02-29"), np.datetime64("2020-07-01")
MONTH_OF_SHAPES = 2  # May stands in for the months without a monthly release
WEEK = 7


def weekly_gaps(folder: str | Path, spring: pd.DataFrame, regions: pd.Index) -> dict:
    """Return what weekly registrations count beyond the deaths of spring.

    Parameters
    ----------
    folder
        Where the published files are.
    spring
        Deaths of March to June: ``cause``, ``registered``.
    regions
        Codes of the regions, Wales among them.

    Returns
    -------
    dict
        ``ended`` (Fridays), ``published`` and ``spring`` (cause x week), ``missing`` (cause x
        week, none below 0), ``ages`` (cause x week x sex and age band) and ``regions`` (cause x
        week x region), the last two as shapes.
    """
    series = [
        read_weekly(published(folder, "weekly"), name)
        for name in ("covid19 registrations", "registrations")
    ]
    ended = np.sort(series[0]["week_ended"].unique()).astype("datetime64[D]")
    ages = np.stack([_by(frame, ["sex", "age_band"], _cells()) for frame in series])
    areas = np.stack([_by(frame, ["area_code"], regions) for frame in series])
    ages, areas = (np.stack([part[COVID], part[OTHER] - part[COVID]]) for part in (ages, areas))
    week = np.searchsorted(ended, spring["registered"].to_numpy().astype("datetime64[D]"))
    counted = np.stack(
        [np.bincount(week[spring["cause"] == cause], minlength=len(ended))[: len(ended)]
         for cause in (COVID, OTHER)]
    )  # fmt: skip
    totals = areas.sum(axis=2)
    missing = np.maximum(totals - counted, 0)
    # Deaths involving COVID-19 are not moved before March: the first wave is in the spring.
    missing[COVID, ended < AFTER] = 0
    return {
        "ended": ended,
        "published": totals,
        "spring": counted,
        "missing": missing.astype(np.int64),
        "ages": np.maximum(ages, 0),
        "regions": np.maximum(areas, 0),
    }


def make_rest(
    gaps: dict,
    people: np.ndarray,
    risks: np.ndarray,
    areas: Areas,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Return the deaths outside March to June, without dates of death.

    Parameters
    ----------
    gaps
        As :func:`weekly_gaps` gives.
    people, risks
        People by LSOA x sex x age band, and relative risks by stratum.
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers.

    Returns
    -------
    DataFrame
        One row per death: ``cause``, ``month`` (whose shapes it follows), ``sex``, ``age_band``,
        ``lsoa``, ``group``, ``late`` (false) and ``registered``.
    """
    cell = np.repeat(np.arange(gaps["missing"].size), gaps["missing"].ravel())
    cause, week = np.divmod(cell, gaps["missing"].shape[1])
    column = deal(cell, gaps["ages"].reshape(-1, gaps["ages"].shape[-1]), random.random(len(cell)))
    at_risk = (people * risks[areas.lsoa_stratum]).reshape(len(people), -1)
    region_of_lsoa = areas.authority_region[areas.lsoa_authority]
    region = _regions(
        gaps, cell, column, sum_over(at_risk, region_of_lsoa, len(areas.regions)), random
    )
    lsoa = pick_within(region_of_lsoa, at_risk, region, column, random)
    sex, age_band = np.divmod(column, len(AGE_BANDS))
    return pd.DataFrame(
        {
            "cause": cause,
            "month": MONTH_OF_SHAPES,
            "sex": sex,
            "age_band": age_band,
            "lsoa": lsoa,
            "group": areas.lsoa_group[lsoa],
            "late": False,
            "registered": _days_of_week(gaps["ended"][week], random),
        }
    )  # fmt: skip


def death_dates_before(
    registered: np.ndarray, disease: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the day of death of each registration, and who certified it (0 doctor, 1 coroner).

    A death registered by 11 July happened before March or after June.
    """
    zero = np.zeros(len(registered), dtype=int)
    no_end = np.full(len(registered), NO_END)
    since = (registered - AFTER).astype(int)
    until = (registered - BEFORE).astype(int)
    recent, kind = delays(
        zero, np.where(registered > LATER, no_end, np.maximum(since, 0)), disease, random
    )
    older, kind_older = delays(np.maximum(until, 0), no_end, disease, random)
    # Early in July few of the deaths since June are registered yet: as many as a week's delay lets.
    chance = np.clip((since + 1) / WEEK, 0, 1) * 0.97
    is_recent = (registered > LATER) | (random.random(len(registered)) < chance)
    delay = np.where(is_recent, recent, older)
    return registered - delay, (np.where(is_recent, kind, kind_older) > 0).astype(int)


def _regions(
    gaps: dict, cell: np.ndarray, column: np.ndarray, at_risk: np.ndarray, random
) -> np.ndarray:
    """Return the region of each death: by its week, and by how many of its age live there."""
    weekly = gaps["regions"].reshape(-1, gaps["regions"].shape[-1])
    lean = weekly / at_risk.sum(axis=1)
    weights = lean[:, None, :] * at_risk.T[None]
    pair = np.ravel_multi_index((cell, column), weights.shape[:2])
    return deal(pair, weights.reshape(-1, weights.shape[-1]), random.random(len(cell)))


def _days_of_week(ended: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return a working day of the week that ended on each Friday."""
    day = ended - random.integers(0, 5, len(ended)).astype("timedelta64[D]")
    back = np.busday_offset(day, 0, roll="backward", holidays=HOLIDAYS)
    forward = np.busday_offset(day, 0, roll="forward", holidays=HOLIDAYS)
    return np.where(back > ended - WEEK, back, np.where(forward <= ended, forward, day))


def _cells() -> pd.MultiIndex:
    return pd.MultiIndex.from_product([SEXES, AGE_BANDS])


def _by(frame: pd.DataFrame, keys: list[str], wanted: pd.Index) -> np.ndarray:
    """Return week x cell of a weekly series."""
    table = frame.pivot_table(index="week_ended", columns=keys, values="numerator")
    return table[list(wanted)].to_numpy()
