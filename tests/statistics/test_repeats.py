import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.rates import asmr
from analysis.statistics.repeats import asmr_of_repeats

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000}).rename_axis("age_band")
COLUMNS = ["age_band", "frequency", "persons", "denominator"]


def test_events_are_counted_but_persons_vary():
    rows = [("20-24", 1, 4, 1_000), ("20-24", 3, 2, 1_000), ("25-29", 1, 5, 1_000)]

    rates = asmr_of_repeats(pd.DataFrame(rows, columns=COLUMNS), [], STANDARD, interval="normal")

    # 4 + 2 x 3 events; variance 0.6^2 (4 + 2 x 9) + 0.4^2 x 5 = 8.72 over 1,000^2
    assert rates["numerator"].item() == 15
    assert rates["denominator"].item() == 2_000
    assert rates["asmr"].item() == pytest.approx((0.6 * 10 + 0.4 * 5) * 100)
    half = 1.959964 * 8.72**0.5 * 100
    assert rates["upper_ci"].item() == pytest.approx(800 + half, abs=1e-3)


def test_events_that_never_repeat_give_the_usual_rate():
    rows = [("20-24", 1, 40, 1_000), ("25-29", 1, 5, 1_000)]
    persons = pd.DataFrame(rows, columns=COLUMNS)

    repeats = asmr_of_repeats(persons, [], STANDARD)

    usual = asmr(
        persons.rename(columns={"persons": "numerator"}), [], STANDARD, interval="dobson-byar"
    )
    pd.testing.assert_frame_equal(repeats, usual)


@pytest.mark.parametrize(("frequency", "persons"), [(0, 1), (1.5, 1), (1, -1), (1, 0.5)])
def test_a_frequency_or_number_of_persons_that_is_none_is_refused(frequency, persons):
    rows = [("20-24", frequency, persons, 1_000), ("25-29", 1, 5, 1_000)]

    with pytest.raises(RatesError, match="1 of 2 rows"):
        asmr_of_repeats(pd.DataFrame(rows, columns=COLUMNS), [], STANDARD)


def test_a_band_with_two_denominators_is_refused():
    rows = [("20-24", 1, 4, 1_000), ("20-24", 3, 2, 999), ("25-29", 1, 5, 1_000)]

    with pytest.raises(RatesError, match="age_band 20-24: denominators from 999 to 1000"):
        asmr_of_repeats(pd.DataFrame(rows, columns=COLUMNS), [], STANDARD)


def test_an_interval_for_independent_events_is_refused():
    rows = [("20-24", 1, 4, 1_000), ("25-29", 1, 5, 1_000)]

    with pytest.raises(RatesError, match="rests on independent events"):
        asmr_of_repeats(pd.DataFrame(rows, columns=COLUMNS), [], STANDARD, interval="gamma")


def test_repeats_agree_with_phe(oracle, agreeing):
    columns = {"ageband": "age_band", "pop": "denominator", "freq": "frequency"}
    inputs = oracle("phe_indicatormethods/dsr_nonindependent_inputs.csv").rename(columns=columns)
    expected = oracle("phe_indicatormethods/dsr_nonindependent_expected.csv")
    inputs["persons"] = inputs["persons"].fillna(0)  # blank means none

    ours = asmr_of_repeats(inputs, ["area"], "stdpop", confidence=[0.95, 0.998])
    both = expected.merge(ours, on="area", validate="one_to_one")

    compared = agreeing(both["numerator"], both["total_count"])
    compared += agreeing(both["denominator"], both["total_pop"])
    compared += agreeing(both["asmr"], both["value"])
    for theirs, suffix in (("95_0", "95"), ("99_8", "99_8")):
        compared += agreeing(both[f"lower_ci_{suffix}"], both[f"lower{theirs}cl"])
        compared += agreeing(both[f"upper_ci_{suffix}"], both[f"upper{theirs}cl"])
    assert compared == 4 + 5
