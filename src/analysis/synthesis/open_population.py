"""People at risk of the open data: real estimates, split where none was published.

Mid-2019 estimates by LSOA are published for both sexes together; the split by sex is taken from
the mid-2020 estimates of the MSOA and of the deprivation decile, and then made to agree with the
mid-2019 estimates of the local authority by sex and single year of age. ONS rated deprivation on
mid-2018, for which no decile table exists: mid-2019 is taken back by a year with the growth of
each decile, sex and age.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.estimates import (
    read_authority_estimates,
    read_decile_estimates,
    read_decile_history,
    read_lsoa_estimates,
    read_msoa_estimates,
    read_national_estimates,
)
from analysis.synthesis.open_areas import DECILES, STRATA, Areas, sum_over
from analysis.synthesis.open_files import published
from analysis.vocabulary import ENGLAND, SEXES, WALES

BAND_STARTS = (0, 1, *range(5, 91, 5))
BAND_OF_AGE = np.searchsorted(BAND_STARTS, np.arange(91), side="right") - 1
LEAST_GAP = 1e-6


@dataclass(frozen=True)
class People:
    """People of the open data.

    Parameters
    ----------
    area
        Mid-2019: LSOA x sex (F, M) x age band.
    deprivation
        Mid-2018: stratum x sex x age band.
    """

    area: np.ndarray
    deprivation: np.ndarray


def estimate_people(folder: str | Path, areas: Areas) -> People:
    """Return people by LSOA in mid-2019 and by deprivation in mid-2018.

    Parameters
    ----------
    folder
        Where the published files are.
    areas
        Areas of the lookup.

    Raises
    ------
    InputError
        A published file is missing or not as listed.
    """
    both_2019 = _of_lsoas(folder, "lsoa mid-2019", areas)
    both_2020 = _of_lsoas(folder, "lsoa mid-2020", areas)
    by_age = _split_by_sex(folder, areas, both_2019, both_2020)
    bands = to_bands(by_age)
    return People(area=bands, deprivation=_year_before(folder, areas, by_age))


def to_bands(by_age: np.ndarray) -> np.ndarray:
    """Return sums over single years 0 to 90 of the last axis: the 20 age bands."""
    return np.add.reduceat(by_age, BAND_STARTS, axis=-1)


def _of_lsoas(folder: str | Path, name: str, areas: Areas) -> np.ndarray:
    return read_lsoa_estimates(published(folder, name)).loc[areas.lsoas].to_numpy()


def _split_by_sex(
    folder: str | Path, areas: Areas, both_2019: np.ndarray, both_2020: np.ndarray
) -> np.ndarray:
    """Return LSOA x sex x single year, mid-2019."""
    authorities = read_authority_estimates(published(folder, "authorities"))
    totals = np.stack([authorities.loc[sex].loc[areas.authorities].to_numpy() for sex in SEXES], 1)
    share = _share_of_women(folder, areas, both_2020)
    split = np.stack([both_2019 * share, both_2019 * (1 - share)], axis=1)
    for _ in range(100):
        sums = sum_over(split, areas.lsoa_authority, len(areas.authorities))
        if np.abs(sums - totals).max() < LEAST_GAP:
            break
        split = split * _ratio(totals, sums)[areas.lsoa_authority]
        split = split * _ratio(both_2019, split.sum(axis=1))[:, None]
    return split


def _share_of_women(folder: str | Path, areas: Areas, both_2020: np.ndarray) -> np.ndarray:
    """Return the share of women in each LSOA and year of age, as the mid-2020 estimates have it.

    The MSOA gives the share; factors for each decile and age band make the shares agree with the
    published table of deciles, which differ in a way that MSOAs blur (more old men where less
    deprived).
    """
    estimates = read_msoa_estimates(
        published(folder, "msoa females"), published(folder, "msoa males")
    )
    # A half is added so that a sex without anyone at an age can still be scaled a year earlier.
    people = [
        (estimates.loc[sex].loc[areas.msoas].to_numpy() + 0.5)[areas.lsoa_msoa] for sex in SEXES
    ]
    decile = _welsh_deciles_apart(folder, areas)
    published_2020 = _decile_estimates(folder)
    factors = np.ones_like(published_2020)
    for _ in range(8):
        women, men = (
            people[sex] * factors[sex][decile][:, BAND_OF_AGE] for sex in range(len(SEXES))
        )
        share = women / (women + men)
        sums = to_bands(sum_over(both_2020 * share, decile, 2 * DECILES))
        sums = np.stack([sums, published_2020.sum(axis=0) - sums])
        factors = factors * published_2020 / sums
    return share


def _decile_estimates(folder: str | Path) -> np.ndarray:
    """Return sex x (10 deciles of England, 10 of Wales) x age band, mid-2020."""
    frame = read_decile_estimates(published(folder, "deciles mid-2020")).sort_index()
    return np.stack(
        [
            np.concatenate([to_bands(frame.loc[(country, sex)].to_numpy())
                            for country in (ENGLAND, WALES)])
            for sex in SEXES
        ]
    )  # fmt: skip


def _welsh_deciles_apart(folder: str | Path, areas: Areas) -> np.ndarray:
    """Return the decile of each LSOA, 0 to 9 in England and 10 to 19 in Wales."""
    welsh = pd.read_csv(published(folder, "wimd"), usecols=["lsoa11cd", "IMD_decile"])
    decile = areas.lookup["lsoa11cd"].map(welsh.set_index("lsoa11cd")["IMD_decile"]) + DECILES
    return (areas.lookup["imd_decile"].fillna(decile).astype(int) - 1).to_numpy()


def _year_before(folder: str | Path, areas: Areas, by_age: np.ndarray) -> np.ndarray:
    """Return stratum x sex x age band, mid-2018.

    No estimate of 2018 by Welsh quintile was found: each is taken to have changed against Wales
    as the two English deciles of the same rank changed against England.
    """
    history = read_decile_history(published(folder, "decile history"))
    before, after = (
        np.stack([history.loc[(year, sex)].to_numpy() for sex in SEXES], axis=1)
        for year in (2018, 2019)
    )  # decile x sex x age, in deciles of 2015
    now = sum_over(by_age, areas.lsoa_stratum, STRATA)
    england_2018 = to_bands(before.sum(axis=0))
    england = to_bands(now[:DECILES] * _ratio(before, after))
    england = england * _ratio(england_2018, england.sum(axis=0))

    in_pairs = [to_bands(year[0::2] + year[1::2]) for year in (before, after)]
    change = _ratio(*in_pairs) / _ratio(in_pairs[0].sum(axis=0), in_pairs[1].sum(axis=0))
    national = read_national_estimates(published(folder, "national estimates"))
    national_2018 = np.stack([national.loc[(2018, sex)].to_numpy() for sex in SEXES])
    wales = to_bands(now[DECILES:]) * change
    wales = wales * _ratio(national_2018 - england_2018, wales.sum(axis=0))
    return np.concatenate([england, wales])


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.ones_like(below), where=below > 0)
