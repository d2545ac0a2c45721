"""A country of 12 small areas in four authorities of two regions, and its deaths."""

from datetime import date

import ibis
import numpy as np
import pandas as pd

from analysis.tables.counting import with_levels
from analysis.tables.making import Source
from analysis.tables.windows import Window

MAY = Window("area", "occurrence", date(2020, 4, 1), date(2020, 5, 31), date(2020, 6, 6))
LOOKUP = pd.DataFrame(
    {
        "lsoa11cd": [f"E010000{n:02d}" for n in range(12)],
        "msoa11cd": [f"E020000{n // 3 * 2 + (n % 3 > 0):02d}" for n in range(12)],
        "lad20cd": [f"E0700000{n // 3}" for n in range(12)],
        "rgn20cd": [f"E1200000{n // 6 + 1}" for n in range(12)],
        "ctry20cd": "E92000001",
        "msoa11nm": [f"Place {n // 2}" for n in range(12)],
        "lad20nm": [f"Authority {n // 3}" for n in range(12)],
        "rgn20nm": [f"Region {n // 6 + 1}" for n in range(12)],
        "ctry20nm": "England",
        "imd_decile": pd.array([n % 10 + 1 for n in range(12)], dtype="Int64"),
        "wimd_quintile": pd.array([pd.NA] * 12, dtype="Int64"),
    }
)


def invented(size: int = 600, seed: int = 1) -> pd.DataFrame:
    """Deaths as checked records with derived columns; a few have no area, sex or age."""
    draw = np.random.default_rng(seed)
    day = pd.Timestamp("2020-04-01") + pd.to_timedelta(draw.integers(0, 61, size), unit="D")
    late = day + pd.to_timedelta(draw.integers(0, 30, size), unit="D")
    place = draw.choice(12, size, p=np.arange(1, 13) / 78)
    frame = LOOKUP.iloc[place].reset_index(drop=True)[
        ["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd", "imd_decile", "wimd_quintile"]
    ]
    frame = frame.assign(
        residence="E92000001",
        death_date=day.date,
        registration_date=late.date,
        sex=draw.choice(["F", "M"], size),
        age_band=draw.choice(["60-64", "70-74", "80-84", "90+"], size, p=[0.1, 0.2, 0.3, 0.4]),
        covid19=draw.choice(["due to", "mentioned", "none"], size, p=[0.3, 0.1, 0.6]),
        place_of_death=draw.choice(["Hospital", "Home", "Hospice"], size, p=[0.6, 0.35, 0.05]),
        icd10_chapter=draw.choice(["II", "IX", "X"], size),
        icd10_underlying="I219",
        soc2010=draw.choice(["1115", "6145", "9233"], size),
        month=pd.Series(day).dt.strftime("%Y-%m"),
        week="2020-W20",
    )
    areas = ["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd"]
    frame.loc[:3, [*areas, "imd_decile"]] = None
    frame.loc[4:6, "sex"] = None
    for length, level in ((1, "soc2010_major"), (2, "soc2010_submajor"), (3, "soc2010_minor")):
        frame[level] = frame["soc2010"].str[:length]
    return frame


def records(frame: pd.DataFrame) -> ibis.Table:
    """The deaths as an engine holds them, with every level."""
    return with_levels(ibis.memtable(frame))


def deaths(*groups: tuple[int, dict]) -> pd.DataFrame:
    """Deaths like each other but for what is said of each group: how many, and what differs."""
    usual = LOOKUP.iloc[0].drop([c for c in LOOKUP if c.endswith("nm")]).to_dict()
    usual |= {
        "residence": "E92000001", "death_date": date(2020, 4, 8),
        "registration_date": date(2020, 4, 14), "sex": "F", "age_band": "80-84",
        "covid19": "none", "place_of_death": "Hospital", "icd10_chapter": "IX",
        "icd10_underlying": "I219", "soc2010": "9233",
    }  # fmt: skip
    rows = [usual | differs for many, differs in groups for _ in range(many)]
    frame = pd.DataFrame(rows)
    day = pd.to_datetime(frame["death_date"])
    levels = {"soc2010_major": 1, "soc2010_submajor": 2, "soc2010_minor": 3}
    return frame.assign(
        month=day.dt.strftime("%Y-%m"),
        week="2020-W20",
        imd_decile=frame["imd_decile"].astype("Int64"),
        wimd_quintile=frame["wimd_quintile"].astype("Int64"),
        **{level: frame["soc2010"].str[:length] for level, length in levels.items()},
    )


def place(number: int) -> dict:
    """Areas of one of the 12 small areas."""
    columns = ["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd", "imd_decile"]
    return LOOKUP.loc[number, columns].to_dict()


def source(frame: pd.DataFrame, **more) -> Source:
    """What tables of these deaths are made from."""
    return Source(records(frame), LOOKUP, **more)
