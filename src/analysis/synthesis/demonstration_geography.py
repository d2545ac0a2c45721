"""Invented geography of the demonstration data: LSOAs in MSOAs in local authorities in regions.

Regions and their numbers of areas are real. Everything below a region is invented: the codes lie in
ranges that ONS does not use (E01900001, E02900001, E07900001 ...), and so do the names.
"""

import numpy as np
import pandas as pd

from analysis.standards.regions import region_names
from analysis.synthesis.demonstration_draws import read_plan, stream
from analysis.vocabulary import ENGLAND, WALES

LOOKUP = [
    "lsoa11cd", "msoa11cd", "msoa11nm", "lad20cd", "lad20nm", "rgn20cd", "rgn20nm",
    "ctry20cd", "ctry20nm", "imd_decile", "wimd_quintile",
]  # fmt: skip
LONDON = "E12000007"

# Spread of deprivation between the areas of one kind in the area that holds them, in standard
# deviations of the country: about what IMD 2019 shows.
SPREAD = {"lad": 0.45, "msoa": 0.6, "lsoa": 0.49}


def make_areas(size: float, seed: int) -> pd.DataFrame:
    """Return the areas of the demonstration data.

    Parameters
    ----------
    size
        Share of the areas of England and Wales to make, 0.005 to 1. At 1 there are exactly 34,753
        LSOAs, 7,201 MSOAs and 336 local authorities; below, each region keeps at least two local
        authorities and four MSOAs.

    Returns
    -------
    DataFrame
        One row per LSOA, in the order of its code: the columns of ``LOOKUP`` and, counted from 0,
        the ``region``, ``lad`` and ``msoa`` that the LSOA lies in, and ``rank``, the share of the
        LSOAs of its country that are more deprived (0 for the most deprived).
    """
    random = stream(seed, "geography")
    regions = read_plan("regions")
    lads = _scaled(regions["lads"], size, at_least=2)
    msoas = _scaled(regions["msoas"], size, at_least=4)
    lsoas = _scaled(regions["lsoas"], size, at_least=3 * msoas)

    region_of_lad = np.repeat(np.arange(len(regions)), lads)
    lad_of_msoa = _deal(lads, msoas, 1, np.exp(random.normal(0, 0.6, lads.sum())), random)
    msoa_of_lsoa = _deal(msoas, lsoas, 3, np.ones(msoas.sum()), random)
    lad = lad_of_msoa[msoa_of_lsoa]
    region = region_of_lad[lad]

    score = (
        regions["deprived"].to_numpy()[region]
        + random.normal(0, SPREAD["lad"], lads.sum())[lad]
        + random.normal(0, SPREAD["msoa"], msoas.sum())[msoa_of_lsoa]
        + random.normal(0, SPREAD["lsoa"], lsoas.sum())
    )
    in_wales = (regions["rgn20cd"] == WALES).to_numpy()
    areas = pd.DataFrame({"region": region, "lad": lad, "msoa": msoa_of_lsoa})
    return _with_names(areas, regions, random).assign(
        **_with_deprivation(score, in_wales[region]),
    )


def _with_names(
    areas: pd.DataFrame, regions: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    codes = regions["rgn20cd"].to_numpy()
    lad_region = codes[areas.groupby("lad")["region"].first()]
    msoa_region = codes[areas.groupby("msoa")["region"].first()]
    lsoa_region = codes[areas["region"]]
    kinds = np.where(lad_region == WALES, "W06", np.where(lad_region == LONDON, "E09", "E07"))
    lad_names = _place_names(lad_region == WALES, random)
    lad_of_msoa = areas.groupby("msoa")["lad"].first().to_numpy()
    within = pd.Series(lad_of_msoa).groupby(lad_of_msoa).cumcount() + 1
    msoa_names = np.array(
        [f"{lad_names[lad]} {number:03d}" for lad, number in zip(lad_of_msoa, within, strict=True)]
    )
    return areas.assign(
        lsoa11cd=_codes(np.where(lsoa_region == WALES, "W01", "E01")),
        msoa11cd=_codes(np.where(msoa_region == WALES, "W02", "E02"))[areas["msoa"]],
        msoa11nm=msoa_names[areas["msoa"]],
        lad20cd=_codes(kinds)[areas["lad"]],
        lad20nm=lad_names[areas["lad"]],
        rgn20cd=lsoa_region,
        rgn20nm=pd.Series(lsoa_region).map(region_names()),
        ctry20cd=np.where(lsoa_region == WALES, WALES, ENGLAND),
        ctry20nm=np.where(lsoa_region == WALES, "Wales", "England"),
    )


def _with_deprivation(score: np.ndarray, in_wales: np.ndarray) -> dict[str, object]:
    """Rank the LSOAs of each country: deciles in England, quintiles in Wales, 1 most deprived."""
    scores = pd.Series(-score).groupby(in_wales)
    rank = (scores.rank(method="first") - 1) / scores.transform("size")
    return {
        "rank": rank,
        "imd_decile": np.floor(rank * 10 + 1).astype("Int8").mask(in_wales),
        "wimd_quintile": np.floor(rank * 5 + 1).astype("Int8").mask(~in_wales),
    }


def _place_names(welsh: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return a name for each local authority, no two the same."""
    syllables = read_plan("names").set_index("country").map(str.split)
    names = np.empty(len(welsh), dtype=object)
    for country, these in (("England", ~welsh), ("Wales", welsh)):
        beginnings, endings = syllables.loc[country]
        every = np.add.outer(np.array(beginnings, object), np.array(endings, object)).ravel()
        names[these] = random.permutation(every)[: these.sum()]
    return names


def _codes(kinds: np.ndarray) -> np.ndarray:
    """Number the areas of each kind from 900,001 on, where ONS has no codes."""
    number = pd.Series(kinds).groupby(kinds).cumcount() + 900_001
    return (pd.Series(kinds) + number.astype(str)).to_numpy()


def _scaled(numbers: pd.Series, size: float, at_least: int | np.ndarray) -> np.ndarray:
    return np.maximum(np.rint(numbers.to_numpy() * size), at_least).astype(int)


def _deal(
    parents: np.ndarray, children: np.ndarray, at_least: int, weights: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Return the parent of each child, region by region, each parent with some at the least."""
    starts = np.cumsum(parents) - parents
    dealt = [
        np.concatenate(
            [
                np.repeat(np.arange(start, start + many), at_least),
                random.choice(
                    np.arange(start, start + many),
                    total - at_least * many,
                    p=weights[start : start + many] / weights[start : start + many].sum(),
                ),
            ]
        )
        for start, many, total in zip(starts, parents, children, strict=True)
    ]
    return np.sort(np.concatenate(dealt))
