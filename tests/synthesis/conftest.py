"""Demonstration data that several tests of the room share."""

import pandas as pd
import pytest

from analysis.synthesis.demonstration import make_demonstration


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The folder of the small demonstration data: 1% of the areas."""
    folder = tmp_path_factory.mktemp("small")
    make_demonstration(folder, size=0.01)
    return folder


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The folder of the demonstration data of the size of England and Wales."""
    folder = tmp_path_factory.mktemp("whole")
    make_demonstration(folder)
    return folder


@pytest.fixture(scope="session")
def records(whole):
    """The records of the whole, each once, with the columns that tests of levels need."""
    read = pd.read_parquet(whole / "records.parquet").drop_duplicates("record_id")
    mentions = read["icd10_mentions"].explode()
    covid = mentions[mentions.isin(["U071", "U072"])].index.unique()
    return read.assign(
        involving=read.index.isin(covid),
        due_to=read["icd10_underlying"].isin(["U071", "U072"]),
        death_date=pd.to_datetime(read["death_date"]),
        registration_date=pd.to_datetime(read["registration_date"]),
        delay=lambda r: (r["registration_date"] - r["death_date"]).dt.days,
    )
