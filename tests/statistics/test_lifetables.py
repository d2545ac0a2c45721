import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.lifetables import expectancy_gap, life_expectancy


def counts(*rows):
    return pd.DataFrame(rows, columns=["age_band", "numerator", "denominator"])


THREE = counts(("<1", 10, 1_000), ("1-4", 4, 4_000), ("5+", 50, 1_000))


def test_life_expectancy_of_a_table_of_three_bands():
    life = life_expectancy(THREE, by=[])

    # infants: rate 0.01, q = 0.01 / (1 + 0.9 x 0.01); 1-4: q = 4 x 0.001 / (1 + 2 x 0.001)
    q0, q1 = 0.01 / 1.009, 0.004 / 1.002
    l1 = 1 - q0
    l5 = l1 * (1 - q1)
    years = [l1 + 0.1 * q0, 4 * (l5 + 0.5 * (l1 - l5)), l5 / 0.05]
    assert life["age"].tolist() == [0, 1, 5]
    assert life["life_expectancy"].tolist() == pytest.approx([sum(years), sum(years[1:]) / l1, 20])
    # the open band: 1 / (rate x root of deaths)
    assert life["standard_error"].iloc[2] == pytest.approx(1 / (0.05 * np.sqrt(50)))
    assert (life["lower_ci"] < life["life_expectancy"]).all()


def test_ages_can_be_chosen():
    assert life_expectancy(THREE, [], ages=[0, 5])["age"].tolist() == [0, 5]
    with pytest.raises(RatesError, match="age 65: no band starts there"):
        life_expectancy(THREE, [], ages=[65])


def test_a_band_without_deaths_is_no_error():
    life = life_expectancy(THREE.assign(numerator=[0, 0, 50]), [])

    # nobody dies before 5, then 20 years
    assert life["life_expectancy"].tolist() == pytest.approx([25, 24, 20])


def test_without_deaths_in_the_open_band_there_is_no_life_expectancy():
    life = life_expectancy(THREE.assign(numerator=[10, 4, 0]), [])

    assert life[["life_expectancy", "lower_ci"]].isna().all(axis=None)


def test_without_people_in_a_band_there_is_none_up_to_it():
    life = life_expectancy(THREE.assign(numerator=[10, 0, 50], denominator=[1_000, 0, 1_000]), [])

    assert life["life_expectancy"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (counts(("<1", 1, 10), ("5+", 1, 10)), "age_band <1: the next band starts at 5, not at 1"),
        (counts(("young", 1, 10), ("5+", 1, 10)), "age_band young: not an age"),
        (counts(("0+", 1, 10)), "needs two bands at least"),
        (counts(("0-4", 1, 0), ("5+", 1, 10)), "numerator is 1 where the denominator is 0"),
    ],
)
def test_what_gives_no_life_table_is_refused(rows, message):
    with pytest.raises(RatesError, match=message):
        life_expectancy(rows, [])


def test_the_gap_is_between_the_two_ends_of_the_scale():
    ranks = pd.concat(
        [THREE.assign(imd_decile=1), THREE.assign(imd_decile=10, numerator=[10, 4, 40])]
    )
    life = life_expectancy(ranks, ["imd_decile"])

    gap = expectancy_gap(life, ["age"], "imd_decile", 1, 10)

    # at 5: 25 years against 20
    assert gap["gap"].iloc[2] == pytest.approx(5)
    error = np.hypot(1 / (0.05 * np.sqrt(50)), 1 / (0.04 * np.sqrt(40)))
    assert gap["upper_ci"].iloc[2] == pytest.approx(5 + 1.959964 * error, abs=1e-4)
    with pytest.raises(RatesError, match="imd_decile 5: no row"):
        expectancy_gap(life, ["age"], "imd_decile", 5, 10)


def test_life_expectancy_agrees_with_phe(oracle, agreeing):
    table = oracle("phe_indicatormethods/life_expectancy_silcocks.csv", dtype={"startage": str})
    columns = {"startage": "age_band", "deaths": "numerator", "pop": "denominator"}

    ours = life_expectancy(table.rename(columns=columns), [])

    compared = agreeing(ours["life_expectancy"], table["life_expectancy"], rel=0, abs=5e-5)
    compared += agreeing(ours["lower_ci"], table["lower95"], rel=0, abs=5e-5)
    compared += agreeing(ours["upper_ci"], table["upper95"], rel=0, abs=5e-5)
    assert compared == 60


def test_life_expectancy_agrees_with_seeded_results_of_phe(oracle, agreeing):
    inputs = oracle("r_peers_seeded/life_expectancy_inputs.csv")
    expected = oracle("r_peers_seeded/life_expectancy_expected.csv")
    columns = {"startage": "age_band", "deaths": "numerator", "pop": "denominator"}

    ours = life_expectancy(inputs.rename(columns=columns), ["area"])
    both = expected.merge(ours, left_on=["area", "startage"], right_on=["area", "age"])

    compared = agreeing(both["life_expectancy"], both["value"], rel=1e-10)
    compared += agreeing(both["lower_ci"], both["lowercl"], rel=1e-10)
    compared += agreeing(both["upper_ci"], both["uppercl"], rel=1e-10)
    assert compared == 240
