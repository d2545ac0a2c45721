import pandas as pd
import pytest

from analysis.synthesis.demonstration_records import BLEMISHES, MALFORMED
from analysis.vocabulary import NON_RESIDENT


@pytest.fixture(scope="module")
def delivered(small):
    return pd.read_parquet(small / "records.parquet")


def test_every_blemish_is_there_for_the_checks_to_find(delivered):
    abroad = delivered["residence"] == NON_RESIDENT
    here = ~abroad
    found = {
        "non-resident": abroad.sum(),
        "LSOA unknown": (here & delivered["lsoa11cd"].isna()).sum(),
        "sex not stated": delivered["sex"].isna().sum(),
        "age unknown": delivered["age"].isna().sum(),
        "place not stated": delivered["place_of_death"].isna().sum(),
        "registered before death": (delivered["registration_date"] < delivered["death_date"]).sum(),
        "malformed code": delivered["icd10_underlying"].isin(MALFORMED).sum(),
        "delivered twice": delivered["record_id"].duplicated().sum(),
    }

    # 1 in 1,000 of some 6,000 records is 6; at least two of every kind
    assert found == dict.fromkeys(BLEMISHES, 2) | {"non-resident": 6}


def test_non_residents_are_in_no_area(delivered):
    assert delivered.loc[delivered["residence"] == NON_RESIDENT, "lsoa11cd"].isna().all()


def test_a_record_delivered_twice_is_the_same_in_every_column(delivered):
    twice = delivered[delivered["record_id"].duplicated(keep=False)]

    twice = twice.assign(icd10_mentions=twice["icd10_mentions"].map(tuple))

    assert len(twice) == 4
    assert len(twice.drop_duplicates()) == 2


def test_identifiers_say_nothing_about_the_order_of_records(delivered):
    ids = delivered["record_id"]

    assert ids.str.fullmatch(r"D[0-9a-f]{10}").all()
    assert not ids.is_monotonic_increasing


def test_a_certificate_that_is_not_coded_yet_has_neither_underlying_cause_nor_mentions(delivered):
    not_coded = delivered[delivered["icd10_mentions"].isna()]

    assert len(not_coded) > 0
    assert (
        not_coded["icd10_underlying"]
        .drop(not_coded.index[not_coded["icd10_underlying"].isin(MALFORMED)])
        .isna()
        .all()
    )


def test_populations_have_every_area_or_occupation_sex_and_age_band_once(small):
    area = pd.read_parquet(small / "population_area.parquet")
    work = pd.read_parquet(small / "population_occupation.parquet")
    lsoas = pd.read_parquet(small / "lookup.parquet")["lsoa11cd"]

    assert set(area["lsoa11cd"]) == set(lsoas)
    assert len(area) == len(lsoas) * 2 * 20
    assert not area.duplicated(["lsoa11cd", "sex", "age_band"]).any()
    assert len(work) == 370 * 2 * 9
    assert work["soc2010"].isna().sum() == 2 * 9
