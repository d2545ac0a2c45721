import numpy as np
import pandas as pd
import pytest

from analysis.synthesis.demonstration_deaths import CAUSES, make_deaths
from analysis.synthesis.demonstration_geography import make_areas
from analysis.vocabulary import AGE_BANDS

OLD = AGE_BANDS.index("80-84")


@pytest.fixture(scope="module")
def areas():
    return make_areas(0.01, seed=3)


def test_deaths_are_only_where_there_are_people(areas):
    population = np.zeros((len(areas), 2, len(AGE_BANDS)), dtype=int)
    population[:, 1, OLD] = 10_000

    deaths = make_deaths(areas, population, seed=3)

    assert set(deaths["sex"]) == {1}
    assert set(deaths["age_band"]) == {OLD}


def test_as_many_die_as_the_plan_of_ages_says(areas):
    population = np.zeros((len(areas), 2, len(AGE_BANDS)), dtype=int)
    population[:, 0, OLD] = 1_000

    deaths = make_deaths(areas, population, seed=3)

    # 4,760 of 100,000 women of 80 to 84 without COVID-19, here among 348,000
    without = (deaths["cause"] == CAUSES.index("other")).sum()
    assert without == pytest.approx(0.0476 * population.sum(), rel=0.03)


def test_the_waves_keep_to_their_seasons(areas):
    population = np.full((len(areas), 2, len(AGE_BANDS)), 2_000)

    deaths = make_deaths(areas, population, seed=3)
    dates = pd.to_datetime(deaths["death_date"]).groupby(deaths["cause"]).agg(["min", "max"])

    assert dates.loc[CAUSES.index("spring"), "min"] >= pd.Timestamp("2020-03-01")
    assert dates.loc[CAUSES.index("spring"), "max"] < pd.Timestamp("2020-09-01")
    assert dates.loc[CAUSES.index("autumn"), "min"] >= pd.Timestamp("2020-09-01")
    assert (dates["max"] <= pd.Timestamp("2020-12-31")).all()
    assert dates.loc[CAUSES.index("other"), "min"] == pd.Timestamp("2020-01-01")


def test_more_die_in_deprived_areas_of_the_same_people(areas):
    population = np.full((len(areas), 2, len(AGE_BANDS)), 5_000)

    deaths = make_deaths(areas, population, seed=3)
    by_decile = deaths.groupby(areas["imd_decile"].to_numpy()[deaths["lsoa"]]).size()

    assert by_decile[1] > 1.2 * by_decile[10]
