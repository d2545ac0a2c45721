"""Delays by day of the week, and nowcasts of weeks and months, on deaths with known ends."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.nowcast_groups import beside_registered, nowcast_deaths, nowcast_rates
from analysis.statistics.rates import asmr
from analysis.statistics.weekday_delays import weekday_delays

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000}).rename_axis("age_band")
PEOPLE = pd.DataFrame({"age_band": ["20-24", "25-29"], "denominator": [1e6, 1e6]})


def every_day(days, known_by, deaths=20):
    """The same deaths every day, of which ``known_by[e]`` are registered e days later."""
    rows = []
    for elapsed in range(days):
        told = np.diff([0, *known_by], axis=0) * deaths
        for delay, count in enumerate(told):
            if count and delay <= elapsed:
                rows.append((elapsed, (elapsed - delay) // 7, count))
    late = pd.DataFrame(rows, columns=["elapsed", "weeks_known", "numerator"])
    return late.groupby(["elapsed", "weeks_known"], as_index=False).sum()


def test_shares_are_those_registered_by_each_number_of_days():
    # half on day 3, three quarters by day 10, all by day 15
    known_by = [0] * 3 + [0.5] * 7 + [0.75] * 5 + [1.0]

    delays = weekday_delays(every_day(70, known_by), longest=4).set_index("delay")

    assert delays.loc[0:2, "cdf"].isna().all()
    assert delays.loc[[3, 9, 10, 14, 15, 28], "cdf"].tolist() == [0.5, 0.5, 0.75, 0.75, 1, 1]
    assert delays["log_variance"].to_numpy() == pytest.approx(0, abs=1e-12)


def test_weekdays_have_delays_of_their_own():
    # Deaths of days 0, 7, 14 ... before the cut-off take a week longer.
    quick = every_day(70, [0.5] * 7 + [1.0])
    slow = every_day(70, [0.5] * 14 + [1.0])
    late = pd.concat([quick[quick["elapsed"] % 7 != 0], slow[slow["elapsed"] % 7 == 0]])

    delays = weekday_delays(late, longest=4).set_index("delay")["cdf"]

    assert delays[[6, 7, 8, 13, 14, 15]].tolist() == [0.5, 0.5, 1, 1, 1, 1]


def test_what_is_not_known_grows_towards_the_cut_off():
    late = simulated(np.random.default_rng(3))

    variance = weekday_delays(late[late["known"]], longest=8)["log_variance"]

    assert (variance.diff().dropna() <= 0).all()
    assert variance.iloc[-1] == 0


def test_fewer_weeks_than_delays_are_refused():
    with pytest.raises(RatesError, match="too few periods"):
        weekday_delays(every_day(20, [1.0]), longest=4)


def simulated(random, days=150, level=300):
    """Deaths of each day and how they are registered: on working days, some after weeks."""
    weekday = (5 - np.arange(days)) % 7  # the cut-off is a Saturday
    closed = random.random(-(-days // 7)) < 0.1  # and a Friday now and then a holiday
    day = np.arange(days)
    elapsed = np.repeat(day, random.poisson(level * (1 + 0.3 * np.sin(day / 20))))
    delay = np.floor(np.exp(random.normal(1.2, 0.6, len(elapsed)))).astype(int)
    slow = random.random(len(elapsed)) < 0.04
    told = elapsed - np.where(slow, random.integers(10, 70, len(elapsed)), delay)
    for _ in range(3):
        at = np.maximum(told, 0)
        shut = (weekday[at] >= 5) | ((weekday[at] == 4) & closed[at // 7])
        told = told - ((told >= 0) & shut)
    late = pd.DataFrame({"elapsed": elapsed, "delay": elapsed - told, "numerator": 1})
    late = late.groupby(["elapsed", "delay"], as_index=False).sum()
    told = late["elapsed"] - late["delay"]
    return late.assign(
        known=told >= 0, weeks_known=told // 7, cause="Not COVID-19", week=late["elapsed"] // 7
    )


def test_limits_of_weeks_and_months_hold_what_is_registered_in_the_end():
    random = np.random.default_rng(8)
    inside = []
    for _ in range(40):
        late = simulated(random)
        late = late.assign(month=np.where(late["elapsed"].between(6, 36), "last", "others"))
        # What the nowcast is of: registered within eight weeks, counted back from the cut-off.
        ended = late[late["delay"] <= late["elapsed"] % 7 + 56]
        for by in ("week", "month"):
            found = nowcast_deaths(late[late["known"]], [by], longest=8).set_index(["cause", by])
            found = found.loc["All causes"].drop("others", errors="ignore")
            end = ended.groupby(by)["numerator"].sum()
            recent = found.index.isin([1, 2, 3, 4, "last"])
            low, high = found["estimated_lower_ci"][recent], found["estimated_upper_ci"][recent]
            inside.append(end.loc[low.index].between(low, high).rename(by))
    share = pd.concat(inside, axis=0)

    weeks = share[share.index != "last"]
    assert 0.92 < weeks.mean() <= 1
    assert 0.92 < share[share.index == "last"].mean() <= 1


def test_completeness_is_registered_over_expected():
    late = every_day(70, [0.5] * 7 + [1.0]).assign(cause="COVID-19")
    late = late.assign(month=np.where(late["elapsed"] < 14, "last", "before"))

    found = nowcast_deaths(late, ["month"], longest=4).set_index(["cause", "month"])

    # 7 days at half, 7 days whole
    assert found.loc[("COVID-19", "last"), "numerator"] == 210
    assert found.loc[("COVID-19", "last"), "estimated"] == pytest.approx(280)
    assert found.loc[("All causes", "last"), "completeness"] == pytest.approx(75)
    assert found.loc[("All causes", "before"), "completeness"] == 100


def test_a_cause_too_rare_for_delays_has_no_nowcast():
    late = every_day(70, [0.5] * 7 + [1.0]).assign(cause="Not COVID-19", month="m")
    rare = late.iloc[[0]].assign(cause="COVID-19", elapsed=3, weeks_known=0, numerator=1)

    found = nowcast_deaths(pd.concat([late, rare]), ["month"], longest=4).set_index("cause")

    assert np.isnan(found.loc["COVID-19", "estimated"])
    assert found.loc["COVID-19", "numerator"] == 1
    assert found.loc["All causes", "estimated"] > 1_400


def test_rates_are_scaled_as_deaths_are_and_totals_have_rows_of_their_own():
    late = every_day(70, [0.5] * 7 + [1.0]).assign(cause="COVID-19", age_band="20-24")
    late = late.assign(month=np.where(late["elapsed"] < 14, "b", "a"), wanted=late["elapsed"] < 28)

    rates = nowcast_rates(
        late, PEOPLE, ["month"], STANDARD, "wanted", {"month": "All months"}, longest=4
    ).query("cause == 'COVID-19'").set_index("month")  # fmt: skip

    # 280 deaths a million at a weight of 0.6, and 280 before; 210 are registered
    assert rates.loc["b", "asmr"] == pytest.approx(210 * 0.06)
    assert rates.loc["b", "asmr_nowcast"] == pytest.approx(280 * 0.06)
    assert rates.loc["All months", "asmr_nowcast"] == pytest.approx(560 * 0.06)
    assert (rates["asmr_nowcast_lower_ci"] < rates["asmr_nowcast"]).all()
    plain = asmr(
        PEOPLE.assign(numerator=[280, 0]), [], STANDARD, interval="gamma"
    )  # fmt: skip
    assert rates.loc["a", "asmr_nowcast_upper_ci"] == pytest.approx(plain["upper_ci"].item())


def test_a_chart_has_both_series_and_limits_of_what_is_expected_only():
    late = every_day(70, [0.5] * 7 + [1.0]).assign(cause="COVID-19", week=1)

    both = beside_registered(nowcast_deaths(late, ["week"], longest=4), ["cause", "week"])

    known = both["series"] == "Registered by the cut-off"
    assert both[known]["estimated_lower_ci"].isna().all()
    assert both[~known]["estimated_lower_ci"].notna().all()
    assert known.sum() == (~known).sum() == 2
