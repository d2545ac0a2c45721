from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import RatesError
from analysis.statistics.intervals import poisson_limits, proportion_limits

REFERENCE = Path(__file__).parents[1] / "reference"


def test_exact_limits_leave_a_fortieth_on_each_side():
    lower, upper = poisson_limits([1, 9, 10, 99, 100])

    assert stats.poisson.sf([0, 8, 9, 98, 99], lower) == pytest.approx(0.025)
    assert stats.poisson.cdf([1, 9, 10, 99, 100], upper) == pytest.approx(0.025)


def test_exact_limits_are_the_printed_ones():
    """29 deaths among them: ONS's local-area tables of 2020 seem to use 19.32 for 19.42 there."""
    printed = pd.read_csv(REFERENCE / "poisson_limits.csv", comment="#", dtype=str)

    limits = poisson_limits(printed["deaths"].astype(int))

    for side, found in zip(("lower", "upper"), limits, strict=True):
        for value, text in zip(found, printed[side], strict=True):
            digits = len(text.partition(".")[2])
            assert round(value, digits) == float(text)


def test_midp_limits_leave_out_half_of_the_count_itself():
    deaths = np.array([1, 2, 9, 50, 1_000_000])

    lower, upper = poisson_limits(deaths, "midp", 0.998)

    halves = stats.poisson.pmf(deaths, [lower, upper]) / 2
    assert stats.poisson.sf(deaths, lower) + halves[0] == pytest.approx(0.001, rel=1e-7)
    assert stats.poisson.cdf(deaths - 1, upper) + halves[1] == pytest.approx(0.001, rel=1e-7)


@pytest.mark.parametrize(
    ("method", "upper"),
    [
        ("exact", -np.log(0.025)),
        ("exact-byar", -np.log(0.025)),
        ("ons", -np.log(0.025)),
        ("midp", -np.log(0.05)),
        ("normal", np.nan),
        ("log", np.nan),
    ],
)
def test_no_deaths_have_a_lower_limit_of_0_and_an_upper_where_the_method_has_one(method, upper):
    lower, above = poisson_limits([0], method)

    assert lower.tolist() == [0]
    assert above.tolist() == pytest.approx([upper], nan_ok=True)


@pytest.mark.parametrize("method", ["exact", "byar", "midp", "normal", "log", "vandenbroucke"])
def test_limits_keep_the_shape_of_the_counts(method):
    lower, upper = poisson_limits([[3, 4], [5, 600]], method)

    assert lower.shape == upper.shape == (2, 2)
    assert (lower < [[3, 4], [5, 600]]).all()
    assert (upper > [[3, 4], [5, 600]]).all()


@pytest.mark.parametrize("deaths", [[-1], [np.inf]])
def test_counts_that_are_none_are_refused(deaths):
    with pytest.raises(RatesError, match="1 of 1 counts are negative or infinite"):
        poisson_limits(deaths)


def test_a_missing_count_has_no_limits():
    lower, upper = poisson_limits([np.nan, 1])

    assert np.isnan([lower[0], upper[0]]).all()


def test_ury_and_wiggins_published_three_levels_only():
    with pytest.raises(RatesError, match=r"0\.90, 0\.95 and 0\.99 only"):
        poisson_limits([5], "ury-wiggins", 0.998)


def test_byar_agrees_with_phe(oracle, agreeing):
    rows = oracle("phe_indicatormethods/byars_wilson.csv")
    rows = rows.assign(level=rows["confidence"].str.rstrip("%").astype(float) / 100)

    compared = 0
    for row in rows.itertuples():
        if row.method == "Byars":
            ours = poisson_limits([row.x], "byar", row.level)
        else:
            ours = proportion_limits([row.x], [row.n], row.level)
        compared += agreeing(np.ravel(ours), [row.lowercl, row.uppercl], rel=1e-12)
        if np.isnan(row.lowercl):  # Byar's lower limit of 1 death at 99.8% falls below 0
            assert np.isnan(ours[0][0])

    assert compared == 13


def test_a_proportion_of_nobody_is_none():
    lower, upper = proportion_limits([0, 0], [0, 10])

    assert np.isnan([lower[0], upper[0]]).all()
    assert lower[1] == 0 < upper[1] < 1


def test_more_events_than_people_are_no_proportion():
    with pytest.raises(RatesError, match="needs 0 <= numerator <= denominator"):
        proportion_limits([11], [10])
