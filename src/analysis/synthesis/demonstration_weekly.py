"""Invented weekly registrations of the ten years before the demonstration data.

They lead up to the deaths of 2020 without COVID-19: by region, sex and age they grow towards them
year by year, with the same season, offices that close on holidays, and winters that differ.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.standards.holidays import bank_holidays
from analysis.standards.weekly_ages import weekly_age
from analysis.standards.weeks import week_code
from analysis.synthesis.demonstration_deaths import season
from analysis.synthesis.demonstration_draws import read_plan, stream
from analysis.vocabulary import (
    AGE_BANDS,
    ALL_AGES,
    ENGLAND_AND_WALES,
    PERSONS,
    SEXES,
    WEEKLY_AGES,
)

FIRST, LAST = date(2010, 1, 2), date(2020, 1, 3)  # weeks 1 of 2010 and 2020: Saturday, Friday
_BEFORE = 200  # days before the first, whose deaths are registered in the first weeks

# Growth a year, and how much a bad winter tells, by age group.
_GROWTH = np.array([-0.02, -0.015, 0.0, 0.002, 0.008, 0.003, 0.014])
_WINTER = np.array([0.2, 0.2, 0.2, 0.4, 0.8, 1.0, 1.3])
_HEIGHT, _WIDTH = 0.09, (10, 22)  # of a winter's excess: mean share of deaths; days, either side
_SPREAD = 0.012  # of weeks about what is expected, on the log scale
_ELSEWHERE = 0.0012  # share of deaths of people from other countries or of unknown age


def make_weekly_history(deaths: pd.DataFrame, seed: int) -> pa.Table:
    """Return weekly registrations of 2010 to 2019 in the margins of ONS's weekly releases.

    Parameters
    ----------
    deaths
        Deaths registered in 2020, as ``register_deaths`` gives: ``region sex age_band cause
        death_date registration_date``.

    Returns
    -------
    pyarrow.Table
        Columns of ``ingest.weekly_history``; ``average`` is missing.
    """
    random = stream(seed, "weekly history")
    days = pd.date_range(FIRST - timedelta(_BEFORE), LAST)
    daily = _level(deaths)[..., None] * _shape(days, random)
    registered = _registered(daily, days, deaths)
    code = [week_code(day.date()) for day in days]
    weeks = sorted({week_code(day.date()) for day in days[_BEFORE:]} - {week_code(LAST)})
    position = pd.Index(weeks).get_indexer(code)
    summed = np.zeros((*registered.shape[:-1], len(weeks)))
    np.add.at(summed, (..., position[position >= 0]), registered[..., position >= 0])
    noise = np.exp(_SPREAD * random.standard_normal(len(weeks)))
    return _margins(random.poisson(summed * noise), weeks, random)


def _level(deaths: pd.DataFrame) -> np.ndarray:
    """Deaths without COVID-19 of a day of 2020, by region, sex and age group, season apart."""
    ordinary = deaths[deaths["cause"] == 0]
    groups = [WEEKLY_AGES.index(weekly_age(band)) for band in AGE_BANDS]
    level = np.zeros((len(read_plan("regions")), len(SEXES), len(WEEKLY_AGES)))
    age = np.array(groups)[ordinary["age_band"]]
    np.add.at(level, (ordinary["region"], ordinary["sex"], age), 1)
    winter, april = season()
    return level / (winter * april).sum()


def _shape(days: pd.DatetimeIndex, random: np.random.Generator) -> np.ndarray:
    """Trend, season and winters, by age group and day."""
    winter, _ = season()
    years = ((days - pd.Timestamp(2020, 7, 1)) / pd.Timedelta(days=365.25)).to_numpy()
    trend = np.exp(_GROWTH[:, None] * years)
    bad = np.zeros(len(days))
    for year in range(2010, 2020):
        height, width = random.exponential(_HEIGHT), random.uniform(*_WIDTH)
        peak = pd.Timestamp(year, 1, 15) + pd.Timedelta(days=random.normal(0, 15))
        bad += height * np.exp(-0.5 * ((days - peak) / pd.Timedelta(days=width)).to_numpy() ** 2)
    return trend * winter[days.day_of_year - 1] * (1 + _WINTER[:, None] * bad)


def _registered(daily: np.ndarray, days: pd.DatetimeIndex, deaths: pd.DataFrame) -> np.ndarray:
    """Move deaths to the day of registration: by the delays of 2020, to a working day."""
    taken = (deaths["registration_date"] - deaths["death_date"]).dt.days
    share = np.bincount(taken.clip(0, _BEFORE)) / len(taken)
    later = sum(
        part
        * np.concatenate([np.zeros((*daily.shape[:-1], lag)), daily[..., : len(days) - lag]], -1)
        for lag, part in enumerate(share)
        if part > 0
    )
    closed = [day for year in range(days[0].year, LAST.year + 1) for day in bank_holidays(year)]
    dates = days.to_numpy().astype("datetime64[D]")
    opened = np.busday_offset(dates, 0, roll="forward", holidays=np.array(closed, "datetime64[D]"))
    moved = np.zeros_like(later)
    place = np.minimum((opened - dates[0]).astype(int), len(days) - 1)
    np.add.at(moved, (..., place), later)
    return moved


def _margins(counts: np.ndarray, weeks: list[str], random: np.random.Generator) -> pa.Table:
    by_sex_and_age = counts.sum(axis=0)
    by_age = by_sex_and_age.sum(axis=0)
    by_region = counts.sum(axis=(1, 2))
    total = by_region.sum(axis=0)
    total = total + random.poisson(total * _ELSEWHERE)
    whole = [
        (ENGLAND_AND_WALES, PERSONS, ALL_AGES, total),
        *((ENGLAND_AND_WALES, PERSONS, WEEKLY_AGES[a], row) for a, row in enumerate(by_age)),
    ]
    sexes = [
        (ENGLAND_AND_WALES, SEXES[s], WEEKLY_AGES[a], by_sex_and_age[s, a])
        for s in range(len(SEXES))
        for a in range(len(WEEKLY_AGES))
    ]
    codes = read_plan("regions")["rgn20cd"]
    regions = [(codes[r], PERSONS, ALL_AGES, row) for r, row in enumerate(by_region)]
    cells = [*whole, *sexes, *regions]
    size = len(weeks)
    columns = {
        "week": weeks * len(cells),
        **{
            name: [cell[turn] for cell in cells for _ in range(size)]
            for turn, name in enumerate(("area_code", "sex", "age_group"))
        },
        "numerator": pa.array(np.concatenate([cell[3] for cell in cells]), pa.int64()),
        "average": pa.nulls(size * len(cells), pa.float64()),
    }
    return pa.table(columns)
