import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from analysis.errors import RatesError
from analysis.statistics.smoothing import empirical_bayes


def seeded(areas=400, shape=20.0, seed=1):
    random = np.random.default_rng(seed)
    expected = random.uniform(2, 60, areas)
    true = random.gamma(shape, 1 / shape, areas)
    return pd.DataFrame({"expected": expected, "numerator": random.poisson(true * expected)}), true


@pytest.mark.parametrize("method", ["likelihood", "moments"])
def test_smoothed_ratios_are_nearer_the_truth_than_raw_ones(method):
    areas, true = seeded()

    smoothed = empirical_bayes(areas, method=method)

    raw = areas["numerator"] / areas["expected"]
    assert ((smoothed["smoothed"] - true) ** 2).sum() < 0.6 * ((raw - true) ** 2).sum()
    covered = (smoothed["lower_ci"] <= true) & (true <= smoothed["upper_ci"])
    assert 0.92 < covered.mean() < 0.98
    assert smoothed["prior_shape"].iloc[0] == pytest.approx(20, rel=0.4)


def test_a_smoothed_ratio_is_that_of_the_deaths_and_the_priors_together():
    areas, _ = seeded()

    first = empirical_bayes(areas).iloc[0]

    rate = first["prior_shape"] / first["prior_mean"]
    together = (first["numerator"] + first["prior_shape"]) / (first["expected"] + rate)
    assert first["smoothed"] == pytest.approx(together)
    assert first["own_weight"] == pytest.approx(first["expected"] / (first["expected"] + rate))
    quantile = stats.gamma.ppf(
        0.975, first["numerator"] + first["prior_shape"], scale=1 / (first["expected"] + rate)
    )
    assert first["upper_ci"] == pytest.approx(quantile)


def test_the_likelihood_is_at_its_top():
    areas, _ = seeded(areas=120)
    fitted = empirical_bayes(areas).iloc[0]

    def loss(log):
        mean, shape = np.exp(log)
        share = shape / (shape + mean * areas["expected"])
        return -stats.nbinom.logpmf(areas["numerator"], shape, share).sum()

    best = optimize.minimize(loss, [0.0, 3.0], method="Nelder-Mead", options={"xatol": 1e-8})
    mean, shape = np.exp(best.x)
    assert fitted["prior_mean"] == pytest.approx(mean, rel=1e-4)
    assert fitted["prior_shape"] == pytest.approx(shape, rel=1e-3)


def test_moments_by_hand():
    areas = pd.DataFrame({"numerator": [0, 10, 20], "expected": [10, 10, 10]})

    smoothed = empirical_bayes(areas, method="moments")

    # mean 1; spread 2/3; chance 1/10; so the areas keep 0.5667 / 0.6667 of their own
    own = (2 / 3 - 0.1) / (2 / 3)
    assert smoothed["own_weight"].tolist() == pytest.approx([own] * 3)
    assert smoothed["smoothed"].tolist() == pytest.approx([1 - own, 1, 1 + own])


@pytest.mark.parametrize("method", ["likelihood", "moments"])
def test_areas_that_differ_no_more_than_by_chance_all_have_the_mean(method):
    areas = pd.DataFrame({"numerator": [10, 10, 11, 9, 10], "expected": [10.0] * 5})

    smoothed = empirical_bayes(areas, method=method)

    assert smoothed["smoothed"].tolist() == pytest.approx([1] * 5)
    assert np.isinf(smoothed["prior_shape"]).all()


def test_groups_are_drawn_together_apart():
    one, _ = seeded(seed=1)
    other, _ = seeded(seed=2, shape=50)
    both = pd.concat([one.assign(sex="M"), other.assign(sex="F")])

    smoothed = empirical_bayes(both, by=["sex"])

    alone = empirical_bayes(one)["smoothed"].tolist()
    assert smoothed.loc[smoothed["sex"] == "M", "smoothed"].tolist() == pytest.approx(alone)


def test_an_area_where_none_are_expected_has_the_mean():
    areas, _ = seeded()
    areas.loc[0] = [0.0, 0]

    smoothed = empirical_bayes(areas)

    assert smoothed["smoothed"].iloc[0] == pytest.approx(smoothed["prior_mean"].iloc[0])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"numerator": [1, 2, -1], "expected": [1, 1, 1]}, "negative, missing or infinite"),
        ({"numerator": [1, 2, 1], "expected": [1, 1, 0]}, "deaths where none are expected"),
        ({"numerator": [1, 2], "expected": [1, 1]}, "fewer than three areas"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(rows, message):
    with pytest.raises(RatesError, match=message):
        empirical_bayes(pd.DataFrame(rows))


def test_no_deaths_anywhere_are_no_error():
    areas = pd.DataFrame({"numerator": [0, 0, 0], "expected": [1.0, 2.0, 3.0]})

    assert empirical_bayes(areas)["smoothed"].tolist() == [0, 0, 0]
