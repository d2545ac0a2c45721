import ibis
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import RatesError
from analysis.statistics.delays import (
    back_test,
    bootstrap_ladder,
    chain_ladder,
    cumulate,
    delay_distribution,
    nowcast,
    reporting_triangle,
)

DEATHS = pd.DataFrame(
    {
        "death_date": ["2020-03-01", "2020-03-01", "2020-03-02", "2020-03-03", "2020-03-03"],
        "registration_date": ["2020-03-01", "2020-03-03", "2020-03-03", "2020-03-03", "2020-03-09"],
    }
)


def test_a_triangle_counts_by_day_and_delay_and_leaves_the_unknown_open():
    triangle = reporting_triangle(DEATHS, "2020-03-03", 2)

    assert triangle.index.astype(str).tolist() == ["2020-03-01", "2020-03-02", "2020-03-03"]
    assert triangle.loc["2020-03-01"].tolist() == [1, 0, 1]
    assert triangle.loc["2020-03-02"].tolist()[:2] == [0, 1]
    assert triangle.isna().sum(axis=1).tolist() == [0, 1, 2]
    assert cumulate(triangle).iloc[0].tolist() == [1, 1, 2]


def test_counted_and_lazy_deaths_give_the_same_triangle():
    triangle = reporting_triangle(DEATHS, "2020-03-03", 2)

    doubled = reporting_triangle(DEATHS.assign(numerator=2), "2020-03-03", 2)
    lazy = reporting_triangle(ibis.memtable(DEATHS), "2020-03-03", 2)

    pd.testing.assert_frame_equal(doubled, triangle * 2)
    pd.testing.assert_frame_equal(lazy, triangle)


def test_delays_beyond_the_largest_count_in_its_column_or_not_at_all():
    last = reporting_triangle(DEATHS, "2020-03-10", 2)
    dropped = reporting_triangle(DEATHS, "2020-03-10", 2, long_delays="drop")

    assert last.loc["2020-03-03"].tolist() == [1, 0, 1]
    assert dropped.loc["2020-03-03"].tolist() == [1, 0, 0]


def test_weeks_end_on_friday():
    # Friday 6 March and Saturday 7 March 2020 are in different weeks
    two = pd.DataFrame(
        {"death_date": ["2020-03-06", "2020-03-07"], "registration_date": "2020-03-13"}
    )

    triangle = reporting_triangle(two, "2020-03-14", 1, unit="W")

    assert triangle.index.astype(str).tolist() == ["2020-03-06", "2020-03-13", "2020-03-20"]
    assert triangle[0].tolist() == [0, 1, 0]
    assert triangle[1].tolist()[:2] == [1, 0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"now": "2020-02-01", "max_delay": 1}, "0 rows are known at 2020-02-01"),
        ({"now": "2020-03-03", "max_delay": 9}, "too few periods for a delay of 9"),
        ({"now": "2020-03-03", "max_delay": 1, "unit": "M"}, "unit 'M'"),
        ({"now": "2020-03-03", "max_delay": 1, "event": "died"}, "no column died"),
    ],
)
def test_what_gives_no_triangle_is_refused(options, message):
    with pytest.raises(RatesError, match=message):
        reporting_triangle(DEATHS, **options)


def test_delays_are_counted_among_those_that_could_have_shown_them():
    triangle = pd.DataFrame([[6, 3, 1], [5, 5, np.nan], [8, np.nan, np.nan]])

    delays = delay_distribution(triangle)

    # delay 2: 1 of the 10 of the first period; delay 1: 3 + 5 of the 19 of the first two
    assert delays["registered"].tolist() == [19, 8, 1]
    assert delays["at_risk"].tolist() == [19, 19, 10]
    assert delays["cdf"].tolist() == pytest.approx([0.9 * 11 / 19, 0.9, 1])
    # Lawless (2.15): g / (N (1 - g)), summed over longer delays
    assert delays["log_variance"].tolist() == pytest.approx([0.1 / 9 + (8 / 19) / 11, 0.1 / 9, 0])


def test_a_window_keeps_the_last_periods():
    triangle = pd.DataFrame([[0, 90], [6, 4], [5, np.nan]])

    assert delay_distribution(triangle, window=2)["cdf"].tolist() == pytest.approx([0.6, 1])
    with pytest.raises(RatesError, match="fewer than the 2 delays"):
        delay_distribution(triangle, window=1)


def test_a_nowcast_scales_what_is_registered_by_the_share_registered():
    triangle = pd.DataFrame([[6, 4], [5, 5], [11, np.nan]])

    recent = nowcast(triangle, delays_known=True, overdispersed=False)

    # 11 of 20 are registered at once
    assert recent["cdf"].tolist() == pytest.approx([0.55])
    assert recent["nowcast"].tolist() == pytest.approx([20])
    assert recent["standard_error"].item() == pytest.approx(np.sqrt(11 * 0.45) / 0.55)
    assert 11 <= recent["lower_ci"].item() < 20 < recent["upper_ci"].item()


def test_a_period_without_registrations_is_no_error():
    triangle = pd.DataFrame([[6, 4], [5, 5], [0, np.nan]])

    recent = nowcast(triangle).iloc[0]

    # 0.45^4 is above 0.025 and 0.45^5 below
    assert recent["nowcast"] == recent["lower_ci"] == 0
    assert recent["upper_ci"] == 5
    for method in ("chain-ladder", "bootstrap"):
        assert nowcast(triangle, method=method)["nowcast"].item() == 0


@pytest.mark.parametrize(
    ("triangle", "message"),
    [
        (pd.DataFrame([[1, np.nan, 3], [1, 2, 3]]), "origin 0: known at delay 2 but not before"),
        (pd.DataFrame([[np.nan, 1], [1, 2]]), "a row whose first cell is missing"),
        (pd.DataFrame([["a", "b"]]), "values that are not numbers"),
        (pd.DataFrame([[1, np.nan], [2, np.nan]]), "nothing is known before step 1"),
        (pd.DataFrame([[0, 4], [2, np.nan]]), "nothing is known before step 1"),
    ],
)
def test_what_is_no_triangle_is_refused(triangle, message):
    with pytest.raises(RatesError, match=message):
        chain_ladder(triangle)


def test_a_chain_ladder_by_hand():
    triangle = pd.DataFrame([[10, 20, 22], [20, 30, np.nan], [30, np.nan, np.nan]])

    ladder = chain_ladder(triangle)

    # 50 from 30; 22 from 20
    assert ladder.factors["factor"].tolist() == pytest.approx([5 / 3, 1.1])
    assert ladder.origins["ultimate"].tolist() == pytest.approx([22, 33, 55])
    assert ladder.origins["outstanding"].tolist() == pytest.approx([0, 3, 25])
    assert ladder.total["ultimate"] == pytest.approx(110)
    # sigma squared of the first step: 10 (2 - 5/3)^2 + 20 (1.5 - 5/3)^2
    assert ladder.factors["sigma_squared"].iloc[0] == pytest.approx(10 / 9 + 20 / 36)


def test_increments_and_cumulative_counts_give_the_same_ladder():
    increments = pd.DataFrame([[10, 10, 2], [20, 10, np.nan], [30, np.nan, np.nan]])

    ladder = chain_ladder(increments, cumulative=False)

    pd.testing.assert_frame_equal(ladder.origins, chain_ladder(cumulate(increments)).origins)


@pytest.mark.parametrize("sigma", ["mack", "log-linear"])
def test_chain_ladder_agrees_with_mack_on_the_raa_triangle(oracle, agreeing, sigma):
    triangle = oracle("chainladder_mack/raa_triangle_cumulative.csv", index_col=0)
    factors = oracle("chainladder_mack/raa_ldf_expected.csv").iloc[0, 1:].astype(float)
    total = oracle("chainladder_mack/raa_total_expected.csv").set_index("sigma_interpolation")

    ladder = chain_ladder(triangle, sigma=sigma)

    compared = agreeing(ladder.factors["factor"], factors, rel=1e-8)
    ours = [ladder.total["outstanding"], ladder.total["standard_error"]]
    compared += agreeing(ours, total.loc[sigma], rel=1e-8)
    assert compared == 11


def test_origins_agree_with_mack_on_the_raa_triangle(oracle, agreeing):
    triangle = oracle("chainladder_mack/raa_triangle_cumulative.csv", index_col=0)
    expected = oracle("chainladder_mack/raa_mack_expected.csv")

    for sigma in ("log-linear", "mack"):
        origins = chain_ladder(triangle, sigma=sigma).origins
        if np.isclose(origins["standard_error"][1], expected["Mack Std Err"][1], rtol=1e-6):
            break
    compared = agreeing(origins["latest"], expected["Latest"])
    compared += agreeing(origins["outstanding"], expected["IBNR"], rel=1e-8)
    compared += agreeing(origins["ultimate"], expected["Ultimate"], rel=1e-8)
    compared += agreeing(origins["standard_error"], expected["Mack Std Err"], rel=1e-8)
    assert compared == 10 + 9 + 10 + 9


def test_the_published_total_of_mack(oracle):
    triangle = oracle("chainladder_mack/raa_triangle_cumulative.csv", index_col=0)

    total = chain_ladder(triangle).total

    assert round(total["outstanding"], 2) == 52_135.23
    assert round(total["standard_error"], 2) == 26_909.01


@pytest.fixture(scope="module")
def outbreak(oracle):
    return oracle("surveillance_nowcast/husO104_linelist.csv")


def test_delays_and_counts_of_the_2011_outbreak_agree_with_surveillance(oracle, agreeing, outbreak):
    cdf = oracle("surveillance_nowcast/lawless_2011-06-02_D15_delay_cdf_expected.csv")
    expected = oracle("surveillance_nowcast/lawless_2011-06-02_D15_expected.csv")

    triangle = reporting_triangle(outbreak, "2011-06-02", 15, "dHosp", "dReport")
    delays = delay_distribution(triangle)
    recent = nowcast(triangle, delays_known=True, overdispersed=False)
    whole = reporting_triangle(outbreak, "2011-12-31", 15, "dHosp", "dReport").sum(axis=1)

    assert agreeing(delays["cdf"], cdf["cdf"][:16]) == 16
    assert recent["dHosp"].astype(str).tolist() == expected["date"].tolist()
    assert recent["registered"].tolist() == expected["reported_by_now"].tolist()
    assert whole[expected["date"]].tolist() == expected["eventual"].tolist()

    # Theirs are whole numbers: quantiles of our normal distribution (delays taken as known), its
    # mass below what is reported put to one side as their program does it.
    some = recent[recent["registered"] > 0]
    for share, column in ((0.025, "pi_lower"), (0.5, "lawless_estimate"), (0.975, "pi_upper")):
        floor = stats.norm.cdf(some["registered"], some["nowcast"], some["standard_error"])
        point = stats.norm.ppf(share * (1 - floor), some["nowcast"], some["standard_error"])
        quantile = np.maximum(np.ceil(point), some["registered"])
        assert quantile.tolist() == expected[column][: len(some)].tolist()
    assert len(some) == 13


def delayed(random, days=120, level=200.0, share=0.35, largest=14, dispersion=1.0):
    """Deaths of each day, negative binomial, each with a geometric delay cut at the largest."""
    mean = np.full(days, level) * (1 + 0.3 * np.sin(np.arange(days) / 15))
    if dispersion > 1:
        mean = random.gamma(mean / (dispersion - 1), dispersion - 1)
    total = random.poisson(mean)
    day = np.repeat(np.arange(days), total)
    delay = np.minimum(random.geometric(share, len(day)) - 1, largest)
    return pd.DataFrame({"day": day, "report": day + delay})


@pytest.mark.parametrize("method", ["lawless", "chain-ladder", "bootstrap"])
def test_limits_of_a_nowcast_hold_what_is_registered_in_the_end(method):
    random = np.random.default_rng(11)

    inside = []
    for _ in range(25):
        table = back_test(
            delayed(random), [60, 75, 90], 14, "day", "report", "1", method=method, draws=400
        )
        inside.append(table["inside"].groupby(table["elapsed"] < 5).mean())

    # Days that are almost complete have limits of whole deaths, which hold more than they say.
    older, recent = np.mean(inside, axis=0)
    assert 0.92 < recent < 0.98
    assert older > 0.95


def test_recent_days_of_the_outbreak_are_within_the_limits(outbreak):
    table = back_test(outbreak, ["2011-05-30", "2011-06-02", "2011-06-06"], 15, "dHosp", "dReport")

    # Reports sped up after 23 May, so the delays before it mislead: fewer than 95% are inside.
    assert len(table) == 45
    assert 0.6 < table["inside"].mean() < 1


def test_the_bootstrap_centres_near_the_chain_ladder():
    triangle = reporting_triangle(delayed(np.random.default_rng(1)), 90, 14, "day", "report", "1")

    drawn = bootstrap_ladder(triangle, cumulative=False, draws=4_000).sum(axis=1)

    total = chain_ladder(triangle, cumulative=False).total
    assert drawn.mean() == pytest.approx(total["outstanding"], rel=0.02)


def test_the_same_seed_gives_the_same_bootstrap():
    triangle = pd.DataFrame([[6, 4], [5, 5], [11, np.nan]])

    one, two = (nowcast(triangle, method="bootstrap", draws=50) for _ in range(2))

    pd.testing.assert_frame_equal(one, two)


def test_an_unknown_method_is_refused():
    with pytest.raises(RatesError, match="method 'guess': not one of lawless"):
        nowcast(pd.DataFrame([[6, 4], [5, np.nan]]), method="guess")
