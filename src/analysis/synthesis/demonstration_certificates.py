"""Invented certificates of the demonstration data: age, cause, conditions, place and occupation.

Frames hold whole numbers, positions in lists of words and codes; the words are put in their place
when the records are written. A position of -1 stands for nothing.
"""

from functools import cache

import numpy as np
import pandas as pd

from analysis.synthesis.demonstration_draws import draw, read_plan, stream
from analysis.synthesis.demonstration_population import WORKING_BANDS, plan_occupations
from analysis.vocabulary import AGE_BANDS, COVID19, PLACES_OF_DEATH

MOST_MENTIONS = 8
COVID_CODES = "U071:19 U072:1"

_FIRST_AGES = np.array([0, 1, *range(5, 91, 5)])
_OLDEST = 108
_DUE_TO = 0.94  # share of the deaths involving COVID-19 that are due to it
# Ages at which the columns of causes.csv, and the rows of places.csv, begin.
_CAUSE_AGES = {"under1": 0, "1": 1, "15": 15, "35": 35, "55": 55, "70": 70, "80": 80, "90": 90}
_PLACE_AGES = (0, 65, 85)
_UNNATURAL = ("external", "infant")  # kinds of cause that do not go with COVID-19
_FEWER_CONDITIONS = {"external": 0.3, "infant": 0.0}
_NO_OCCUPATION = {"15-19": 0.6, "F": 0.2, "M": 0.12}  # at 15-19, and of women and men from 65
_WEAKER_FOR_WOMEN = {"risk": 0.8, "covid_risk": 0.65}  # power of the risk by occupation


def fill_in_causes(deaths: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the deaths with ``age`` in years, ``covid19``, ``disease``, ``underlying``, ``place``.

    ``covid19`` and ``place`` are positions in COVID19 and PLACES_OF_DEATH of the vocabulary,
    ``disease`` in :func:`diseases`, ``underlying`` in :func:`codes` (-1 for the newborn, whose
    deaths have no underlying cause).
    """
    plan = diseases()
    random = stream(seed, "causes")
    due_to, mentioned, none = (COVID19.index(word) for word in COVID19)
    age = _years(deaths["age_band"].to_numpy(), stream(seed, "ages"))
    with_covid = np.where(random.random(len(deaths)) < _DUE_TO, due_to, mentioned)
    covid19 = np.where(deaths["cause"] == 0, none, with_covid)

    column = np.searchsorted(list(_CAUSE_AGES.values()), age, side="right") - 1
    by_age_and_sex = np.stack(
        [plan[list(_CAUSE_AGES)].to_numpy().T * plan[sex].to_numpy() for sex in "FM"], axis=1
    )
    weights = np.stack([by_age_and_sex] * len(COVID19))
    weights[due_to] = (plan["place"] == "covid").to_numpy()
    weights[mentioned] *= ~plan["place"].isin([*_UNNATURAL, "covid"]).to_numpy()
    weights[mentioned, 0] = weights[mentioned, 1]  # none of the causes of infants is left
    weights[none] *= (plan["place"] != "covid").to_numpy()
    group = np.ravel_multi_index((covid19, column, deaths["sex"]), weights.shape[:-1])
    disease = draw(weights.reshape(-1, len(plan)), group, random)

    causes = _code_weights(plan["codes"])
    underlying = np.where(causes.any(axis=1)[disease], _draw_code(causes, disease, random), -1)
    return deaths.assign(
        age=age,
        covid19=covid19,
        disease=disease,
        underlying=underlying,
        place=_places(age, disease, covid19 != none, stream(seed, "places")),
    )


def mention_codes(deaths: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that each certificate mentions, its underlying cause first.

    Returns
    -------
    tuple of ndarrays
        Positions in :func:`codes`, those of all certificates in a row; and where each certificate
        begins in them, with the end of the last. No certificate mentions a code twice, or more
        than ``MOST_MENTIONS``.
    """
    random = stream(seed, "mentions")
    plan, conditions = diseases(), read_plan("conditions")
    disease = deaths["disease"].to_numpy()
    underlying = deaths["underlying"].to_numpy()
    covid19 = deaths["covid19"].to_numpy()
    by_covid = covid19 != COVID19.index("none")
    contributes = covid19 == COVID19.index("mentioned")

    contributory = np.where(contributes, codes().get_loc("U071"), -1)
    also = _code_weights(plan["also"])
    chance = np.where(also.any(axis=1), plan["also_share"], 0)[disease]
    other = _draw_code(np.where(also.any(axis=1)[:, None], also, 1), disease, random)
    other = np.where(random.random(len(deaths)) < chance, other, -1)

    shares = conditions[["under65", "65", "85", "covid"]].to_numpy().T
    row = np.where(by_covid, 3, np.searchsorted(_PLACE_AGES, deaths["age"], side="right") - 1)
    fewer = plan["place"].map(_FEWER_CONDITIONS).fillna(1).to_numpy()[disease]
    has = random.random((len(deaths), len(conditions))) < shares[row] * fewer[:, None]
    condition = np.where(has, codes().get_indexer(conditions["code"]), -1)
    condition[(condition == underlying[:, None]) | (condition == other[:, None])] = -1

    first = np.stack([underlying, contributory, np.where(other == underlying, -1, other)], axis=1)
    all_codes = np.concatenate([first, condition], axis=1).astype(np.int16)
    stands = all_codes >= 0
    stands &= np.cumsum(stands, axis=1) <= MOST_MENTIONS
    return all_codes[stands], np.concatenate([[0], np.cumsum(stands.sum(axis=1))])


def last_occupations(deaths: pd.DataFrame, people: np.ndarray, seed: int) -> np.ndarray:
    """Return the last occupation of each death: a row of ``plan_occupations``, -1 for none given.

    Parameters
    ----------
    people
        People by occupation x sex x age band 20 to 64, as ``make_occupation_population`` gives: an
        occupation without people has no deaths at these ages. The old worked as those of 60 to 64.
    """
    plan = plan_occupations(seed)
    none = len(plan) - 1
    weights = np.empty((2, 2, len(AGE_BANDS), len(plan)))  # COVID-19 or not, sex, age band
    for covid, risk in enumerate(("risk", "covid_risk")):
        powers = (_WEAKER_FOR_WOMEN[risk], 1)
        for sex, (power, key) in enumerate(zip(powers, "FM", strict=True)):
            working = people[:, sex, :].T * plan[risk].to_numpy() ** power
            weights[covid, sex, : WORKING_BANDS.start] = _with_share(
                working[0], none, _NO_OCCUPATION["15-19"]
            )
            weights[covid, sex, WORKING_BANDS] = working
            weights[covid, sex, WORKING_BANDS.stop :] = _with_share(
                working[-1], none, _NO_OCCUPATION[key]
            )
    by_covid = deaths["covid19"].to_numpy() != COVID19.index("none")
    group = np.ravel_multi_index(
        (by_covid.astype(int), deaths["sex"], deaths["age_band"]), weights.shape[:-1]
    )
    drawn = draw(weights.reshape(-1, len(plan)), group, stream(seed, "last occupations"))
    children = deaths["age_band"].to_numpy() < AGE_BANDS.index("15-19")
    return np.where(children | (drawn == none), -1, drawn)


@cache
def diseases() -> pd.DataFrame:
    """Return the plan of causes of death with a last row for COVID-19."""
    covid = {"cause": "COVID-19", "codes": COVID_CODES, "place": "covid"}
    covid |= {"also": "", "also_share": 0.0, "coroner": 0.03, "inquest": 0.1}
    plan = pd.concat([read_plan("causes"), pd.DataFrame([covid])], ignore_index=True)
    return plan.fillna(dict.fromkeys(["F", "M", *_CAUSE_AGES], 0.0))


@cache
def codes() -> pd.Index:
    """Return the ICD-10 codes that the demonstration data use, in order."""
    plan = diseases()
    listed = plan["codes"].str.split().explode(), plan["also"].str.split().explode()
    every = pd.concat([*listed, read_plan("conditions")["code"]]).dropna()
    return pd.Index(sorted(set(every.str.split(":").str[0])))


def _code_weights(lists: pd.Series) -> np.ndarray:
    """Return the weights of lists such as ``C189:4 C20:2``: one row a list, one column a code."""
    pairs = lists.str.split().explode().dropna().str.split(":", expand=True)
    weights = np.zeros((len(lists), len(codes())))
    weights[pairs.index, codes().get_indexer(pairs[0])] = pairs[1].astype(float)
    return weights


def _draw_code(weights: np.ndarray, row: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a code by the weights of each row; rows without any get one that is not to be used."""
    return draw(np.where(weights.any(axis=1)[:, None], weights, 1), row, random)


def _years(age_band: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return ages in whole years: within a band, the dead are more often the older ones."""
    growth = read_plan("ages")["growth"].to_numpy()[age_band]
    width = np.append(np.diff(_FIRST_AGES), 1)[age_band]
    part = random.random(len(age_band))
    steep = np.where(growth == 0, 1, growth)
    into = np.where(growth == 0, part * width, np.log1p(part * np.expm1(steep * width)) / steep)
    oldest = np.minimum(random.exponential(3.3, len(age_band)), _OLDEST - _FIRST_AGES[-1])
    into = np.where(age_band == len(AGE_BANDS) - 1, oldest, into)
    return _FIRST_AGES[age_band] + np.floor(into).astype(int)


def _places(
    age: np.ndarray, disease: np.ndarray, by_covid: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    plan = read_plan("places")
    kinds = list(dict.fromkeys(plan["place"]))  # each with one row for each age, in order
    kind = diseases()["place"].map(kinds.index).to_numpy()[disease]
    kind = np.where(by_covid, kinds.index("covid"), kind)
    step = np.searchsorted(_PLACE_AGES, age, side="right") - 1
    weights = plan[list(PLACES_OF_DEATH)].to_numpy()
    return draw(weights, kind * len(_PLACE_AGES) + step, random)


def _with_share(weights: np.ndarray, none: int, share: float) -> np.ndarray:
    """Give the last choice, no occupation, a fixed share of all."""
    employed = np.delete(weights, none)
    return np.append(employed / employed.sum() * (1 - share), share)
