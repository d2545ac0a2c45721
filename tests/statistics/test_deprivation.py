"""Indices of inequality of a table of rates."""

import pandas as pd
import pytest

from analysis.statistics.deprivation import deprivation_index


def rates(asmr, deaths):
    """Quintiles of equal size, with limits a tenth of the rate away."""
    frame = pd.DataFrame({"wimd_quintile": range(1, 6), "asmr": asmr, "numerator": deaths})
    frame = frame.assign(denominator=1_000.0, sex="F", lower_ci=0.9 * frame["asmr"])
    return frame.assign(upper_ci=1.1 * frame["asmr"])


def test_the_indices_go_from_the_least_deprived_to_the_most():
    found = deprivation_index(rates([90.0, 80, 70, 60, 50], [50, 40, 30, 20, 25]), ["sex"],
                              "wimd_quintile").iloc[0]  # fmt: skip

    # 10 a quintile over five of them: from 95 at the most deprived end to 45 at the least
    assert found["sii"] == pytest.approx(50)
    assert found["rii"] == pytest.approx(95 / 45)
    assert found["sii_lower_ci"] < 50 < found["sii_upper_ci"]
    assert found["rii_lower_ci"] < 95 / 45 < found["rii_upper_ci"]


def test_deaths_are_all_and_those_of_the_group_with_fewest():
    found = deprivation_index(rates([90.0, 80, 70, 60, 50], [50, 40, 30, 20, 25]), ["sex"],
                              "wimd_quintile").iloc[0]  # fmt: skip

    assert (found["numerator"], found["fewest"]) == (165, 20)


def test_the_level_is_that_of_the_limits_of_the_rates():
    frame = rates([90.0, 80, 70, 60, 50], [50, 40, 30, 20, 25])

    narrow, wide = (deprivation_index(frame, [], "wimd_quintile", c).iloc[0] for c in (0.95, 0.998))

    # The same limits said to be of a higher level mean smaller errors, and the same limits again
    assert wide["sii_upper_ci"] == pytest.approx(narrow["sii_upper_ci"])


def test_a_cause_without_deaths_has_no_relative_index():
    found = deprivation_index(rates([0.0] * 5, [0] * 5), ["sex"], "wimd_quintile").iloc[0]

    assert found["sii"] == 0
    assert pd.isna(found[["sii_lower_ci", "rii", "rii_lower_ci"]]).all()
