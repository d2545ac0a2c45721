"""Invented residents of the demonstration data: by small area, and by occupation."""

import numpy as np
import pandas as pd

from analysis.standards.soc2010 import soc2010_titles
from analysis.synthesis.demonstration_draws import read_plan, stream, whole
from analysis.vocabulary import AGE_BANDS

LSOAS_OF_THE_COUNTRY = 34_753
WORKING_BANDS = slice(AGE_BANDS.index("20-24"), AGE_BANDS.index("60-64") + 1)

_MIDDLES = np.array([0.5, 3.0, *np.arange(7.5, 90, 5), 93.0])
_OLDER_WHERE_LESS_DEPRIVED = 0.75
_STUDENT_AREAS = 0.025  # share of MSOAs
_SMALLEST_LSOA = 0.55  # of the average one

# Mid-2018 against mid-2019: fewer people, above all old ones, for the page on deprivation.
_YEAR_BEFORE = np.interp(
    _MIDDLES, [0, 30, 60, 70, 75, 80, 100], [1.0, 1, 0.98, 0.99, 0.96, 0.98, 0.97]
)

# How the occupations of the old and of the young differ, by major group (1 to 9), and how many
# have no occupation at each age from 20-24 to 60-64 and of each sex, against the average.
_OLDER_BY_MAJOR_GROUP = np.array([0.25, 0.0, 0.0, 0.1, 0.1, -0.05, -0.45, 0.2, -0.2])
_NONE_BY_AGE = np.array([1.6, 0.8, 0.75, 0.75, 0.75, 0.75, 0.85, 1.2, 1.9])
_NONE_BY_SEX = np.array([1.2, 0.8])


def make_population(areas: pd.DataFrame, seed: int) -> np.ndarray:
    """Return the people of each LSOA: whole numbers, LSOA x sex (F, M) x age band.

    Sex and age add up to England and Wales in mid-2019, as far as the areas reach. Deprived areas
    and London are younger, some areas are full of students, some of the very old.
    """
    random = stream(seed, "population")
    plan = read_plan("ages")
    national = 1000 * plan[["people_F", "people_M"]].to_numpy().T
    weights = _size_of_areas(areas, random)[:, None, None] * national * _lean(areas, random)
    target = national * len(areas) / LSOAS_OF_THE_COUNTRY
    return _round_at_random(weights * (target / weights.sum(axis=0)), random)


def make_population_year_before(population: np.ndarray, seed: int) -> np.ndarray:
    """Return the people of each LSOA a year before, in the shape of ``population``."""
    return _round_at_random(population * _YEAR_BEFORE, stream(seed, "population a year before"))


def make_occupation_population(population: np.ndarray, seed: int) -> np.ndarray:
    """Return the people of each occupation: whole numbers, occupation x sex x age band 20 to 64.

    The rows are those of :func:`plan_occupations`. Each sex and age band adds up to ``population``.
    """
    plan = plan_occupations(seed)
    ages = (np.arange(len(_NONE_BY_AGE)) - 4) / 4
    older = _OLDER_BY_MAJOR_GROUP[plan["soc2010"].str[0].dropna().astype(int) - 1]
    people = np.stack([plan["women"], plan["men"]], axis=1)[:, :, None]
    employed = people[:-1] * np.exp(older[:, None] * ages)[:, None, :]
    none = plan["none"].iloc[-1] * _NONE_BY_SEX[:, None] * _NONE_BY_AGE
    shares = np.concatenate([employed / employed.sum(axis=0) * (1 - none), none[None]])
    totals = population.sum(axis=0)[:, WORKING_BANDS]
    return whole(shares.reshape(len(plan), -1), totals.ravel()).reshape(shares.shape)


def plan_occupations(seed: int) -> pd.DataFrame:
    """Return the plan of occupations, a row per unit group of SOC2010 and one for none at the end.

    Returns
    -------
    DataFrame
        ``soc2010`` (missing in the last row), ``women`` and ``men`` (relative size), ``none``
        (share of the population, last row only), ``risk`` and ``covid_risk`` of death.
    """
    random = stream(seed, "occupations")
    plan = read_plan("occupations").set_index("code")
    none, plan = plan.loc[""], plan.drop(index="")
    units = pd.DataFrame({"soc2010": soc2010_titles().index})
    named = units["soc2010"].isin(plan.index)
    minor = units["soc2010"].str[:3]
    source = units["soc2010"].where(named, minor)

    used = plan.loc[units.loc[named, "soc2010"], "people"].groupby(minor[named].to_numpy()).sum()
    rest = plan["people"] - used.reindex(plan.index).fillna(0)
    share = pd.Series(np.exp(random.normal(0, 0.8, len(units)))).where(~named, 0)
    share = (share / share.groupby(minor).transform("sum")).where(~named, 1)
    people = share * rest.reindex(source).to_numpy()
    women = plan["women"].reindex(source).to_numpy() / 100
    chances = np.exp(random.normal(0, 0.4, len(units)).clip(-1, 1)) * women / (1 - women)
    women = np.where(named, women, chances / (1 + chances))
    return pd.concat(
        [
            units.assign(
                women=people * women,
                men=people * (1 - women),
                risk=plan["risk"].reindex(source).to_numpy(),
                covid_risk=plan["covid_risk"].reindex(source).to_numpy(),
            ),
            pd.DataFrame(
                {
                    "none": [none["people"] / 100],
                    "risk": [none["risk"]],
                    "covid_risk": [none["covid_risk"]],
                }
            ),
        ],
        ignore_index=True,
    )


def _size_of_areas(areas: pd.DataFrame, random: np.random.Generator) -> np.ndarray:
    """Return the people of each LSOA against the average, which is some 1,700."""
    return np.exp(random.normal(0, 0.21, len(areas))).clip(_SMALLEST_LSOA)


def _lean(areas: pd.DataFrame, random: np.random.Generator) -> np.ndarray:
    """Return how each LSOA leans to each sex and age band: LSOA x 1 x age band."""
    plan = read_plan("regions")
    older = (
        plan["older"].to_numpy()[areas["region"]]
        + _OLDER_WHERE_LESS_DEPRIVED * (areas["rank"].to_numpy() - 0.5)
        + random.normal(0, 0.22, areas["lad"].max() + 1)[areas["lad"]]
        + random.normal(0, 0.18, areas["msoa"].max() + 1)[areas["msoa"]]
        + random.normal(0, 0.28, len(areas))
    )
    lean = np.exp(older[:, None] * (_MIDDLES - 40) / 40)
    msoas = areas["msoa"].max() + 1
    students = np.where(random.random(msoas) < _STUDENT_AREAS, random.gamma(3, 2.5, msoas), 0)
    lean[:, AGE_BANDS.index("20-24")] *= 1 + students[areas["msoa"]]
    lean[:, AGE_BANDS.index("15-19")] *= 1 + 0.5 * students[areas["msoa"]]
    very_old = slice(AGE_BANDS.index("85-89"), None)  # where there are care homes
    lean[:, very_old] *= np.exp(random.normal(0, 0.4, (len(areas), 1)))
    return (lean / lean.mean(axis=1, keepdims=True))[:, None, :]


def _round_at_random(amounts: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Round each amount up with the chance of its fraction, so that sums stay about right."""
    return np.floor(amounts + random.random(amounts.shape)).astype(np.int32)
