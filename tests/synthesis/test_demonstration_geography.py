import re

import pandas as pd
import pytest

from analysis.synthesis.demonstration_geography import make_areas


@pytest.fixture(scope="module")
def areas():
    return make_areas(1, seed=2020)


def test_there_are_as_many_areas_as_in_england_and_wales(areas):
    kinds = ["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd"]

    # England and Wales: LSOAs, MSOAs, local authorities, regions (Wales is one)
    assert areas.groupby("ctry20nm")[kinds].nunique().loc["England"].tolist() == [
        32_844, 6_791, 314, 9,
    ]  # fmt: skip
    assert areas.groupby("ctry20nm")[kinds].nunique().loc["Wales"].tolist() == [1_909, 410, 22, 1]


def test_areas_lie_within_one_another(areas):
    for small, large in (
        ("lsoa11cd", "msoa11cd"),
        ("msoa11cd", "lad20cd"),
        ("lad20cd", "rgn20cd"),
        ("msoa11cd", "msoa11nm"),
        ("lad20cd", "lad20nm"),
        ("lad20nm", "lad20cd"),
        ("msoa11nm", "msoa11cd"),
    ):
        assert len(areas[[small, large]].drop_duplicates()) == areas[small].nunique()


def test_codes_have_the_shape_of_real_ones_in_ranges_that_ons_does_not_use(areas):
    shapes = {
        "lsoa11cd": r"[EW]019\d{5}",
        "msoa11cd": r"[EW]029\d{5}",
        "lad20cd": r"(E07|E09|W06)9\d{5}",
    }

    for column, shape in shapes.items():
        assert areas[column].str.fullmatch(shape).all()
    assert areas["lsoa11cd"].iloc[0] == "E01900001"


def test_regions_are_the_real_ones(areas):
    names = areas.groupby("rgn20cd")["rgn20nm"].first()

    assert names["E12000007"] == "London"
    assert names["W92000004"] == "Wales"


def test_deciles_and_quintiles_hold_equal_shares_of_their_country(areas):
    deciles = areas["imd_decile"].value_counts()
    quintiles = areas["wimd_quintile"].value_counts()

    # 32,844 in ten and 1,909 in five: no two differ by more than one
    assert sorted(deciles.index) == list(range(1, 11))
    assert set(deciles) == {3_284, 3_285}
    assert set(quintiles) == {381, 382}
    assert areas["imd_decile"].isna().equals(areas["ctry20nm"] == "Wales")
    assert areas["wimd_quintile"].isna().equals(areas["ctry20nm"] == "England")


def test_the_small_geography_has_every_region_and_two_authorities_in_each():
    areas = make_areas(0.01, seed=2020)

    assert areas.groupby("rgn20cd")["lad20cd"].nunique().min() == 2
    assert len(areas) == pytest.approx(348, abs=5)


@pytest.mark.parametrize("seed", [2020, 1])
def test_no_name_or_code_is_that_of_a_real_place(shared, seed):
    areas = make_areas(1, seed)
    lookup = pd.read_csv(
        shared / "reference/lookups/lsoa11_msoa11_lad19_20_21_region_country.csv.gz", dtype=str
    )
    names = pd.read_csv(shared / "reference/lookups/msoa11_hcl_names.csv.gz", dtype=str)
    text = " ".join([*lookup["ltla20_name"], *lookup["lsoa11_name"], *names["msoa_name_hcl"]])
    words = set(re.findall(r"[a-z]+", text.lower()))

    assert not set(areas["lad20nm"].str.lower()) & words
    assert not set(areas["lsoa11cd"]) & set(lookup["lsoa11_code"])
    assert not set(areas["msoa11cd"]) & set(lookup["msoa11_code"])
    assert not set(areas["lad20cd"]) & set(lookup["ltla20_code"])
