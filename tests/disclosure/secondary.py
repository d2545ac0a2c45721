"""The tables of the peers' suppression patterns, with their hierarchies, for several tests."""

from pathlib import Path

import pandas as pd

TABLES = ("example1", "d2", "z1", "occ_1", "occ_2", "occ_3")


def read(folder: Path, name: str) -> tuple[pd.DataFrame, dict]:
    """Return a table with all its totals, and what adds up to what in it."""
    cells = pd.read_csv(folder / f"{name}_expected.csv", dtype={"dep": str, "year": str})
    dimensions = [column for column in cells if column not in MEASURES]
    plain = {d: {"Total": sorted(set(cells[d]) - {"Total"})} for d in dimensions}
    if name == "example1":
        plain["geo"] = {"Total": {"EU": ["Spain", "Portugal"], "nonEU": ["Iceland"]}}
    if name == "d2":
        # Two ways to add up the same places: counties and groups of municipalities.
        places = pd.read_csv(folder / "d2_inputs.csv", dtype=str).drop_duplicates("region")
        ways = [places.groupby(way)["region"].apply(list) for way in ("county", "k_group")]
        plain["region"] = [{"Total": way.to_dict()} for way in ways]
    return cells, plain


MEASURES = (
    "freq", "ant", "primary", "suppressed", "sdcStatus", "attack_low", "attack_up",
)  # fmt: skip
