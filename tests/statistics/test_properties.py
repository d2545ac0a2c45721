"""What must hold of rates whatever the counts: properties, and coverage by simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics.comparisons import rate_ratio
from analysis.statistics.indirect import smr
from analysis.statistics.intervals import poisson_limits, proportion_limits
from analysis.statistics.rates import asmr, crude_rate

BANDS = [f"{age}-{age + 4}" for age in range(20, 50, 5)]
METHODS = ["ons", "dobson-exact", "dobson-byar", "gamma", "tiwari", "normal", "log", "gamma-midp"]
SKEWED = ["ons", "dobson-exact", "dobson-byar", "gamma", "tiwari", "log", "gamma-midp"]


@st.composite
def tables(draw, groups=2, most=200):
    """Counts of some groups over some bands, and a standard for them."""
    bands = BANDS[: draw(st.integers(1, len(BANDS)))]
    size = groups * len(bands)
    died = draw(st.lists(st.integers(0, most), min_size=size, max_size=size))
    lived = draw(st.lists(st.integers(most, 100_000), min_size=size, max_size=size))
    weights = draw(st.lists(st.integers(1, 7_000), min_size=len(bands), max_size=len(bands)))
    rows = pd.DataFrame(
        {
            "group": np.repeat([f"g{i}" for i in range(groups)], len(bands)),
            "age_band": bands * groups,
            "numerator": died,
            "denominator": lived,
        }
    )
    return rows, pd.Series(weights, index=pd.Index(bands, name="age_band"), dtype=float)


def numbers(rates):
    return rates[["asmr", "lower_ci", "upper_ci"]].to_numpy()


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from(METHODS), st.floats(0.001, 1_000))
def test_more_people_at_the_same_deaths_divide_rates_and_limits(table, interval, factor):
    counts, standard = table

    scaled = asmr(
        counts.assign(denominator=counts["denominator"] * factor),
        ["group"],
        standard,
        interval=interval,
    )

    plain = asmr(counts, ["group"], standard, interval=interval)
    np.testing.assert_allclose(numbers(scaled) * factor, numbers(plain), rtol=1e-7)


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from(METHODS), st.floats(0.001, 1_000))
def test_the_size_of_the_standard_does_not_matter(table, interval, factor):
    counts, standard = table

    scaled = asmr(counts, ["group"], standard * factor, interval=interval)

    plain = asmr(counts, ["group"], standard, interval=interval)
    np.testing.assert_allclose(numbers(scaled), numbers(plain), rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(groups=3), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_neither_does_the_order_of_rows_or_bands(table, interval, random):
    counts, standard = table
    order = list(range(len(counts)))
    random.shuffle(order)

    shuffled = asmr(counts.iloc[order], ["group"], standard[::-1], interval=interval)

    plain = asmr(counts, ["group"], standard, interval=interval)
    np.testing.assert_allclose(numbers(shuffled), numbers(plain), rtol=1e-9)
    assert shuffled["group"].tolist() == plain["group"].tolist()


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from(["ons", "dobson-exact", "dobson-byar", "normal", "log"]))
def test_a_band_can_be_split_in_proportion(table, interval):
    counts, standard = table
    first = standard.index[0]
    split = counts["age_band"] == first
    even = counts.assign(numerator=counts["numerator"].where(~split, counts["numerator"] * 2))
    half = even[split].assign(
        numerator=even.loc[split, "numerator"] // 2, denominator=even.loc[split, "denominator"] / 2
    )
    parts = pd.concat([even[~split], half, half.assign(age_band="other half")])
    halves = standard.copy()
    halves[first] /= 2
    halves["other half"] = halves[first]

    in_parts = asmr(parts, ["group"], halves, interval=interval)

    whole = asmr(even, ["group"], standard, interval=interval)
    np.testing.assert_allclose(numbers(in_parts), numbers(whole), rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(groups=3))
def test_a_rate_of_merged_groups_lies_between_theirs(table):
    counts, standard = table

    merged = asmr(
        counts.groupby("age_band", as_index=False)[["numerator", "denominator"]].sum(), [], standard
    )

    # True of each band, so of rates over one band; over several, within the crude extremes.
    if len(standard) == 1:
        parts = asmr(counts, ["group"], standard)["asmr"]
        assert parts.min() - 1e-6 <= merged["asmr"].item() <= parts.max() + 1e-6
    assert merged["numerator"].item() == counts["numerator"].sum()
    crude = crude_rate(counts, ["group", "age_band"])["crude_rate"]
    assert crude.min() - 1e-6 <= merged["asmr"].item() <= crude.max() + 1e-6


@settings(max_examples=80, deadline=None)
@given(tables(), st.sampled_from(SKEWED), st.sampled_from([0.9, 0.95, 0.998]))
def test_limits_bracket_the_rate(table, interval, confidence):
    counts, standard = table

    rates = asmr(counts, ["group"], standard, interval=interval, confidence=confidence)

    some = rates[rates["numerator"] > 0]
    assert (some["lower_ci"] < some["asmr"]).all()
    assert (some["upper_ci"] > some["asmr"]).all()
    none = rates[rates["numerator"] == 0]
    assert (none[["asmr", "lower_ci"]] == 0).all(axis=None)


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from(METHODS))
def test_limits_narrow_with_size_and_widen_with_confidence(table, interval):
    counts, standard = table
    larger = counts.assign(
        numerator=counts["numerator"] * 50, denominator=counts["denominator"] * 50
    )

    at_95 = asmr(counts, ["group"], standard, interval=interval)
    at_99 = asmr(counts, ["group"], standard, interval=interval, confidence=0.99)
    more = asmr(larger, ["group"], standard, interval=interval)

    def width(rates):
        return (rates["upper_ci"] - rates["lower_ci"])[at_95["numerator"] > 0]

    assert (width(more) < width(at_95)).all()
    # the ONS limits of few deaths are cut at 0, so only their upper side must widen
    assert (at_99["upper_ci"] - at_95["upper_ci"])[at_95["numerator"] > 0].gt(0).all()
    np.testing.assert_allclose(more["asmr"], at_95["asmr"], rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["exact", "byar", "exact-byar", "midp", "ons"]))
def test_limits_of_a_count_bracket_it_and_grow_with_it(deaths, method):
    lower, upper = poisson_limits([deaths, deaths + 1], method)

    assert lower[0] <= deaths < upper[0]
    assert lower[1] >= lower[0]
    if (method, deaths) not in (("exact-byar", 9), ("ons", 99)):
        assert upper[1] > upper[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_000), st.integers(1, 2_000))
def test_wilson_limits_stay_within_0_and_1_and_mirror(numerator, denominator):
    numerator = min(numerator, denominator)

    lower, upper = proportion_limits([numerator], [denominator])

    mirror = proportion_limits([denominator - numerator], [denominator])
    assert 0 <= lower[0] <= numerator / denominator <= upper[0] <= 1 + 1e-12
    assert lower[0] == pytest.approx(1 - mirror[1][0], abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(*[st.integers(0, 300)] * 2, *[st.integers(1_000, 10**6)] * 2)
def test_a_ratio_turned_over_has_its_limits_turned_over(a, b, people, others):
    for interval in ("exact", "midp"):
        one = rate_ratio([a], [people], [b], [others], interval).iloc[0]
        two = rate_ratio([b], [others], [a], [people], interval).iloc[0]
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(one["lower_ci"], 1 / two["upper_ci"], rtol=1e-6)
        assert one["p_value"] == pytest.approx(two["p_value"], abs=1e-9)
        if a + b:
            assert one["lower_ci"] <= one["ratio"] <= one["upper_ci"]


@settings(max_examples=40, deadline=None)
@given(tables(groups=3))
def test_ratios_to_the_whole_average_1_when_weighed_by_expected_deaths(table):
    counts, _ = table

    ratios = smr(counts, ["group"])

    expected = ratios["expected"].sum()
    assert expected == pytest.approx(counts["numerator"].sum(), abs=1e-6)


WEIGHTS = np.array([0.5, 0.3, 0.2])
PEOPLE = np.array([9_000.0, 5_000.0, 3_000.0])


def coverage(interval, deaths, draws=4_000, seed=20):
    """Share of simulated intervals that hold the rate, at a mean of so many deaths."""
    random = np.random.default_rng(seed)
    mean = deaths * np.array([0.3, 0.4, 0.3])
    died = random.poisson(mean, (draws, 3))
    bands = BANDS[:3]
    rows = pd.DataFrame(
        {
            "draw": np.repeat(np.arange(draws), 3),
            "age_band": np.tile(bands, draws),
            "numerator": died.ravel(),
            "denominator": np.tile(PEOPLE, draws),
        }
    )
    rates = asmr(rows, ["draw"], pd.Series(WEIGHTS, index=bands), interval=interval)
    truth = 1e5 * (WEIGHTS * mean / PEOPLE).sum()
    return rates["lower_ci"].le(truth).mul(rates["upper_ci"].ge(truth)).mean()


@pytest.mark.parametrize("deaths", [1, 2, 5, 10, 20, 50, 100])
@pytest.mark.parametrize("interval", ["gamma", "tiwari", "gamma-midp"])
def test_gamma_limits_hold_the_rate_as_often_as_they_say(interval, deaths):
    share = coverage(interval, deaths)

    least = {"gamma": 0.945, "tiwari": 0.935, "gamma-midp": 0.925}[interval]
    assert share > least
    if deaths >= 20:
        assert share < 0.975


@pytest.mark.parametrize("deaths", [5, 10, 20, 50, 100])
@pytest.mark.parametrize("interval", ["ons", "dobson-exact", "dobson-byar"])
def test_dobson_limits_hold_the_rate_as_often_as_they_say(interval, deaths):
    assert 0.94 < coverage(interval, deaths) < 0.985


@pytest.mark.parametrize("deaths", [20, 50, 100])
@pytest.mark.parametrize("interval", ["normal", "log"])
def test_normal_and_log_limits_hold_it_only_nearly(interval, deaths):
    assert 0.91 < coverage(interval, deaths) < 0.97
