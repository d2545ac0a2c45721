"""Reader of published lookups: areas of each 2011 LSOA, and its deprivation.

Deciles of England are those of the Index of Multiple Deprivation 2019, quintiles of Wales those
of the Welsh Index 2019 by rank, as ONS forms them; the two are never pooled.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.vocabulary import ENGLAND, WALES

WELSH_LSOAS = 1_909
NAMES = {
    "lsoa11_code": "lsoa11cd",
    "msoa11_code": "msoa11cd",
    "ltla20_code": "lad20cd",
    "ltla20_name": "lad20nm",
    "region20_code": "rgn20cd",
    "region20_name": "rgn20nm",
    "country_code": "ctry20cd",
    "country_name": "ctry20nm",
}


def read_published_lookup(
    areas: str | Path, msoa_names: str | Path, imd: str | Path, wimd: str | Path
) -> pd.DataFrame:
    """Return areas and deprivation of each LSOA of England and Wales.

    Parameters
    ----------
    areas
        Lookup from LSOA 2011 to MSOA 2011, local authority 2020, region 2020 and country.
    msoa_names
        Names of MSOAs by the House of Commons Library.
    imd, wimd
        Index of Multiple Deprivation 2019 of England, and of Wales, with rank and decile by LSOA.

    Returns
    -------
    DataFrame
        One row per LSOA, sorted by code: ``lsoa11cd``, ``msoa11cd``, ``msoa11nm``, ``lad20cd``,
        ``lad20nm``, ``rgn20cd``, ``rgn20nm``, ``ctry20cd``, ``ctry20nm``, ``imd_decile`` (1 most
        deprived to 10, null in Wales), ``wimd_quintile`` (1 to 5, null in England).

    Raises
    ------
    InputError
        A file is missing, or an LSOA has no index of its country.
    """
    frame = _read(areas, list(NAMES)).rename(columns=NAMES)
    names = _read(msoa_names, ["msoa_code", "msoa_name_hcl"])
    rank = _read(imd, ["lsoa11cd", "IMD_decile"]).set_index("lsoa11cd")["IMD_decile"]
    welsh = _read(wimd, ["lsoa11cd", "IMD_rank"]).set_index("lsoa11cd")["IMD_rank"]
    quintile = np.ceil(welsh.astype("int64") * 5 / WELSH_LSOAS)
    lookup = frame.merge(
        names.rename(columns={"msoa_code": "msoa11cd", "msoa_name_hcl": "msoa11nm"}),
        on="msoa11cd",
        how="left",
    ).sort_values("lsoa11cd", ignore_index=True)
    lookup = lookup.assign(
        imd_decile=lookup["lsoa11cd"].map(rank.astype("int64")).astype("Int64"),
        wimd_quintile=lookup["lsoa11cd"].map(quintile).astype("Int64"),
    )
    index = lookup["imd_decile"].where(lookup["ctry20cd"] == ENGLAND, lookup["wimd_quintile"])
    without = lookup.loc[index.isna() | ~lookup["ctry20cd"].isin([ENGLAND, WALES]), "lsoa11cd"]
    if len(without):
        raise InputError(
            f"{areas}: LSOA {without.iloc[0]} has no deprivation index ({len(without)} LSOAs).\n"
            "Use the editions listed in data/raw/SOURCES.yml."
        )
    columns = ["lsoa11cd", "msoa11cd", "msoa11nm", "lad20cd", "lad20nm", "rgn20cd", "rgn20nm"]
    return lookup[[*columns, "ctry20cd", "ctry20nm", "imd_decile", "wimd_quintile"]]


def _read(path: str | Path, columns: list[str]) -> pd.DataFrame:
    try:
        return pd.read_csv(path, usecols=columns, dtype=str)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file.\nFetch the published files first: bulletin data fetch."
        ) from None
    except ValueError as fault:
        raise InputError(
            f"{path}: {fault}.\nUse the edition listed in data/raw/SOURCES.yml."
        ) from None
