import numpy as np
import pytest

from analysis.synthesis.demonstration_draws import read_plan
from analysis.synthesis.demonstration_geography import make_areas
from analysis.synthesis.demonstration_population import (
    make_occupation_population,
    make_population,
    make_population_year_before,
    plan_occupations,
)
from analysis.vocabulary import AGE_BANDS

OVER_65 = AGE_BANDS.index("65-69")


@pytest.fixture(scope="module")
def areas():
    return make_areas(1, seed=2020)


@pytest.fixture(scope="module")
def population(areas):
    return make_population(areas, seed=2020)


def test_sex_and_age_add_up_to_the_country(population):
    plan = 1_000 * read_plan("ages")[["people_F", "people_M"]].to_numpy().T

    np.testing.assert_allclose(population.sum(axis=0), plan, rtol=0.005)


def test_every_area_has_people_of_a_plausible_number(population):
    people = population.sum(axis=(1, 2))

    assert people.min() > 500
    assert 1_600 < np.median(people) < 1_800


def test_deprived_areas_and_london_are_younger(areas, population):
    everyone = population.sum(axis=(1, 2))
    decile = areas["imd_decile"].fillna(0)
    old = population[:, :, OVER_65:].sum(axis=(1, 2))

    def share(those):
        return old[those].sum() / everyone[those].sum()

    assert share(decile == 1) < share(decile == 10) - 0.05
    assert share(areas["rgn20nm"] == "London") < share(areas["rgn20nm"] != "London") - 0.05


def test_some_areas_are_full_of_students(population):
    students = population[:, :, AGE_BANDS.index("20-24")].sum(axis=1)
    share = students / population.sum(axis=(1, 2))

    assert np.median(share) < 0.07
    assert np.quantile(share, 0.99) > 0.2


def test_there_were_a_little_fewer_people_a_year_before(population):
    before = make_population_year_before(population, seed=2020)

    assert 0.98 < before.sum() / population.sum() < 1


def test_occupations_add_up_to_everybody_of_working_age(population):
    people = make_occupation_population(population, seed=2020)

    # 369 unit groups of SOC2010 and those without an occupation; ages 20 to 64 are nine bands
    assert people.shape == (370, 2, 9)
    assert (people.sum(axis=0) == population.sum(axis=0)[:, 5:14]).all()
    assert (people >= 0).all()


def test_the_people_of_a_minor_group_are_shared_among_its_unit_groups():
    plan = plan_occupations(seed=2020).set_index("soc2010")
    people = plan["women"] + plan["men"]

    # 640,000 nurses and midwives (223), of whom 590,000 nurses (2231), 88% of them women
    assert people[["2231", "2232"]].tolist() == pytest.approx([590, 50])
    assert people[people.index.astype(str).str[:3] == "614"].sum() == pytest.approx(1_300)
    assert plan.loc["2231", "women"] == pytest.approx(0.88 * 590, rel=0.02)
