"""Counts that leave the engine add up to the records they count."""

from datetime import date

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.ingest.counts import GROUPINGS, count_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.engine import write_parquet
from analysis.ingest.select import with_time_to_cut_off
from tests.ingest.samples import LOOKUP, checked

DEATHS = (
    {}, {}, {"sex": "M"}, {"age": "", "soc2010": ""}, {"lsoa11cd": ""}, {"icd10_underlying": "I64"},
    {"residence": "J99000001", "lsoa11cd": ""}, {"death_date": "2020-04-01", "sex": ""},
)  # fmt: skip


@pytest.fixture
def deaths(tmp_path):
    return derive_columns(checked(tmp_path, *DEATHS).kept, LOOKUP)


@pytest.mark.parametrize("kind", GROUPINGS)
def test_every_record_is_counted_once(deaths, kind):
    timed = with_time_to_cut_off(deaths, date(2020, 1, 1), date(2020, 6, 6))
    counts = count_records(timed, kind).to_pandas()

    assert counts["numerator"].sum() == len(DEATHS)
    assert (counts["numerator"] > 0).all()


def test_areas_are_counted_by_residence_age_month_and_covid19(deaths):
    counts = count_records(deaths, "area").to_pandas()

    # Two equal deaths; each of the other six differs in something that is counted.
    assert sorted(counts["numerator"]) == [1, 1, 1, 1, 1, 1, 2]
    twice = counts[counts["numerator"] == 2].iloc[0]
    assert twice[["lsoa11cd", "lad20cd", "age_band", "month", "covid19"]].tolist() == [
        "E01000001", "E06000001", "80-84", "2020-03", "due to",
    ]  # fmt: skip
    assert counts.loc[counts["residence"] == "J99000001", "msoa11cd"].isna().all()


def test_occupations_are_counted_with_their_levels_and_those_without(deaths):
    counts = count_records(deaths, "occupation").to_pandas()

    none = counts["soc2010"].isna()
    assert counts.loc[none, "numerator"].tolist() == [1]
    assert counts.loc[~none, "soc2010_minor"].unique().tolist() == ["614"]


def test_delays_are_days_by_place_and_month(deaths):
    counts = count_records(deaths, "delays").to_pandas()

    # 31 March to 3 April, seven times; 1 April to 3 April, once
    assert counts[["month", "delay", "numerator"]].to_numpy().tolist() == [
        ["2020-03", 3, 7], ["2020-04", 2, 1],
    ]  # fmt: skip


def test_the_same_records_give_the_same_file(deaths, tmp_path):
    files = [write_parquet(count_records(deaths, "area"), tmp_path / name) for name in ("a", "b")]

    assert files[0].read_bytes() == files[1].read_bytes()
    assert pd.read_parquet(files[0])["numerator"].dtype == "int64"


def test_another_kind_is_refused(deaths):
    with pytest.raises(InputError, match="counted by area, occupation"):
        count_records(deaths, "colour")
