"""Records and tables of the open data in the project's own layout: words in place of positions."""

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.standards.soc2010 import soc2010_titles
from analysis.synthesis.demonstration_certificates import codes
from analysis.synthesis.demonstration_registration import CERTIFIED_BY
from analysis.synthesis.open_areas import DECILES, STRATA, Areas
from analysis.synthesis.open_population import People
from analysis.vocabulary import (
    AGE_BANDS,
    ENGLAND,
    NON_RESIDENT,
    PLACES_OF_DEATH,
    SEXES,
    WALES,
)

RESIDENCES = (ENGLAND, WALES, NON_RESIDENT)
DECIMALS = 4


def records_table(
    deaths: pd.DataFrame,
    areas: Areas,
    mentions: tuple[np.ndarray, np.ndarray],
    occupation: np.ndarray,
) -> pa.Table:
    """Return the records, one row a registration.

    Parameters
    ----------
    deaths
        One row per death in the order of registration: ``registered``, ``died``, ``sex``, ``age``,
        ``country``, ``lsoa`` (-1 for residents of other countries), ``underlying``, ``place``,
        ``coroner``.
    areas
        Areas in whose order the arrays stand.
    mentions
        Codes of all certificates in a row, and where each begins, as ``mention_codes`` gives.
    occupation
        Position of the last occupation in SOC2010, -1 for none given.
    """
    listed, starts = mentions
    code = pa.array(codes())
    mentioned = pa.DictionaryArray.from_arrays(pa.array(listed), code).cast(pa.string())
    abroad = (deaths["lsoa"] < 0).to_numpy()
    residence = np.where(abroad, RESIDENCES.index(NON_RESIDENT), deaths["country"])
    return pa.table(
        {
            "record_id": pa.array([f"O{number:07d}" for number in range(1, len(deaths) + 1)]),
            "registration_date": pa.array(deaths["registered"].to_numpy("datetime64[D]")),
            "death_date": pa.array(deaths["died"].to_numpy("datetime64[D]")),
            "sex": _words(deaths["sex"], SEXES),
            "age": pa.array(deaths["age"].to_numpy().astype(np.int16)),
            "residence": _words(residence, RESIDENCES),
            "lsoa11cd": _words(deaths["lsoa"], areas.lsoas),
            "icd10_underlying": _words(deaths["underlying"], code),
            "icd10_mentions": pa.ListArray.from_arrays(pa.array(starts, pa.int32()), mentioned),
            "place_of_death": _words(deaths["place"], PLACES_OF_DEATH),
            "soc2010": _words(occupation, soc2010_titles().index),
            "certified_by": _words(deaths["coroner"], CERTIFIED_BY),
        }
    )


def area_population_table(people: People, areas: Areas) -> pa.Table:
    """Return people of mid-2019, a row for each LSOA, sex and age band."""
    lsoa, sex, band = np.indices(people.area.shape).reshape(3, -1)
    return pa.table(
        {
            "lsoa11cd": _words(lsoa, areas.lsoas),
            "sex": _words(sex, SEXES),
            "age_band": _words(band, AGE_BANDS),
            "population": np.round(people.area, DECIMALS).ravel(),
        }
    )


def deprivation_population_table(people: People) -> pa.Table:
    """Return people of mid-2018, a row for each decile of England or quintile of Wales."""
    stratum, sex, band = np.indices((STRATA, len(SEXES), len(AGE_BANDS))).reshape(3, -1)
    welsh = stratum >= DECILES
    return pa.table(
        {
            "imd_decile": pa.array(stratum + 1, pa.int64(), mask=welsh),
            "wimd_quintile": pa.array(stratum - DECILES + 1, pa.int64(), mask=~welsh),
            "sex": _words(sex, SEXES),
            "age_band": _words(band, AGE_BANDS),
            "population": np.round(people.deprivation, DECIMALS).ravel(),
        }
    )


def _words(positions: np.ndarray | pd.Series, words: object) -> pa.DictionaryArray:
    places = np.asarray(positions)
    values = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    indices = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, values)
