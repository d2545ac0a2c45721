"""The open data, whole: what they promise, and how near their rates come to the published ones.

The thresholds are for four months, of the difference from the published rate in per cent, or 0.05
of a rate where that is larger. Ages within local authorities are not published, so that a floor of
chance remains: about half a per cent, in the middle, by local authority.
"""

import datetime

import ibis
import numpy as np
import pandas as pd
import pytest

from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.counts import count_records
from analysis.ingest.derive import age_band, derive_columns
from analysis.ingest.fetch import fetch
from analysis.ingest.lookups import read_lookup
from analysis.ingest.population import add_areas, read_population
from analysis.ingest.published import read_local_area
from analysis.ingest.select import select_records
from analysis.ingest.sources import open_records
from analysis.standards import esp2013
from analysis.statistics.reconcile import reconcile
from analysis.synthesis.open_data import synthesise
from analysis.synthesis.open_files import LOCAL_AREA
from analysis.vocabulary import NON_RESIDENT
from tests.conftest import ROOT

MARCH = datetime.date(2020, 3, 1)
ENDS = {"2020-07-11": datetime.date(2020, 6, 30), "2020-06-06": datetime.date(2020, 5, 31)}
JULY, JUNE = ENDS
ROUNDING = 0.05


@pytest.fixture(scope="module")
def made(shared, tmp_path_factory):
    """The folders of published files and of open data, and the report on margins."""
    folder = tmp_path_factory.mktemp("open")
    fetch(ROOT / "data/raw/SOURCES.yml", folder / "published", mirror=shared)
    report = synthesise(folder / "published", folder / "made")
    return folder / "published", folder / "made", report


@pytest.fixture(scope="module")
def records(made):
    return pd.read_parquet(made[1] / "records.parquet")


@pytest.fixture(scope="module")
def cells(made):
    """Published figures of both editions beside ours, counted as an edition counts them."""
    published, folder, _ = made
    lookup = read_lookup(folder / "lookup.parquet")
    raw = open_records(folder / "records.parquet", "bulletin")
    checked = check_records(clean_records(raw, "bulletin"), lookup)
    derived = derive_columns(checked.kept, lookup)
    area = add_areas(read_population(folder / "population_area.parquet", lookup), lookup)
    by = ["lad20cd", "rgn20cd", "ctry20cd", "sex", "age_band"]
    people = area.groupby(by, as_index=False)["population"].sum()
    deprivation = read_population(folder / "population_deprivation.parquet", lookup)
    compared = {}
    for cut_off, last in ENDS.items():
        chosen = select_records(
            derived, "occurrence", MARCH, last, datetime.date.fromisoformat(cut_off)
        )
        compared[cut_off] = reconcile(
            read_local_area(published / LOCAL_AREA[cut_off]),
            count_records(chosen, "area").to_pandas(),
            people.rename(columns={"population": "denominator"}),
            deprivation.rename(columns={"population": "denominator"}),
            esp2013(),
        )
    return compared


def of_margin(report, words, edition="March to June"):
    chosen = report["margin"].str.contains(words, regex=False)
    return report[chosen & report["source"].str.contains(edition, regex=False)].iloc[0]


@pytest.mark.parametrize(
    "table",
    [
        "Table 1: region",
        "Table 1: England and Wales",
        "Table 2: local",
        "Table 2: non-residents",
        "Tables 3 and 4",
        "Table 5",
    ],
)
def test_every_count_of_march_to_june_is_exact(made, table):
    margin = of_margin(made[2], table)

    assert margin["agreement"] == "exact"
    assert margin["cells_equal"] == margin["cells"]


def test_regions_registered_by_6_june_are_exact(made):
    assert of_margin(made[2], "Table 1: region", "March to May")["agreement"] == "exact"


def test_deciles_registered_by_6_june_are_exact_but_for_one_that_lost_a_death(made):
    # Women of the third Welsh quintile in March: 15 with COVID-19 by 6 June, 14 by 11 July
    margin = of_margin(made[2], "Tables 3 and 4", "March to May")

    assert margin["largest_difference"] <= 1
    assert margin["sum_of_differences"] <= 2


def test_small_areas_registered_by_6_june_are_near(made):
    authorities = of_margin(made[2], "Table 2: local", "March to May")
    msoas = of_margin(made[2], "Table 5", "March to May")

    # Deaths that the later edition counts elsewhere: 372 in MSOAs, 92 in local authorities
    assert authorities["sum_of_differences"] < 250
    assert msoas["sum_of_differences"] < 1_200
    assert "later edition wins" in msoas["note"]


def test_the_report_says_which_source_won(made):
    report = made[2]

    nearly = report[report["agreement"] != "exact"]
    assert set(report["agreement"]) == {"exact", "nearly", "shape"}
    assert (nearly["note"] != "").all()


def test_counts_through_the_whole_pipeline_are_those_published(cells):
    assert (cells[JULY]["numerator_difference"] == 0).all()
    assert len(cells[JULY]) > 16_000


def too_far(cells, table, codes, sexes, causes, limit):
    """Cells of four months that differ by more than the limit, and by more than rounding."""
    chosen = cells[
        (cells["table"] == table)
        & cells["area_code"].str.match(codes)
        & cells["sex"].isin(sexes)
        & cells["cause"].isin(causes)
        & (cells["month"] == "All months")
    ]
    assert len(chosen) > 0
    far = chosen["relative_difference"].abs() > limit
    return chosen[far & (chosen["asmr_difference"].abs() > ROUNDING)]


BOTH_CAUSES = ["All causes", "COVID-19"]


@pytest.mark.parametrize(
    ("table", "codes", "persons", "by_sex"),
    [
        ("Table 1", "K|E92|W", 0.2, 0.3),
        ("Table 1", "E12", 0.75, 3.5),
        ("Table 3", "", 0.75, 3),
        ("Table 4", "", 0.75, 3),
    ],
    ids=["countries", "regions", "deciles", "quintiles"],
)
def test_rates_are_near_those_published(cells, table, codes, persons, by_sex):
    july = cells[JULY]

    assert too_far(july, table, codes, ["Persons"], BOTH_CAUSES, persons).empty
    assert too_far(july, table, codes, ["F", "M"], BOTH_CAUSES, by_sex).empty


@pytest.mark.parametrize(
    ("cause", "sexes", "middle", "high"),
    [
        ("COVID-19", ["Persons"], 0.9, 3),
        ("COVID-19", ["F", "M"], 1.8, 6.5),
        ("All causes", ["Persons"], 0.6, 2),
        ("All causes", ["F", "M"], 1.2, 4.5),
    ],
)
def test_rates_of_local_authorities_are_near_those_published(cells, cause, sexes, middle, high):
    july = cells[JULY].query("table == 'Table 2' and month == 'All months'")
    chosen = july[july["cause"].eq(cause) & july["sex"].isin(sexes)]
    sizes = chosen.query("published_numerator >= 100")["relative_difference"].abs()

    assert sizes.median() <= middle
    assert sizes.quantile(0.95) <= high


@pytest.mark.parametrize("cut_off", ENDS)
def test_every_rate_is_inside_the_published_interval(cells, cut_off):
    assert cells[cut_off]["within"].dropna().all()


def test_headline_rates_are_those_printed(cells):
    july = cells[JULY].query(
        "area_code == 'K04000001' and sex == 'Persons' and month == 'All months'"
    )
    rates = july.set_index("cause")

    assert rates.loc["COVID-19", ["asmr", "lower_ci", "upper_ci"]].round(1).tolist() == [
        88.0, 87.2, 88.8,
    ]  # fmt: skip
    assert rates.loc["All causes", "asmr"] == pytest.approx(384.6, abs=0.1)


def test_limits_are_those_of_ons(cells):
    july = cells[JULY]

    # Every interval has the proportions of our method; those of 29 deaths are left out
    assert july["limits_in_proportion"].dropna().all()
    assert july["limits_in_proportion"].notna().sum() > 15_000
    # Where rates are equal as printed the limits still depend a little on the ages of the dead
    assert july["limits_equal"].dropna().astype(float).mean() > 0.93


def test_the_earlier_edition_is_near_as_well(cells):
    june = cells[JUNE]

    assert too_far(june, "Table 1", "K|E92|W", ["Persons"], BOTH_CAUSES, 0.2).empty
    assert too_far(june, "Table 3", "", ["Persons"], BOTH_CAUSES, 0.75).empty


def test_records_are_what_the_layout_says(records):
    assert records["record_id"].is_unique
    assert (records["registration_date"] >= records["death_date"]).all()
    assert set(records["sex"]) == {"F", "M"}
    assert records["age"].between(0, 108).all()
    assert (records["lsoa11cd"].isna() == (records["residence"] == NON_RESIDENT)).all()
    assert records["icd10_underlying"].dropna().str.match(r"^[A-Z]\d{2}\d?$").all()


def test_no_death_of_march_to_june_is_added_to_those_published(records):
    died = pd.to_datetime(records["death_date"])
    registered = pd.to_datetime(records["registration_date"])
    spring = died.between("2020-03-01", "2020-06-30") & (registered <= "2020-07-11")

    assert spring.sum() == 220_636
    assert (records.loc[spring, "residence"] == NON_RESIDENT).sum() == 251


def test_a_year_of_registrations_is_about_the_published_one(records, made):
    registered = pd.to_datetime(records["registration_date"])

    assert len(records) == pytest.approx(614_114, rel=0.01)
    assert registered.min() < pd.Timestamp("2020-01-08")
    weekly = of_margin(made[2], "Deaths by week", "Weekly")
    assert weekly["sum_of_differences"] / weekly["deaths"] < 0.01


def test_nobody_dies_where_nobody_of_that_age_lives(records, made):
    people = pd.read_parquet(made[1] / "population_area.parquet")
    table = ibis.memtable(records[["lsoa11cd", "sex", "age"]].dropna())
    bands = table.mutate(age_band=age_band(table.age)).to_pandas()
    deaths = bands.groupby(["lsoa11cd", "sex", "age_band"]).size().rename("deaths").reset_index()
    merged = deaths.merge(people, on=["lsoa11cd", "sex", "age_band"], how="left")

    assert (merged["population"] > 0).all()


def test_people_of_local_authorities_are_the_published_estimates(made):
    folder = made[1]
    people = pd.read_parquet(folder / "population_area.parquet")
    lookup = pd.read_parquet(folder / "lookup.parquet")

    total = people["population"].sum()
    hartlepool = lookup.loc[lookup["lad20nm"] == "Hartlepool", "lsoa11cd"]
    assert total == pytest.approx(59_439_840, abs=1)
    # Mid-2019, all ages
    assert people.loc[people["lsoa11cd"].isin(hartlepool), "population"].sum() == pytest.approx(
        93_663, abs=0.5
    )


def test_people_by_deprivation_are_those_of_2018(made):
    people = pd.read_parquet(made[1] / "population_deprivation.parquet")

    england = people.loc[people["imd_decile"].notna(), "population"].sum()
    assert england == pytest.approx(55_977_178, abs=1)
    assert people["population"].sum() == pytest.approx(59_115_809, abs=1)


def test_occupations_are_given_at_working_ages(records, made):
    people = pd.read_parquet(made[1] / "population_occupation.parquet")
    at_work = records[records["age"].between(20, 64)]

    assert people["soc2010"].nunique() == 369
    assert np.isclose(at_work["soc2010"].notna().mean(), 0.7, atol=0.25)
