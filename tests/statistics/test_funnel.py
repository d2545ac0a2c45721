import numpy as np
import pytest
from scipy import stats

from analysis.errors import RatesError
from analysis.statistics.funnel import (
    funnel_axis,
    funnel_class,
    funnel_limits,
    pooled_target,
    proportion_lines,
    rate_lines,
    ratio_lines,
)


def test_deaths_on_a_line_have_the_chance_of_the_line():
    lines = ratio_lines([1, 10, 500])

    for level, part in lines.groupby("confidence"):
        tail = (1 - level) / 2
        below = stats.poisson.cdf(part["observed"], part["lower_expected"])
        above = stats.poisson.sf(part["observed"] - 1, part["upper_expected"])
        assert below == pytest.approx(tail)
        assert above == pytest.approx(tail)
        assert (part["lower_line"] < 1).all()
        assert (part["upper_line"] > 1).all()


def test_the_population_of_a_line_is_that_of_one_year():
    lines = rate_lines([10], target=200, years=2, confidence=0.95)

    # 18.39 deaths are expected where 10 lie on the lower line: 9,195 people, 4,598 a year
    assert lines["lower_population"].item() == pytest.approx(18.39036 / 200 * 1e5 / 2, abs=0.1)
    assert lines["lower_line"].item() == pytest.approx(10 / 18.39036 * 200, abs=1e-3)


def test_the_target_of_rates_weighs_areas_by_deaths_over_rate():
    # populations of 10,000 and 30,000 with 40 deaths; an area without deaths has none
    assert pooled_target([10, 30, 0], [100, 100, 0]) == pytest.approx(100)
    assert pooled_target([10, 30], [100, 50]) == pytest.approx(40 / 70_000 * 100_000)


def test_proportion_lines_narrow_with_size():
    lines = proportion_lines([10, 1_000], target=20, per=100, confidence=0.95)

    width = lines["upper_line"] - lines["lower_line"]
    assert width.iloc[0] > width.iloc[1]
    assert ((lines["lower_line"] < 20) & (lines["upper_line"] > 20)).all()


@pytest.mark.parametrize(
    ("observed", "expected", "found"),
    [
        (10, 10.0, "Not significant"),
        (10, 4.79, "High (0.025)"),  # the lower 95% limit of 10 is 4.7954
        (10, 4.80, "Not significant"),
        (10, 2.96, "High (0.001)"),  # and the lower 99.8% limit 2.9605
        (10, 18.39, "Not significant"),  # the upper 95% limit is 18.3904
        (10, 18.40, "Low (0.025)"),
        (0, 6.90, "Low (0.025)"),  # the upper limits of 0 are 3.689 and 6.908
        (0, 6.91, "Low (0.001)"),
    ],
)
def test_an_area_is_classed_by_the_outermost_line_it_passes(observed, expected, found):
    assert funnel_class([observed], [expected]).tolist() == [found]


def test_where_none_are_expected_there_is_no_class():
    assert funnel_class([0, 1], [0, 1]).isna().tolist() == [True, False]


def test_limits_of_an_area_are_the_lines_at_its_expected_deaths():
    lines = ratio_lines([5, 50, 500], per=100, confidence=0.998)

    at_lower = funnel_limits(lines["lower_expected"], per=100)
    at_upper = funnel_limits(lines["upper_expected"], per=100)

    assert list(at_lower) == ["lower_95", "upper_95", "lower_998", "upper_998"]
    assert at_lower["lower_998"].tolist() == pytest.approx(lines["lower_line"].tolist())
    assert at_upper["upper_998"].tolist() == pytest.approx(lines["upper_line"].tolist())


def test_a_small_area_has_a_lower_limit_of_0_and_an_empty_one_none():
    limits = funnel_limits([3.6, 3.8, 0])

    # the chance of no deaths passes 0.025 between 3.6 and 3.8 expected
    assert limits["lower_95"].iloc[0] == 0 < limits["lower_95"].iloc[1]
    assert limits.iloc[2].isna().all()


def test_an_area_is_classed_as_outside_just_where_it_passes_its_limits():
    random = np.random.default_rng(1)
    expected = random.uniform(0.5, 300, 500)
    observed = random.poisson(expected * random.choice([0.5, 1, 1.5], 500))

    limits = funnel_limits(expected)
    classes = funnel_class(observed, expected)

    ratio = observed / expected
    outside = (ratio > limits["upper_95"]) | (ratio < limits["lower_95"])
    assert (outside == (classes != "Not significant")).all()


def test_an_axis_is_whole_deaths_from_1():
    axis = funnel_axis(1_360)

    assert axis[0] == 1
    assert axis[-1] == 1_360
    assert (np.diff(axis) >= 1).all()
    with pytest.raises(RatesError, match="from 1 death up"):
        funnel_axis(0)


def test_classes_agree_with_phe(oracle):
    rows = oracle("phe_indicatormethods/funnel_ratio_inputs.csv")

    ours = funnel_class(rows["obs"], rows["expected"])

    assert len(rows) == 300
    assert ours.tolist() == rows["significance"].tolist()


def test_ratio_lines_agree_with_phe(oracle):
    theirs = oracle("phe_indicatormethods/funnel_ratio_limits_expected.csv")

    lines = ratio_lines(theirs["Observed_events"], per=100)

    beyond = set()
    for level, mark in ((0.95, "2s"), (0.998, "3s")):
        ours = lines[lines["confidence"] == level].reset_index(drop=True)
        for side in ("lower", "upper"):
            for name, column in (("exp_events", "expected"), ("isr", "line"), ("count", "excess")):
                found, given = ours[f"{side}_{column}"], theirs[f"{side}_{mark}_{name}"]
                if name == "count":  # the ratio less 1
                    found, given = found + 1, given + 1
                near = np.isclose(found, given, rtol=1e-6, atol=0)
                beyond |= set(ours.loc[~near, "observed"])
                assert near[1:].all()
    # The peer stops halving its interval 5 parts in 100,000 short of the upper line of 1 death;
    # ours is the exact Poisson limit (test_deaths_on_a_line_have_the_chance_of_the_line).
    assert beyond == {1}


def test_rate_lines_agree_with_phe(oracle):
    inputs = oracle("phe_indicatormethods/funnel_rate_dsr_inputs.csv")
    theirs = oracle("phe_indicatormethods/funnel_rate_dsr_limits_expected.csv")

    target = pooled_target(inputs["ev"], inputs["rate"])
    lines = rate_lines(theirs["Events"], target, years=3)

    assert target == pytest.approx(theirs["baseline"].iloc[0], rel=1e-9)
    beyond = set()
    for level, mark in ((0.95, "2s"), (0.998, "3s")):
        ours = lines[lines["confidence"] == level].reset_index(drop=True)
        for side in ("lower", "upper"):
            for name, column in (("population_1_year", "population"), ("limit", "line")):
                found, given = ours[f"{side}_{column}"], theirs[f"{side}_{mark}_{name}"]
                near = np.isclose(found, given, rtol=1e-6, atol=0)
                beyond |= set(ours.loc[~near, "observed"])
                assert near[1:].all()
    assert beyond == {1}  # as above
