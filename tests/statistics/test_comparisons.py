import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import RatesError
from analysis.statistics.comparisons import rate_ratio
from analysis.statistics.rates import asmr, asmr_difference, asmr_ratio

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000}).rename_axis("age_band")


def counts(*rows, key="job"):
    return pd.DataFrame(rows, columns=[key, "age_band", "numerator", "denominator"])


NURSES = counts(("nurse", "20-24", 10, 10_000), ("nurse", "25-29", 30, 10_000))
ALL = counts(("all", "20-24", 100, 200_000), ("all", "25-29", 400, 200_000)).drop(columns="job")


def test_ratio_is_that_of_the_two_standardised_rates():
    ratio = asmr_ratio(NURSES, ALL, by=["job"], standard=STANDARD)

    # 180 per 100,000 against 0.6 x 50 + 0.4 x 200 = 110
    assert ratio["asmr"].item() == pytest.approx(180)
    assert ratio["comparator_asmr"].item() == pytest.approx(110)
    assert ratio["ratio"].item() == pytest.approx(180 / 110)
    assert ratio["comparator_numerator"].item() == 500
    assert 1 < ratio["lower_ci"].item() < 180 / 110 < ratio["upper_ci"].item()
    assert ratio["p_value"].item() < 0.05


def test_groups_are_compared_with_the_comparator_that_shares_their_codes():
    two = pd.concat([NURSES.assign(sex="F"), NURSES.assign(sex="M")])
    both = pd.concat([ALL.assign(sex="F"), ALL.assign(sex="M", numerator=[200, 800])])

    ratio = asmr_ratio(two, both, by=["sex", "job"], standard=STANDARD)

    assert ratio["ratio"].tolist() == pytest.approx([180 / 110, 180 / 220])


def test_with_one_age_band_the_limits_are_the_exact_conditional_ones():
    band = pd.Series({"20-24": 1_000})
    few = counts(("x", "20-24", 3, 2_500))
    other = counts(("y", "20-24", 8, 2_600)).drop(columns="job")

    ratio = asmr_ratio(few, other, by=["job"], standard=band)

    # of 11 deaths, 3 here: exact binomial limits of the share, as odds over person-years
    share = stats.binomtest(3, 11).proportion_ci(0.95, "exact")
    odds = [p / (1 - p) * 2_600 / 2_500 for p in share]
    assert ratio[["lower_ci", "upper_ci"]].iloc[0].tolist() == pytest.approx(odds)


@pytest.mark.parametrize("interval", ["gamma", "midp", "log"])
def test_no_deaths_on_one_side_is_no_error(interval):
    nobody = NURSES.assign(numerator=0)

    none_here = asmr_ratio(nobody, ALL, ["job"], STANDARD, interval=interval).iloc[0]
    none_there = asmr_ratio(NURSES, ALL.assign(numerator=0), ["job"], STANDARD, interval=interval)

    assert none_here["ratio"] == none_here["lower_ci"] == 0
    assert np.isposinf(none_there["ratio"].item())
    if interval != "log":
        assert 0 < none_here["upper_ci"] < 1
        assert none_here["p_value"] < 0.05
        assert none_there["lower_ci"].item() > 0
        assert np.isposinf(none_there["upper_ci"].item())


def test_no_deaths_on_either_side_have_no_ratio():
    nothing = asmr_ratio(NURSES.assign(numerator=0), ALL.assign(numerator=0), ["job"], STANDARD)

    assert np.isnan(nothing["ratio"].item())
    assert nothing["p_value"].item() == 1


def test_swapping_the_sides_turns_the_ratio_over():
    a, b = NURSES, ALL.assign(job="nurse")

    for interval in ("gamma", "midp", "log"):
        one = asmr_ratio(a, b, ["job"], STANDARD, interval=interval).iloc[0]
        other = asmr_ratio(b, a, ["job"], STANDARD, interval=interval).iloc[0]
        assert one["lower_ci"] == pytest.approx(1 / other["upper_ci"])
        assert one["p_value"] == pytest.approx(other["p_value"])


def test_the_p_value_is_below_a_twentieth_just_when_the_limits_leave_1_out():
    for deaths in range(5, 60):
        few = counts(("x", "20-24", deaths, 10_000), ("x", "25-29", deaths, 10_000))
        for interval in ("gamma", "midp", "log"):
            row = asmr_ratio(few, ALL, ["job"], STANDARD, interval=interval).iloc[0]
            outside = row["lower_ci"] > 1 or row["upper_ci"] < 1
            assert outside == (row["p_value"] < 0.05)


def test_a_group_without_comparator_is_named():
    with pytest.raises(RatesError, match=r"job nurse: no comparator \(1 such groups\)"):
        asmr_ratio(NURSES, ALL.assign(job="miner"), ["job"], STANDARD)


def test_an_unknown_interval_of_a_ratio_is_refused():
    with pytest.raises(RatesError, match="no such method for a ratio"):
        asmr_ratio(NURSES, ALL, ["job"], STANDARD, interval="ons")


def test_normal_limits_of_a_difference_add_the_variances():
    difference = asmr_difference(NURSES, ALL, ["job"], STANDARD, interval="normal").iloc[0]

    # variances (6e-5^2 x 10 + 4e-5^2 x 30) and (3e-6^2 x 100 + 2e-6^2 x 400), per person
    error = np.sqrt(6e-5**2 * 10 + 4e-5**2 * 30 + 3e-6**2 * 100 + 2e-6**2 * 400) * 1e5
    assert difference["difference"] == pytest.approx(70)
    assert difference["lower_ci"] == pytest.approx(70 - 1.959964 * error, abs=1e-4)
    assert difference["upper_ci"] == pytest.approx(70 + 1.959964 * error, abs=1e-4)
    assert difference["p_value"] == pytest.approx(2 * stats.norm.sf(70 / error))


def test_difference_has_limits_where_nobody_died():
    nobody = NURSES.assign(numerator=0)

    difference = asmr_difference(nobody, ALL, ["job"], STANDARD).iloc[0]

    assert difference["difference"] == pytest.approx(-110)
    assert difference["lower_ci"] < -110 < difference["upper_ci"]


def test_difference_agrees_with_sas_stdrate(oracle, agreeing):
    columns = {"death": "numerator", "fu": "denominator", "pop": "weight"}
    inputs = oracle("sas_stdrate_alaska_florida/inputs.csv").rename(columns=columns)
    inputs["age_band"] = inputs["age"] + " " + inputs["sex"]
    expected = oracle("sas_stdrate_alaska_florida/expected_difference.csv")
    alaska, florida = (inputs[inputs["state"] == state] for state in ("Alaska", "Florida"))

    ours = asmr_difference(alaska, florida, [], "weight", 1_000, "normal")

    compared = agreeing(ours["asmr"], expected["std_rate"], rel=1e-11)
    compared += agreeing(ours["difference"], expected["difference"], rel=1e-11)
    compared += agreeing(ours["lower_ci"], expected["lower"], rel=1e-9)  # to the digits printed
    compared += agreeing(ours["upper_ci"], expected["upper"], rel=1e-11)
    assert compared == 4


@pytest.mark.parametrize(
    ("theirs", "ours", "rel"), [("exact_conditional", "exact", 1e-7), ("wald_log", "log", 1e-12)]
)
def test_rate_ratios_agree_with_r(oracle, agreeing, theirs, ours, rel):
    rows = oracle("r_peers_seeded/rate_ratio_expected.csv")
    rows = rows[rows["method"] == theirs]

    ratio = rate_ratio(rows["x1"], rows["n1"], rows["x0"], rows["n0"], ours)

    compared = agreeing(ratio["ratio"], rows["ratio"], rel=1e-12)
    compared += agreeing(ratio["lower_ci"], rows["lower"], rel)
    compared += agreeing(ratio["upper_ci"], rows["upper"], rel)
    compared += agreeing(ratio["p_exact"], rows["p_exact"], rel=1e-7)
    assert compared == {"exact": 32, "log": 23}[ours]


def test_midp_ratios_agree_with_epitools(oracle):
    rows = oracle("r_peers_seeded/rate_ratio_expected.csv")
    rows = rows[rows["method"] == "midp"].reset_index(drop=True)

    ours = rate_ratio(rows["x1"], rows["n1"], rows["x0"], rows["n0"], "midp")

    # Ours solve the equation: of both sides' deaths, half the probability of those here and all
    # of more extreme splits make a fortieth.
    both = rows["x1"] + rows["x0"]
    for limit, tail in (("lower_ci", stats.binom.sf), ("upper_ci", stats.binom.cdf)):
        odds = ours[limit] * rows["n1"] / rows["n0"]
        share = odds / (1 + odds)
        half = stats.binom.pmf(rows["x1"], both, share) / 2
        beyond = tail(rows["x1"] - (limit == "upper_ci"), both, share)
        some = ours[limit] > 0
        np.testing.assert_allclose((half + beyond)[some], 0.025, rtol=1e-8)
    near_lower = np.isclose(ours["lower_ci"], rows["lower"], rtol=1e-4)
    near_upper = np.isclose(ours["upper_ci"], rows["upper"], rtol=1e-4)
    # The peer stops its search early at 1 and at 3 deaths: 1.2 and 2.8 parts in 10,000.
    assert rows.loc[~near_lower, "x1"].tolist() == [1, 3]
    assert near_upper.all()


@pytest.mark.parametrize(("deaths", "people"), [(-1, 10), (1, 0), (np.nan, 1)])
def test_a_ratio_of_what_are_no_counts_is_refused(deaths, people):
    with pytest.raises(RatesError, match="finite deaths, 0 or more"):
        rate_ratio([deaths], [people], [1], [10])


def test_ratio_columns_for_several_levels():
    ratio = asmr_ratio(NURSES, ALL, ["job"], STANDARD, confidence=[0.95, 0.998])

    assert {"lower_ci_95", "upper_ci_99_8"} <= set(ratio.columns)
    rates = asmr(NURSES, ["job"], STANDARD)
    assert ratio["asmr"].tolist() == rates["asmr"].tolist()
