"""Many areas beside one reference."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.areas import (
    compare_areas,
    count_differences,
    count_places,
    place_areas,
    smooth_areas,
    spread_areas,
)
from analysis.vocabulary import FUNNEL_PLACES


def ratios(*pairs):
    """An area a pair of deaths and deaths expected."""
    frame = pd.DataFrame(pairs, columns=["numerator", "expected"])
    with np.errstate(invalid="ignore"):
        smr = frame["numerator"] / frame["expected"]
    return frame.assign(cause="COVID-19", smr=smr)


def test_expected_deaths_are_those_of_all_areas_together_at_each_sex_and_age():
    rows = [
        ("A", "F", "20-24", 4, 100), ("A", "M", "20-24", 0, 100),
        ("B", "F", "20-24", 2, 300), ("B", "M", "20-24", 8, 100),
    ]  # fmt: skip
    columns = ["area_code", "sex", "age_band", "numerator", "denominator"]
    counts = pd.DataFrame(rows, columns=columns).assign(cause="COVID-19")

    found = compare_areas(counts, ["area_code", "cause"], within=["cause"])

    # Women: 6 of 400 died, men: 8 of 200. A: 1.5 + 4, B: 4.5 + 4; in all the 14 that there were
    assert found["expected"].tolist() == pytest.approx([5.5, 8.5])
    assert found["smr"].tolist() == pytest.approx([4 / 5.5, 10 / 8.5])
    assert (found["smr_lower_ci"] < found["smr"]).all()
    assert found["difference"].tolist() == ["similar", "similar"]


def test_the_spread_is_over_the_areas_with_a_value():
    areas = pd.DataFrame({"region_name": "North", "asmr": [1.0, 2, 3, 4, 5, np.nan]})

    spread = spread_areas(areas, ["region_name"], "asmr").iloc[0]

    assert spread["areas"] == 5
    assert spread["percentile_5":"percentile_95"].tolist() == [1.2, 2, 3, 4, 4.8]


def test_an_area_lies_outside_a_limit_where_so_many_deaths_have_less_than_half_its_chance():
    # 10 expected: P(X >= 17) = 0.027, P(X >= 18) = 0.014; P(X >= 21) = 0.0016, P(X >= 22) = 0.0007
    # P(X <= 4) = 0.029, P(X <= 3) = 0.010; P(X <= 1) = 0.0005
    placed = place_areas(ratios((17, 10), (18, 10), (21, 10), (22, 10), (4, 10), (3, 10), (1, 10)))

    above998, above95, inside, below95, below998 = FUNNEL_PLACES
    assert placed["place"].tolist() == [
        inside, above95, above95, above998, inside, below95, below998
    ]  # fmt: skip


def test_the_limits_of_an_area_stand_around_one():
    placed = place_areas(ratios((10, 10), (1_000, 1_000)))

    limits = placed[["lower_998", "lower_95", "upper_95", "upper_998"]].to_numpy()
    assert (np.diff(limits, axis=1) > 0).all()
    assert (limits[:, 1] < 1).all()
    assert (limits[:, 2] > 1).all()
    assert limits[1] == pytest.approx([0.905, 0.939, 1.064, 1.101], abs=0.002)


def test_of_many_areas_fewer_differ_than_lie_outside_their_limits():
    # One area at 18 of 10 expected: chance 2 x 0.0143. Beside 99 areas at 10 of 10 the adjusted
    # value is 100 times that; by itself it is that.
    alone = place_areas(ratios((18, 10)))
    among = place_areas(ratios((18, 10), *[(10, 10)] * 99))

    assert alone["adjusted_p_value"].item() == pytest.approx(0.0286, abs=1e-3)
    assert alone["difference"].item() == "higher"
    assert among["place"].iloc[0] == "Above 95% limits"
    assert among["adjusted_p_value"].iloc[0] == 1
    assert set(among["difference"]) == {"similar"}


def test_groups_of_areas_are_adjusted_each_by_itself():
    one = ratios((18, 10)).assign(cause="All causes")
    both = pd.concat([one, ratios(*[(10, 10)] * 99)], ignore_index=True)

    assert place_areas(both, ["cause"])["difference"].iloc[0] == "higher"
    assert place_areas(both)["difference"].iloc[0] == "similar"


def test_where_nothing_is_expected_there_is_no_place():
    placed = place_areas(ratios((0, 0), (10, 10)))

    assert placed.iloc[0][["lower_95", "place", "adjusted_p_value", "difference"]].isna().all()
    assert count_places(placed)["areas"].sum() == 1


def test_areas_are_counted_at_every_place_and_by_chance_as_a_simulation_finds():
    expected = np.linspace(0.5, 30, 400)
    drawn = np.random.default_rng(1).poisson(expected, (200, 400))
    found = [count_places(place_areas(ratios(*zip(d, expected, strict=True)))) for d in drawn]

    counts = pd.concat(found).groupby("place", sort=False)
    assert list(counts.groups) == list(FUNNEL_PLACES)
    assert counts["areas"].mean().to_numpy() == pytest.approx(
        counts["by_chance"].first().to_numpy(), rel=0.1, abs=0.1
    )
    assert counts["by_chance"].first().sum() == pytest.approx(400)


def test_differences_are_counted_with_zeros():
    counts = count_differences(place_areas(ratios((10, 10), (40, 10)), ["cause"]), ["cause"])

    assert counts["difference"].tolist() == ["higher", "similar", "lower"]
    assert counts["areas"].tolist() == [1, 1, 0]


def test_smoothing_keeps_the_ratio_and_draws_small_areas_more():
    areas = smooth_areas(ratios((4, 2), (400, 200), (100, 200), (300, 200), (90, 200)), ["cause"])

    # Both have a ratio of 2; the small one is drawn further towards the mean, near 1.1
    small, large = areas.iloc[0], areas.iloc[1]
    assert small["smr"] == large["smr"] == 2
    assert small["smoothed"] < 1.6 < large["smoothed"] < 2
    assert 0 < small["own_weight"] < large["own_weight"] < 100
    width = areas["smoothed_upper_ci"] - areas["smoothed_lower_ci"]
    assert width.iloc[0] > width.iloc[1]


def test_a_cause_of_which_nobody_died_is_not_smoothed():
    none = ratios((0, 0), (0, 0), (0, 0)).assign(cause="COVID-19")
    some = ratios((10, 12), (20, 18), (40, 12)).assign(cause="All causes")
    both = pd.concat([none, some], ignore_index=True)

    smoothed = smooth_areas(both, ["cause"])["smoothed"]

    assert smoothed.isna().tolist() == [True] * 3 + [False] * 3
    assert smooth_areas(none)["smoothed"].isna().all()


def test_deaths_where_none_are_expected_are_an_error():
    with pytest.raises(RatesError, match=r"row 1: .* \(1 such rows\)"):
        place_areas(ratios((1, 1), (1, 0)))
