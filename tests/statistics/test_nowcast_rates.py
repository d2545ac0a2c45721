import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.delays import delay_distribution, reporting_triangle
from analysis.statistics.nowcast_rates import completeness, nowcast_asmr
from analysis.statistics.rates import asmr

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000}).rename_axis("age_band")
PEOPLE = pd.DataFrame({"age_band": ["20-24", "25-29"], "denominator": [10_000, 10_000]})
DELAYS = pd.DataFrame({"delay": [0, 1], "cdf": [0.5, 1.0], "log_variance": [0.01, 0.0]})


def deaths(*rows):
    return pd.DataFrame(rows, columns=["age_band", "elapsed", "numerator"])


def test_recent_deaths_are_scaled_up_by_the_share_registered():
    died = deaths(("20-24", 0, 5), ("20-24", 7, 10), ("25-29", 0, 10))

    rates = nowcast_asmr(died, PEOPLE, DELAYS, [], STANDARD).iloc[0]

    # 5 at half and 10 in full make 20; 10 at half make 20
    assert rates["numerator"] == 25
    assert rates["estimated"] == pytest.approx(40)
    assert rates["asmr"] == pytest.approx(0.6 * 150 + 0.4 * 100)
    assert rates["asmr_nowcast"] == pytest.approx(0.6 * 200 + 0.4 * 200)
    assert rates["lower_ci"] < 200 < rates["upper_ci"]


def test_where_all_is_registered_the_nowcast_is_the_rate():
    died = deaths(("20-24", 5, 30), ("25-29", 1, 10))

    rates = nowcast_asmr(died, PEOPLE, DELAYS, [], STANDARD).iloc[0]

    plain = asmr(
        died.merge(PEOPLE)[["age_band", "numerator", "denominator"]], [], STANDARD, interval="gamma"
    ).iloc[0]
    assert rates["asmr_nowcast"] == pytest.approx(plain["asmr"])
    assert rates["lower_ci"] == pytest.approx(plain["lower_ci"])
    assert rates["upper_ci"] == pytest.approx(plain["upper_ci"])


def test_limits_widen_with_what_is_not_known_of_the_delays():
    died = deaths(("20-24", 0, 500), ("25-29", 0, 500))

    unsure = nowcast_asmr(died, PEOPLE, DELAYS, [], STANDARD).iloc[0]
    sure = nowcast_asmr(died, PEOPLE, DELAYS.assign(log_variance=0), [], STANDARD).iloc[0]

    # one in ten either way, on top of the chance of the deaths
    error = (unsure["upper_ci"] - unsure["lower_ci"]) / (2 * 1.96)
    chance = (sure["upper_ci"] - sure["lower_ci"]) / (2 * 1.96)
    assert np.sqrt(error**2 - chance**2) == pytest.approx(unsure["asmr_nowcast"] * 0.1, rel=0.03)


def test_no_deaths_are_no_error():
    rates = nowcast_asmr(deaths(("20-24", 0, 0)), PEOPLE, DELAYS, [], STANDARD).iloc[0]

    assert rates["asmr_nowcast"] == rates["lower_ci"] == 0
    assert rates["upper_ci"] > 0


def test_a_fraction_of_a_period_is_refused():
    with pytest.raises(RatesError, match=r"elapsed is 0\.5"):
        nowcast_asmr(deaths(("20-24", 0.5, 1)), PEOPLE, DELAYS, [], STANDARD)


def test_completeness_is_deaths_registered_over_deaths_to_be_expected():
    died = deaths(("20-24", 0, 5), ("20-24", 7, 10))

    # 15 of 20
    assert completeness(died, DELAYS)["completeness"].item() == pytest.approx(0.75)


def test_limits_hold_the_rate_that_all_deaths_give():
    random = np.random.default_rng(5)
    inside = []
    for _ in range(150):
        total = random.poisson([[6.0, 9.0]] * 60)
        day, band = np.repeat(np.indices(total.shape).reshape(2, -1), total.ravel(), axis=1)
        delay = np.minimum(random.geometric(0.3, len(day)) - 1, 10)
        died = pd.DataFrame({"day": day, "report": day + delay})
        died["age_band"] = np.where(band == 0, "20-24", "25-29")
        delays = delay_distribution(reporting_triangle(died, 59, 10, "day", "report", "1"))
        known = died[died["report"] <= 59]
        recent = known[known["day"] >= 50].assign(elapsed=lambda rows: 59 - rows["day"])
        rates = nowcast_asmr(recent, PEOPLE, delays, [], STANDARD).iloc[0]
        # 10 days of 6 and 9 deaths
        truth = (0.6 * 60 + 0.4 * 90) / 10_000 * 100_000
        inside.append(rates["lower_ci"] <= truth <= rates["upper_ci"])

    assert 0.91 < np.mean(inside) < 0.99
