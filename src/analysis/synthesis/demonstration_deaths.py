"""Invented deaths of the demonstration data: who dies where, with COVID-19 or without, and when.

Chances follow the plans of ages and regions. What a certificate says is in
``demonstration_certificates``.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.synthesis.demonstration_draws import draw, read_plan, stream
from analysis.vocabulary import AGE_BANDS

NEW_YEARS_EVE = np.datetime64("2019-12-31")  # day 0: days of 2020 are counted from 1
DAYS = 366
CAUSES = ("other", "spring", "autumn")  # without COVID-19, and with it in one of the waves

_SPRING_SHAPE = 5  # of the gamma curve of the spring wave: a steep rise and a slow fall
_LATE = (0.03, 150, 244)  # share of the spring wave that is spread over the summer, and its days
_AUTUMN_FROM = 245  # 1 September
_STEEPER_WHERE_DEPRIVED = 1.3  # power of the rank: 1 would be one step in the log of the rate each
_VERY_OLD = AGE_BANDS.index("80-84")

# How much the areas of a kind differ from one another: standard deviation of the logarithm.
_SPREAD = {
    "other": {"lad": 0.05, "msoa": 0.04, "homes": 0.1},
    "spring": {"lad": 0.22, "msoa": 0.15, "homes": 0.7},
    "autumn": {"lad": 0.2, "msoa": 0.15, "homes": 0.5},
}


def make_deaths(areas: pd.DataFrame, population: np.ndarray, seed: int) -> pd.DataFrame:
    """Return one row per death of residents.

    Parameters
    ----------
    areas
        One row per LSOA, as ``make_areas`` gives.
    population
        People by LSOA x sex x age band.

    Returns
    -------
    DataFrame
        Whole numbers counted from 0: ``lsoa``, ``sex`` (F, M), ``age_band``, ``region``, ``cause``
        (position in ``CAUSES``); and ``death_date`` in 2020. A death is only ever in a cell with
        people. The order has no meaning.
    """
    cells = [
        np.repeat(
            np.arange(population.size),
            stream(seed, f"deaths {cause}").poisson(_expected(areas, population, cause, seed)),
        )
        for cause in CAUSES
    ]
    cause = np.repeat(np.arange(len(CAUSES)), [len(cell) for cell in cells])
    lsoa, sex, age_band = np.unravel_index(np.concatenate(cells), population.shape)
    deaths = pd.DataFrame({"lsoa": lsoa, "sex": sex, "age_band": age_band, "cause": cause}).assign(
        region=areas["region"].to_numpy()[lsoa]
    )
    shuffled = deaths.iloc[stream(seed, "order").permutation(len(deaths))].reset_index(drop=True)
    day = _days(shuffled["cause"].to_numpy(), shuffled["region"].to_numpy(), seed)
    return shuffled.assign(death_date=NEW_YEARS_EVE + day)


def _expected(areas: pd.DataFrame, population: np.ndarray, cause: str, seed: int) -> np.ndarray:
    """Return the deaths to expect in each cell, in the order of ``population.ravel()``."""
    random = stream(seed, f"spread {cause}")
    plan = read_plan("ages")
    spread = _SPREAD[cause]
    rate = plan[[f"{cause}_F", f"{cause}_M"]].to_numpy().T / 100_000
    gradient = plan["gradient_other" if cause == "other" else "gradient_covid"].to_numpy()

    lean = random.normal(0, spread["lad"], areas["lad"].max() + 1)[areas["lad"]]
    lean = lean + random.normal(0, spread["msoa"], areas["msoa"].max() + 1)[areas["msoa"]]
    if cause != "other":
        lean = lean + np.log(read_plan("regions")[cause].to_numpy())[areas["region"]]
    deprived = (1 - areas["rank"].to_numpy()) ** _STEEPER_WHERE_DEPRIVED
    by_age = np.exp(lean[:, None] + np.log(gradient) * deprived[:, None])
    by_age[:, _VERY_OLD:] *= np.exp(random.normal(0, spread["homes"], (len(areas), 1)))

    leaning = population * by_age[:, None, :]
    people = population.sum(axis=0)
    total = leaning.sum(axis=0)
    scale = np.divide(rate * people, total, out=np.zeros_like(total), where=total > 0)
    return (leaning * scale).ravel()


def _days(cause: np.ndarray, region: np.ndarray, seed: int) -> np.ndarray:
    """Return the day of 2020 of each death."""
    day = np.empty(len(cause), dtype=np.int64)
    for number, days_of in enumerate((_ordinary_days, _spring_days, _autumn_days)):
        those = cause == number
        day[those] = days_of(region[those], stream(seed, f"days {CAUSES[number]}"))
    return day


def season() -> tuple[np.ndarray, np.ndarray]:
    """Return how many die on each day of a year for one on an average day, without COVID-19.

    Winter is worse than summer; and, as a factor besides, more die in the April of 2020 than the
    certificates explain.
    """
    day = np.arange(1, DAYS + 1)
    winter = 1 + 0.11 * np.cos(2 * np.pi * (day - 10) / DAYS)
    april = 1 + 0.2 * np.exp(-0.5 * ((day - 108) / 14) ** 2)
    return winter, april


def _ordinary_days(region: np.ndarray, random: np.random.Generator) -> np.ndarray:
    winter, april = season()
    return 1 + draw((winter * april)[None], np.zeros_like(region), random)


def _spring_days(region: np.ndarray, random: np.random.Generator) -> np.ndarray:
    plan = read_plan("regions")
    peak, spread = plan.loc[region, ["spring_peak", "spring_spread"]].to_numpy().T
    scale = spread / np.sqrt(_SPRING_SHAPE)
    wave = peak + scale * (random.gamma(_SPRING_SHAPE, size=len(region)) - (_SPRING_SHAPE - 1))
    share, first, last = _LATE
    summer = random.uniform(first, last, len(region))
    day = np.where(random.random(len(region)) < share, summer, wave)
    return np.floor(day.clip(61, last)).astype(np.int64)


def _autumn_days(region: np.ndarray, random: np.random.Generator) -> np.ndarray:
    plan = read_plan("regions")
    peak, spread = plan.loc[region, ["autumn_peak", "autumn_spread"]].to_numpy().T
    low, high = ndtr((_AUTUMN_FROM - peak) / spread), ndtr((DAYS + 1 - peak) / spread)
    day = peak + spread * ndtri(low + (high - low) * random.random(len(region)))
    return np.floor(day.clip(_AUTUMN_FROM, DAYS)).astype(np.int64)
