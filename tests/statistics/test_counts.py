import ibis
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.counts import add_totals, count_deaths, unplaced

POPULATION = pd.DataFrame(
    {
        "sex": ["F", "F", "M", "M"],
        "age_band": ["20-24", "25-29"] * 2,
        "denominator": [100, 200, 300, 400],
    }
)
DEATHS = pd.DataFrame(
    {
        "sex": ["F", "F", "M", "M", None],
        "month": ["2020-03", "2020-04", "2020-03", "2020-03", "2020-03"],
        "age_band": ["20-24", "25-29", "20-24", None, "20-24"],
    }
)


def test_the_population_is_the_spine_with_0_where_nobody_died():
    counts = count_deaths(DEATHS, POPULATION, by=["sex"])

    assert counts["numerator"].tolist() == [1, 1, 1, 0]
    assert counts["denominator"].tolist() == [100, 200, 300, 400]


def test_columns_that_the_population_lacks_are_crossed_with_the_whole_of_it():
    counts = count_deaths(DEATHS, POPULATION, by=["sex", "month"])

    assert len(counts) == 2 * 2 * 2
    april = counts[counts["month"] == "2020-04"]
    assert april["denominator"].tolist() == [100, 200, 300, 400]
    assert april["numerator"].tolist() == [0, 1, 0, 0]


def test_categories_without_deaths_are_crossed_too():
    months = pd.CategoricalDtype(["2020-03", "2020-04", "2020-05"], ordered=True)

    counts = count_deaths(DEATHS.astype({"month": months}), POPULATION, by=["month"])

    assert counts.groupby("month", observed=True)["numerator"].sum().tolist() == [3, 1, 0]


def test_a_lazy_table_gives_the_same_counts_as_a_frame():
    lazy = ibis.memtable(DEATHS)

    counts = count_deaths(lazy, POPULATION, by=["sex", "month"])

    pd.testing.assert_frame_equal(counts, count_deaths(DEATHS, POPULATION, by=["sex", "month"]))
    assert unplaced(lazy, ["sex"]) == 2


def test_counted_deaths_are_summed():
    counted = pd.DataFrame({"sex": ["F", "F"], "age_band": ["20-24"] * 2, "numerator": [3, 4]})

    assert count_deaths(counted, POPULATION, by=["sex"])["numerator"].tolist() == [7, 0, 0, 0]
    lazy = count_deaths(ibis.memtable(counted), POPULATION, by=["sex"])
    assert lazy["numerator"].tolist() == [7, 0, 0, 0]


def test_a_finer_population_is_summed():
    finer = pd.concat([POPULATION.assign(lsoa11cd="A"), POPULATION.assign(lsoa11cd="B")])

    assert count_deaths(DEATHS, finer, by=[])["denominator"].tolist() == [800, 1200]


def test_deaths_without_a_code_or_age_are_left_out_and_counted():
    placed = count_deaths(DEATHS, POPULATION, by=["sex"])["numerator"].sum()

    assert placed + unplaced(DEATHS, ["sex"]) == len(DEATHS)
    assert unplaced(DEATHS, []) == 1


def test_deaths_where_nobody_lives_are_refused():
    elsewhere = pd.DataFrame({"sex": ["X", "X"], "age_band": ["20-24", "25-29"]})

    with pytest.raises(RatesError, match="sex X, age_band 20-24: 2 deaths in 2 groups"):
        count_deaths(elsewhere, POPULATION, by=["sex"])


def test_deaths_in_a_band_that_the_population_lacks_are_refused():
    old = pd.DataFrame({"sex": ["F"], "age_band": ["90+"]})

    with pytest.raises(RatesError, match=r"sex F, age_band 90\+: 1 deaths"):
        count_deaths(old, POPULATION, by=["sex"])


def test_a_fraction_of_a_death_is_refused():
    counted = pd.DataFrame({"sex": ["F"], "age_band": ["20-24"], "numerator": [0.5]})

    with pytest.raises(RatesError, match=r"numerator is 0\.5, not a whole number"):
        count_deaths(counted, POPULATION, by=["sex"])


def test_no_deaths_at_all_is_no_error():
    counts = count_deaths(DEATHS[:0], POPULATION, by=["sex"])

    assert counts["numerator"].tolist() == [0, 0, 0, 0]


def test_totals_are_rows_with_codes_of_their_own():
    counts = count_deaths(DEATHS, POPULATION, by=["sex", "month"])

    totals = add_totals(
        counts, {"sex": "Persons", "month": "All months"}, crossed=["month"]
    ).set_index(["sex", "month", "age_band"])

    # women and men, whose populations add up
    assert totals.loc[("Persons", "2020-03", "20-24")].tolist() == [2, 400]
    # months, over which one population is repeated
    assert totals.loc[("F", "All months", "25-29")].tolist() == [1, 200]
    assert totals.loc[("Persons", "All months", "20-24")].tolist() == [2, 400]
    assert len(totals) == 3 * 3 * 2


def test_the_code_of_a_total_becomes_the_last_category():
    sexes = pd.CategoricalDtype(["F", "M"])
    counts = count_deaths(DEATHS, POPULATION, by=["sex"]).astype({"sex": sexes})

    totals = add_totals(counts, {"sex": "Persons"})

    assert totals["sex"].cat.categories.tolist() == ["F", "M", "Persons"]


def test_a_total_cannot_be_added_twice():
    counts = add_totals(count_deaths(DEATHS, POPULATION, by=["sex"]), {"sex": "Persons"})

    with pytest.raises(RatesError, match="Persons is there already"):
        add_totals(counts, {"sex": "Persons"})


def test_a_crossed_column_whose_populations_differ_is_refused():
    counts = count_deaths(DEATHS, POPULATION, by=["sex"])

    with pytest.raises(RatesError, match="age_band 20-24: denominators of sex run from 100 to 300"):
        add_totals(counts, {"sex": "Persons"}, crossed=["sex"])
