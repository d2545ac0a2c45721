import ibis
import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.counts import count_deaths
from analysis.statistics.fine import FinePopulation, fine_asmr
from analysis.statistics.rates import asmr

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000, "30-34": 500}).rename_axis("age_band")


def population(areas=20, seed=1):
    random = np.random.default_rng(seed)
    names = [f"E{area:03d}" for area in range(areas)]
    index = pd.MultiIndex.from_product([names, ["F", "M"], STANDARD.index])
    frame = index.to_frame(index=False, name=["lsoa11cd", "sex", "age_band"])
    return frame.assign(denominator=random.integers(0, 40, len(frame)))


def deaths(people, number=300, seed=2):
    random = np.random.default_rng(seed)
    share = people["denominator"] / people["denominator"].sum()
    rows = people.iloc[random.choice(len(people), number, p=share)]
    weeks = random.choice(["2020-W12", "2020-W13", "2020-W14"], number)
    return rows.drop(columns="denominator").assign(week=weeks).reset_index(drop=True)


@pytest.mark.parametrize("interval", ["ons", "gamma", "tiwari", "gamma-minmax", "bootstrap"])
@pytest.mark.parametrize(
    "by", [["lsoa11cd", "sex", "week"], ["week", "lsoa11cd"], ["sex"], ["week"], []]
)
def test_fine_rates_are_those_of_the_full_table_where_somebody_died(by, interval):
    people = population()
    died = deaths(people)
    shared = [column for column in by if column != "week"]
    people = people.groupby([*shared, "age_band"], as_index=False)["denominator"].sum()

    fine = fine_asmr(died, people, by, STANDARD, interval=interval, confidence=[0.95, 0.998])

    full = asmr(count_deaths(died, people, by), by, STANDARD, 1e5, interval, [0.95, 0.998])
    full = full[full["numerator"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(fine, full)


def test_counted_and_lazy_deaths_give_the_same_rates():
    people = population()
    died = deaths(people)
    by = ["lsoa11cd", "sex", "week"]
    counted = died.groupby([*by, "age_band"], as_index=False).size()

    fine = fine_asmr(died, people, by, STANDARD)

    again = fine_asmr(counted.rename(columns={"size": "numerator"}), people, by, STANDARD)
    pd.testing.assert_frame_equal(fine, again)
    pd.testing.assert_frame_equal(fine, fine_asmr(ibis.memtable(died), people, by, STANDARD))


def test_one_population_serves_several_tables():
    people = population()
    prepared = FinePopulation(people, ["lsoa11cd", "sex", "week"], STANDARD)

    for seed in (1, 2):
        died = deaths(people, seed=seed)
        assert prepared.asmr(died)["numerator"].sum() == len(died)


def test_deaths_without_a_code_are_left_out():
    people = population()
    died = deaths(people)
    died.loc[:9, "week"] = None

    assert fine_asmr(died, people, ["lsoa11cd", "week"], STANDARD)["numerator"].sum() == 290


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("lsoa11cd", "W01", "lsoa11cd W01, sex ., age_band .*: deaths where the population"),
        ("age_band", "90+", r"age_band 90\+: deaths where the population or the standard has"),
    ],
)
def test_deaths_where_nobody_lives_are_refused(column, value, message):
    people = population()
    died = deaths(people)
    died.loc[0, column] = value

    with pytest.raises(RatesError, match=message):
        fine_asmr(died, people, ["lsoa11cd", "sex"], STANDARD)


def test_deaths_in_a_cell_without_people_are_refused():
    people = population().assign(denominator=0)

    with pytest.raises(RatesError, match="300 deaths in 300 rows"):
        fine_asmr(deaths(population()), people, ["lsoa11cd", "sex"], STANDARD)


def test_a_population_without_a_band_is_refused():
    people = population()[1:]

    with pytest.raises(RatesError, match="lsoa11cd E000, sex F, age_band 20-24: no counts"):
        fine_asmr(deaths(population()), people, ["lsoa11cd", "sex"], STANDARD)
