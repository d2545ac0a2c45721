"""The areas of the open data as whole numbers: what belongs to what, for arrays.

A *group* is the part of an MSOA that lies in one deprivation decile of England or one quintile of
Wales; a *block* is the part of a local authority that does. Deciles and quintiles together are
*strata*: 0 to 9 are the deciles of England, 10 to 14 the quintiles of Wales.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.vocabulary import WALES

STRATA = 15
DECILES = 10


@dataclass(frozen=True)
class Areas:
    """Codes of each level of area, and which area each smaller one lies in.

    Parameters
    ----------
    lookup
        One row per LSOA, sorted by code, as ``read_published_lookup`` gives.
    lsoas, msoas, authorities, regions
        Codes in order; positions in them are what the arrays below hold.
    lsoa_msoa, lsoa_authority, lsoa_stratum, lsoa_group
        For each LSOA, its MSOA, local authority, stratum and group.
    group_msoa, group_authority, group_stratum, group_block
        For each group, its MSOA, local authority, stratum and block.
    block_authority, block_stratum
        For each block, its local authority and stratum.
    authority_region
        For each local authority, its region (Wales is a region of its own).
    """

    lookup: pd.DataFrame
    lsoas: pd.Index
    msoas: pd.Index
    authorities: pd.Index
    regions: pd.Index
    lsoa_msoa: np.ndarray
    lsoa_authority: np.ndarray
    lsoa_stratum: np.ndarray
    lsoa_group: np.ndarray
    group_msoa: np.ndarray
    group_authority: np.ndarray
    group_stratum: np.ndarray
    group_block: np.ndarray
    block_authority: np.ndarray
    block_stratum: np.ndarray
    authority_region: np.ndarray

    @property
    def group_country(self) -> np.ndarray:
        """0 for England, 1 for Wales, for each group."""
        return (self.group_stratum >= DECILES).astype(int)

    @property
    def block_country(self) -> np.ndarray:
        """0 for England, 1 for Wales, for each block."""
        return (self.block_stratum >= DECILES).astype(int)

    @property
    def authority_country(self) -> np.ndarray:
        """0 for England, 1 for Wales, for each local authority."""
        return (self.regions == WALES).astype(int)[self.authority_region]


def index_areas(lookup: pd.DataFrame) -> Areas:
    """Return the areas of a lookup as positions.

    Parameters
    ----------
    lookup
        One row per LSOA with ``lsoa11cd``, ``msoa11cd``, ``lad20cd``, ``rgn20cd``,
        ``imd_decile`` and ``wimd_quintile``.
    """
    lookup = lookup.sort_values("lsoa11cd", ignore_index=True)
    codes = {
        column: pd.Index(sorted(lookup[column].unique()))
        for column in ("lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd")
    }
    place = {column: index.get_indexer(lookup[column]) for column, index in codes.items()}
    strata = lookup["imd_decile"].fillna(lookup["wimd_quintile"] + DECILES).astype(int) - 1
    stratum = strata.to_numpy()
    groups, first, group = np.unique(
        place["msoa11cd"] * STRATA + stratum, return_index=True, return_inverse=True
    )
    authority = place["lad20cd"][first]
    blocks, block = np.unique(authority * STRATA + groups % STRATA, return_inverse=True)
    region = np.zeros(len(codes["lad20cd"]), dtype=int)
    region[place["lad20cd"]] = place["rgn20cd"]
    return Areas(
        lookup=lookup,
        lsoas=codes["lsoa11cd"],
        msoas=codes["msoa11cd"],
        authorities=codes["lad20cd"],
        regions=codes["rgn20cd"],
        lsoa_msoa=place["msoa11cd"],
        lsoa_authority=place["lad20cd"],
        lsoa_stratum=stratum,
        lsoa_group=group,
        group_msoa=groups // STRATA,
        group_authority=authority,
        group_stratum=groups % STRATA,
        group_block=block,
        block_authority=blocks // STRATA,
        block_stratum=blocks % STRATA,
        authority_region=region,
    )


def sum_over(values: np.ndarray, key: np.ndarray, groups: int) -> np.ndarray:
    """Return the sums of the first axis of ``values`` by group: one row per group."""
    flat = values.reshape(len(values), -1)
    columns = [np.bincount(key, flat[:, column], groups) for column in range(flat.shape[1])]
    return np.stack(columns, axis=1).reshape(groups, *values.shape[1:])
