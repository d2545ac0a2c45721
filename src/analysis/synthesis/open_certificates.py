"""Certificates of the open data: age in years, due to COVID-19 or not, cause, place, occupation.

Shares of deaths due to COVID-19 and places of death follow the monthly release. Other underlying
causes, what else the certificate mentions, and the last occupation are invented as in the
demonstration data: plausible for the age and sex, and no more.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.published_months import read_deaths_by_place
from analysis.synthesis.dealing import deal
from analysis.synthesis.demonstration_certificates import codes, diseases
from analysis.synthesis.demonstration_draws import draw, read_plan
from analysis.synthesis.margins import COVID, MONTHS
from analysis.synthesis.open_files import published
from analysis.vocabulary import AGE_BANDS, COVID19, ENGLAND_AND_WALES, PLACES_OF_DEATH, SEXES

DUE, MENTIONED, NONE = (COVID19.index(word) for word in COVID19)
OLDEST = 108
FIRST_AGES = np.array([0, 1, *range(5, 91, 5)])
# Ages at which the columns of the plan of causes begin, and those of Table 10.
CAUSE_AGES = {"under1": 0, "1": 1, "15": 15, "35": 35, "55": 55, "70": 70, "80": 80, "90": 90}
PLACE_AGES = ["Under 65", *AGE_BANDS[14:]]
NOT_WITH_COVID = ("external", "infant", "covid")


def fill_in(
    deaths: pd.DataFrame, due: np.ndarray, folder: str | Path, random: np.random.Generator
) -> pd.DataFrame:
    """Return the deaths with ``age``, ``covid19``, ``disease``, ``underlying`` and ``place``.

    Parameters
    ----------
    deaths
        One row per death: ``cause``, ``sex``, ``age_band``, ``month`` (0 March to 3 June),
        ``country`` (0 England, 1 Wales).
    due
        Share of the deaths involving COVID-19 that are due to it: country x sex x age band x month.
    folder
        Where the published files are.
    random
        Random numbers.

    Returns
    -------
    DataFrame
        ``covid19`` and ``place`` are positions in the vocabulary, ``disease`` in
        ``demonstration_certificates.diseases`` and ``underlying`` in its ``codes``, where -1
        stands for no underlying cause (deaths under 28 days).
    """
    covid19 = _due_or_mentioned(deaths, due, random)
    age = _years(deaths, random)
    disease = _diseases(deaths["sex"].to_numpy(), age, covid19, random)
    underlying = _underlying(disease, random)
    place = _places(deaths, covid19, folder, random)
    return deaths.assign(
        age=age, covid19=covid19, disease=disease, underlying=underlying, place=place
    )


def _due_or_mentioned(
    deaths: pd.DataFrame, due: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    columns = [deaths[name].to_numpy() for name in ("country", "sex", "age_band", "month")]
    covid = (deaths["cause"] == COVID).to_numpy()
    cell = np.ravel_multi_index([column[covid] for column in columns], due.shape)
    weights = np.stack([due.ravel(), 1 - due.ravel()], axis=1)
    dealt = deal(cell, weights, random.random(covid.sum()))
    covid19 = np.full(len(deaths), NONE)
    covid19[covid] = np.where(dealt == 0, DUE, MENTIONED)
    return covid19


def _years(deaths: pd.DataFrame, random: np.random.Generator) -> np.ndarray:
    """Return ages in whole years: within a band the dead are more often the older ones."""
    growth = read_plan("ages")["growth"].to_numpy()
    age = np.arange(OLDEST + 1)
    band = np.searchsorted(FIRST_AGES, age, side="right") - 1
    into = age - FIRST_AGES[band]
    likely = np.exp(np.where(band == len(AGE_BANDS) - 1, -0.3, growth[band]) * into)
    weights = np.where(band == np.arange(len(AGE_BANDS))[:, None], likely, 0.0)
    cell = deaths["sex"].to_numpy() * len(AGE_BANDS) + deaths["age_band"].to_numpy()
    return deal(cell, np.tile(weights, (len(SEXES), 1)), random.random(len(deaths)))


def _diseases(
    sex: np.ndarray, age: np.ndarray, covid19: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    plan = diseases()
    natural = ~plan["place"].isin(NOT_WITH_COVID).to_numpy()
    covid = (plan["place"] == "covid").to_numpy()
    by_age = plan[list(CAUSE_AGES)].to_numpy().T
    weights = np.stack([by_age * plan[letter].to_numpy() for letter in SEXES], axis=1)
    weights = np.stack([weights] * len(COVID19))
    weights[DUE] = covid
    weights[MENTIONED] *= natural
    weights[MENTIONED, 0] = weights[MENTIONED, 1]  # none of the causes of infants is left
    weights[NONE] *= ~covid
    column = np.searchsorted(list(CAUSE_AGES.values()), age, side="right") - 1
    group = np.ravel_multi_index((covid19, column, sex), weights.shape[:-1])
    return draw(weights.reshape(-1, len(plan)), group, random)


def _underlying(disease: np.ndarray, random: np.random.Generator) -> np.ndarray:
    pairs = diseases()["codes"].str.split().explode().dropna().str.split(":", expand=True)
    weights = np.zeros((len(diseases()), len(codes())))
    weights[pairs.index, codes().get_indexer(pairs[0])] = pairs[1].astype(float)
    without = ~weights.any(axis=1)
    weights[without] = 1
    return np.where(without[disease], -1, draw(weights, disease, random))


def _places(
    deaths: pd.DataFrame, covid19: np.ndarray, folder: str | Path, random: np.random.Generator
) -> np.ndarray:
    """Return places of death as Table 10 has them for England and Wales, by sex, age and month."""
    table = read_deaths_by_place(published(folder, "monthly"))
    table = table[table["ctry20cd"] == ENGLAND_AND_WALES]
    wanted = pd.MultiIndex.from_product(
        [["all causes", "due to"], SEXES, PLACE_AGES, MONTHS, PLACES_OF_DEATH]
    )
    keys = ["covid19", "sex", "age", "month", "place_of_death"]
    counts = table.set_index(keys)["numerator"].loc[wanted].to_numpy(dtype=float)
    counts = counts.reshape(2, len(SEXES), len(PLACE_AGES), len(MONTHS), len(PLACES_OF_DEATH))
    weights = np.stack([counts[0] - counts[1], counts[1]])
    age = np.maximum(deaths["age_band"].to_numpy() - (len(AGE_BANDS) - len(PLACE_AGES)), 0)
    cell = (covid19 == DUE).astype(int), deaths["sex"].to_numpy(), age, deaths["month"].to_numpy()
    return deal(
        np.ravel_multi_index(cell, weights.shape[:-1]),
        weights.reshape(-1, len(PLACES_OF_DEATH)),
        random.random(len(deaths)),
    )
