"""Dates of the open data: the day of death by published daily shapes, and the registration.

Days follow the published number of deaths of each day (by region for COVID-19) within a month
whose total is exact. Registrations follow delays like those of the demonstration data, cut so
that each death falls on the right side of the two cut-offs of the local-area workbook.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.ingest.published_months import read_daily_deaths
from analysis.ingest.published_weeks import read_daily_covid19
from analysis.synthesis.dealing import deal
from analysis.synthesis.demonstration_certificates import diseases
from analysis.synthesis.demonstration_registration import HOLIDAYS
from analysis.synthesis.margins import COVID, MONTHS, OTHER
from analysis.synthesis.open_files import published
from analysis.vocabulary import ENGLAND_AND_WALES

EARLIER, LATER = np.datetime64("2020-06-06"), np.datetime64("2020-07-11")
DAYS = 31
MAY = 2
NO_END = 3_000
EDGE = 1e-12
# Days to registration of deaths that a doctor certifies, that have a post-mortem, and that wait
# for an inquest: the median, and the standard deviation of the logarithm.
KINDS = np.array([(3.4, 0.55), (11.0, 0.6), (150.0, 0.7)])


def death_dates(
    deaths: pd.DataFrame,
    region: np.ndarray,
    regions: pd.Index,
    folder: str | Path,
    random: np.random.Generator,
) -> np.ndarray:
    """Return the day of each death of March to June 2020.

    Parameters
    ----------
    deaths
        One row per death: ``cause``, ``month``, ``late``.
    region
        Position of the region of each death; -1 for residents of other countries.
    regions
        Codes of the regions, Wales among them.
    folder
        Where the published files are.
    random
        Random numbers.
    """
    daily = read_daily_deaths(published(folder, "monthly"))
    national = daily.pivot_table(index="death_date", columns="covid19", values="numerator")
    by_region = read_daily_covid19(published(folder, "weekly"))
    by_region = by_region.pivot_table(index="death_date", columns="area_code", values="numerator")
    columns = [*regions, ENGLAND_AND_WALES]
    covid = by_region.reindex(national.index)[columns].fillna(0)
    other = (national["all causes"] - national["involving"]).to_numpy()

    weights = np.zeros((2, len(MONTHS), len(columns), DAYS))
    for month, name in enumerate(MONTHS):
        rows = np.flatnonzero(national.index.strftime("%Y-%m") == name)
        weights[COVID, month, :, : len(rows)] = covid.to_numpy()[rows].T
        weights[OTHER, month, :, : len(rows)] = other[rows]
    place = np.where(region < 0, len(regions), region)
    cell = (deaths["cause"].to_numpy(), deaths["month"].to_numpy(), place)
    key = random.random(len(deaths))
    # Of the deaths of May, those of its last days are the likelier to have come late.
    tilted = deaths["late"].to_numpy() & (deaths["month"].to_numpy() == MAY)
    day = deal(
        np.ravel_multi_index(cell, weights.shape[:-1]),
        weights.reshape(-1, DAYS),
        np.where(tilted, key**0.3, key),
    )
    first = np.array(MONTHS, dtype="datetime64[M]").astype("datetime64[D]")
    return first[deaths["month"].to_numpy()] + day


def windows(deaths: pd.DataFrame, died: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last day on which each death of spring can have been registered."""
    late = deaths["late"].to_numpy()
    after = (late | (deaths["month"].to_numpy() > MAY)).astype(bool)
    first = np.where(late, np.maximum(EARLIER + 1, died), died)
    return first, np.where(after, LATER, EARLIER)


def register(
    died: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    disease: np.ndarray,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the registration date of each death and who certified it (0 doctor, 1 coroner).

    Parameters
    ----------
    died
        Day of death.
    first, last
        First and last day on which the death can have been registered.
    disease
        Position of the cause in ``demonstration_certificates.diseases``: how often a coroner
        certifies it and how often with an inquest.
    random
        Random numbers.
    """
    delay, kind = delays(first - died, last - died, disease, random)
    registered = np.clip(died + delay, first, last)
    return _on_a_working_day(registered, first, last), (kind > 0).astype(int)


def delays(
    least: np.ndarray, most: np.ndarray, disease: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return days from death to registration between ``least`` and ``most``, and the kind.

    The kind of a death (a position in ``KINDS``) is drawn by how often its disease comes to a
    coroner and by how likely each kind is to be registered between the two.
    """
    plan = diseases()
    coroner = plan["coroner"].to_numpy()[disease]
    inquest = coroner * plan["inquest"].to_numpy()[disease]
    before = np.stack([1 - coroner, coroner - inquest, inquest], axis=1)
    low, high = _chances(least.astype(int), most.astype(int))
    # Where no kind is likely, the slowest one is left.
    weights = before * (high - low) + 1e-12 * (high > low) + [0, 0, 1e-15]
    ladder = np.cumsum(weights, axis=1)
    drawn = random.random(len(disease)) * ladder[:, -1]
    kind = (drawn[:, None] >= ladder[:, :-1]).sum(axis=1)
    rows = np.arange(len(disease))
    part = low[rows, kind] + random.random(len(disease)) * (high - low)[rows, kind]
    median, spread = KINDS[kind].T
    days = median * np.exp(spread * ndtri(np.minimum(part, 1 - EDGE)))
    return np.floor(np.minimum(days, NO_END)).astype("timedelta64[D]"), kind


def _chances(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of fewer than ``low`` days, and of ``high`` or fewer, for each kind."""
    median, spread = KINDS.T
    with np.errstate(divide="ignore"):
        below = np.log(low.astype(float))[:, None]
        above = np.log(high.astype(float) + 1)[:, None]
    return ndtr((below - np.log(median)) / spread), ndtr((above - np.log(median)) / spread)


def _on_a_working_day(dates: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Move registrations off weekends and holidays, where that keeps them in their window."""
    dates = dates.astype("datetime64[D]")
    forward = np.busday_offset(dates, 0, roll="forward", holidays=HOLIDAYS)
    backward = np.busday_offset(dates, 0, roll="backward", holidays=HOLIDAYS)
    moved = np.where(forward <= last, forward, np.where(backward >= first, backward, dates))
    return moved.astype("datetime64[D]")
