"""Invented records of the demonstration data: words and codes in place of positions, and blemishes.

A few records in a thousand are not as they should be, because those of a supplier never are: the
checks and the page on quality have something to find.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.standards.soc2010 import soc2010_titles
from analysis.synthesis.demonstration_certificates import codes
from analysis.synthesis.demonstration_draws import stream
from analysis.synthesis.demonstration_registration import CERTIFIED_BY
from analysis.vocabulary import AGE_BANDS, ENGLAND, NON_RESIDENT, PLACES_OF_DEATH, SEXES, WALES

# Share of the records with each blemish; at least two records have it, none has more than one.
BLEMISHES = {
    "non-resident": 0.001,
    "LSOA unknown": 0.0003,
    "sex not stated": 0.00003,
    "age unknown": 0.00004,
    "place not stated": 0.00005,
    "registered before death": 0.00002,
    "malformed code": 0.00005,
    "delivered twice": 0.00004,
}
MALFORMED = ("C34X9", "1219", "JJ18", "I25I", "U", "99")
RESIDENCES = (ENGLAND, WALES, NON_RESIDENT)

_MULTIPLIER = 0x5DEECE66D  # odd, so that all numbers below 2 ** 40 stay apart
_DIGITS = 10


def make_records(
    deaths: pd.DataFrame,
    areas: pd.DataFrame,
    mentions: tuple[np.ndarray, np.ndarray],
    occupation: np.ndarray,
    seed: int,
) -> pa.Table:
    """Return the records in the project's own layout, blemishes included.

    Parameters
    ----------
    deaths
        One row per death, as ``register_deaths`` gives.
    mentions
        Codes of all certificates in a row, and where each begins, as ``mention_codes`` gives.
    occupation
        Position of the last occupation of each death in SOC2010, -1 for none given.
    """
    blemished = _blemished_rows(len(deaths), stream(seed, "blemishes"))
    coded = deaths["coded"].to_numpy()
    underlying = np.where(coded, deaths["underlying"], -1)
    odd = blemished["malformed code"]
    underlying[odd] = len(codes()) + np.arange(len(odd)) % len(MALFORMED)
    listed, starts = mentions
    code = pa.array([*codes(), *MALFORMED])
    mentioned = pa.DictionaryArray.from_arrays(pa.array(listed), code).cast(pa.string())
    in_wales = (areas["ctry20cd"] == WALES).to_numpy().astype(int)[deaths["lsoa"]]
    abroad, nowhere = blemished["non-resident"], blemished["LSOA unknown"]

    columns = {
        "record_id": _record_ids(len(deaths), seed),
        "registration_date": pa.array(deaths["registration_date"], pa.date32()),
        "death_date": pa.array(_death_dates(deaths, blemished, seed), pa.date32()),
        "sex": _words(_without(deaths["sex"], blemished["sex not stated"]), SEXES),
        "age": _numbers(_without(deaths["age"], blemished["age unknown"])),
        "residence": _words(_without(in_wales, abroad, RESIDENCES.index(NON_RESIDENT)), RESIDENCES),
        "lsoa11cd": _words(
            _without(_without(deaths["lsoa"], abroad), nowhere), areas["lsoa11cd"].to_list()
        ),
        "icd10_underlying": _words(underlying, code),
        "icd10_mentions": pa.ListArray.from_arrays(
            pa.array(starts, pa.int32()), mentioned, mask=pa.array(~coded)
        ),
        "place_of_death": _words(
            _without(deaths["place"], blemished["place not stated"]), PLACES_OF_DEATH
        ),
        "soc2010": _words(occupation, soc2010_titles().index),
        "certified_by": _words(deaths["certified_by"], CERTIFIED_BY),
    }
    once = pa.table(columns)
    return pa.concat_tables([once, once.take(pa.array(blemished["delivered twice"]))])


def area_population_table(population: np.ndarray, areas: pd.DataFrame) -> pa.Table:
    """Return people by LSOA x sex x age band as a table, a row for each."""
    return _population_table("lsoa11cd", areas["lsoa11cd"].to_list(), AGE_BANDS, population)


def occupation_population_table(population: np.ndarray, age_bands: tuple[str, ...]) -> pa.Table:
    """Return people by occupation x sex x age band as a table; a missing occupation is none."""
    rows = [*soc2010_titles().index, None]
    return _population_table("soc2010", rows, age_bands, population)


def _blemished_rows(records: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    rows = random.permutation(records)
    many = [max(2, round(share * records)) for share in BLEMISHES.values()]
    parts = np.split(rows[: sum(many)], np.cumsum(many)[:-1])
    return {name: np.sort(part) for name, part in zip(BLEMISHES, parts, strict=True)}


def _without(values: np.ndarray | pd.Series, rows: np.ndarray, value: int = -1) -> np.ndarray:
    changed = np.array(values)
    changed[rows] = value
    return changed


def _death_dates(deaths: pd.DataFrame, blemished: dict[str, np.ndarray], seed: int) -> np.ndarray:
    """Return the dates of death, some of them days after the registration."""
    dates = deaths["death_date"].to_numpy().astype("datetime64[D]")
    rows = blemished["registered before death"]
    registered = deaths["registration_date"].to_numpy().astype("datetime64[D]")[rows]
    dates[rows] = registered + stream(seed, "wrong dates").integers(1, 20, len(rows))
    return dates


def _record_ids(records: int, seed: int) -> pa.Array:
    """Return identifiers that are all different and say nothing about their record."""
    start = int(stream(seed, "identifiers").integers(2**40))
    number = (np.arange(records, dtype=np.uint64) * np.uint64(_MULTIPLIER) + np.uint64(start)) % (
        np.uint64(2**40)
    )
    digits = number.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 3:].tobytes().hex()
    return pa.array("D" + np.frombuffer(digits.encode(), f"S{_DIGITS}").astype(f"U{_DIGITS}"))


def _words(positions: np.ndarray | pd.Series, words: object) -> pa.DictionaryArray:
    places = np.asarray(positions)
    values = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    indices = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, values)


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.int16), mask=values < 0)


def _population_table(
    name: str, rows: list[str | None], age_bands: tuple[str, ...], population: np.ndarray
) -> pa.Table:
    row, sex, band = np.indices(population.shape).reshape(3, -1)
    words = pa.array([word for word in rows if word is not None])
    known = np.where(np.array([word is None for word in rows])[row], -1, row)
    return pa.table(
        {
            name: _words(known, words),
            "sex": _words(sex, SEXES),
            "age_band": _words(band, age_bands),
            "population": pa.array(population.ravel().astype(np.int32)),
        }
    )
