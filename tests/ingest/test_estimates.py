"""Population estimates and lookups, read: totals of the publisher."""

import pytest

from analysis.errors import InputError
from analysis.ingest.area_lookup import read_published_lookup
from analysis.ingest.estimates import (
    read_authority_estimates,
    read_deaths_by_decile,
    read_decile_estimates,
    read_decile_history,
    read_lsoa_estimates,
    read_msoa_estimates,
    read_national_estimates,
)


def test_small_areas_sum_to_england_and_wales(shared):
    folder = shared / "reference"
    lsoas = read_lsoa_estimates(folder / "pop_lsoa/lsoa11_persons_syoa_mid2019.parquet")
    msoas = read_msoa_estimates(
        folder / "pop_msoa/124465290female.csv.gz", folder / "pop_msoa/1403030074male.csv.gz"
    )

    assert lsoas.to_numpy().sum() == 59_439_840
    assert msoas.loc["F"].to_numpy().sum() == 30_173_382
    assert msoas.loc["M"].to_numpy().sum() == 29_546_342
    assert len(msoas.loc["F"]) == 7_201


def test_local_authorities_have_sex_and_single_years(shared):
    path = shared / "reference/pop_lad/ukmidyearestimates20192020ladcodes.xls"
    estimates = read_authority_estimates(path)

    assert estimates.loc[("M", "K04000001")].sum() == 29_382_509
    assert estimates.loc[("F", "K04000001")].sum() == 30_057_331
    assert list(estimates.columns) == list(range(91))


def test_deciles_of_2020_are_those_of_2019_indices(shared):
    path = shared / "reference/pop_imd_decile/populationbyimdenglandandwales2020.xlsx"
    people = read_decile_estimates(path).sum(axis=1)

    assert people.groupby("ctry20cd").sum().tolist() == [56_550_138, 3_169_586]
    assert people.loc["E92000001"].groupby("decile").sum()[1] == 5_603_911


def test_history_and_national_estimates_agree_for_england(shared):
    history = read_decile_history(
        shared / "reference/pop_imd_decile/england_pop_2002_2020_sex_syoa_dimd_IMPACTncd.csv.gz"
    )
    national = read_national_estimates(
        shared / "real/ons-annual-deaths-and-populations"
        / "dat04_mye_age_grp_england_and_wales_2001_to_2019.csv"
    )  # fmt: skip

    assert history.loc[2019].to_numpy().sum() == 56_286_961
    assert national.loc[2019].to_numpy().sum() == 59_439_840


def test_deaths_by_decile_are_those_of_england(shared):
    folder = shared / "real/ons-deaths-cause-imd-age-sex"
    table = read_deaths_by_decile(folder / "deaths_by_imd.csv", folder / "pops_by_imd.csv")

    assert table.loc[2015, "deaths"].to_numpy().sum() == 495_309
    assert table.loc[2015, "people"].to_numpy().sum() == 54_786_327


def test_lookup_has_an_index_for_every_lsoa(shared):
    folder = shared / "reference"
    lookup = read_published_lookup(
        folder / "lookups/lsoa11_msoa11_lad19_20_21_region_country.csv.gz",
        folder / "lookups/msoa11_hcl_names.csv.gz",
        folder / "imd/imd2019_england_lsoa11.csv.gz",
        folder / "imd/wimd2019_wales_lsoa11.csv.gz",
    )

    assert len(lookup) == 34_753
    assert lookup["lad20cd"].nunique() == 336
    # By rank: 1,909 LSOAs in five parts, the last one the smaller
    assert lookup["wimd_quintile"].value_counts().sort_index().tolist() == [381, 382, 382, 382, 382]
    assert lookup["imd_decile"].notna().sum() == 32_844


def test_a_missing_estimate_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="bulletin data fetch"):
        read_lsoa_estimates(tmp_path / "none.parquet")
