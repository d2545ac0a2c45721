"""The loaders: what a page reads of an edition that was counted."""

import shutil

import pytest

from analysis.errors import InputError
from analysis.ingest.load import load_areas, load_deaths, load_population, load_quality
from analysis.params import load_edition
from analysis.run.plan import count_edition
from analysis.synthesis.demonstration import make_demonstration
from tests.conftest import ROOT

EDITION = load_edition(ROOT / "params" / "demo-2020-06-12.yml")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "_config.yml", root)
    make_demonstration(root / "data" / "raw" / "demo", size=0.01)
    count_edition(EDITION, root)
    return root


@pytest.fixture
def page(project, monkeypatch):
    monkeypatch.chdir(project)
    return EDITION.page


def test_every_kept_death_of_the_window_is_counted_once(page):
    deaths = load_deaths(page("msoa")).numerator.sum().execute()
    registered = load_quality(page("quality"), "registered")["numerator"].sum()

    assert deaths == registered > 1_000


def test_true_counts_by_small_area_are_for_no_page(page):
    assert not {"lsoa11cd", "msoa11cd"} & set(load_deaths(page("local_areas")).columns)
    assert "msoa11cd" in load_deaths(page("msoa")).columns


def test_deaths_by_occupation_are_of_working_age_and_none_lacks_a_level(page):
    deaths = load_deaths(page("occupation")).to_pandas()

    assert deaths["age_band"].isin(["20-24", "40-44", "60-64"]).any()
    assert not deaths["age_band"].isin(["15-19", "65-69"]).any()
    assert deaths[["soc2010", "soc2010_minor", "soc2010_major"]].notna().all(axis=None)
    assert (deaths["soc2010_major"] == "X").any()  # no occupation given


def test_a_resident_without_a_known_area_still_has_a_country(page):
    deaths = load_deaths(page("local_areas"))
    unknown = deaths.filter(deaths.lad20cd.isnull() & (deaths.residence != "J99000001"))

    assert unknown.count().execute() > 0
    assert unknown.ctry20cd.isnull().sum().execute() == 0


def test_the_population_is_the_same_by_every_grouping(page):
    whole = load_population(page("msoa"), ["sex"])["denominator"].sum()
    by_area = load_population(page("msoa"), ["msoa11cd"])["denominator"].sum()
    by_month = load_population(page("msoa"), ["month"])  # a column that the population lacks

    assert by_area == whole
    assert list(by_month) == ["age_band", "denominator"]


def test_annualised_rates_are_over_person_years(page):
    plain = page("msoa")
    yearly = plain.model_copy(update={"annualise": True})

    people = load_population(plain, [])["denominator"].sum()
    years = load_population(yearly, [])["denominator"].sum()

    assert years == pytest.approx(people * 92 / 366)  # March to May of a leap year


def test_areas_have_names_and_none_is_doubled(page):
    areas = load_areas(page("msoa"))

    assert areas["area_code"].is_unique
    assert areas["area_name"].notna().all()
    assert {"K04000001", "E92000001", "W92000004", "E12000007"} <= set(areas["area_code"])


def test_an_edition_that_was_not_counted_says_what_to_run(page):
    uncounted = page("msoa").model_copy(update={"folder": "_build/none", "edition": "none"})

    with pytest.raises(InputError, match=r"Run: bulletin run params/none\.yml"):
        load_deaths(uncounted)
