"""A country of eight LSOAs: two English local authorities and a Welsh one."""

import pandas as pd

from analysis.synthesis.open_areas import Areas, index_areas

ROWS = [
    # LSOA, MSOA, local authority, region, decile, quintile
    ("E01000001", "E02000001", "E06000001", "E12000001", 1, None),
    ("E01000002", "E02000001", "E06000001", "E12000001", 2, None),
    ("E01000003", "E02000002", "E06000001", "E12000001", 1, None),
    ("E01000004", "E02000003", "E06000002", "E12000002", 1, None),
    ("E01000005", "E02000003", "E06000002", "E12000002", 10, None),
    ("E01000006", "E02000004", "E06000002", "E12000002", 10, None),
    ("W01000001", "W02000001", "W06000001", "W92000004", None, 1),
    ("W01000002", "W02000001", "W06000001", "W92000004", None, 5),
]
COLUMNS = ["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "imd_decile", "wimd_quintile"]


def small_areas() -> Areas:
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    return index_areas(frame.astype({"imd_decile": "Int64", "wimd_quintile": "Int64"}))
