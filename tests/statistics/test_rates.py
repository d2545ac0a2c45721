import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.rates import age_specific_rates, asmr, crude_rate

STANDARD = pd.Series({"20-24": 6_000, "25-29": 4_000}).rename_axis("age_band")


def counts(*rows):
    columns = ["sex", "age_band", "numerator", "denominator"]
    return pd.DataFrame(rows, columns=columns)


def test_asmr_is_the_weighted_mean_of_the_age_specific_rates():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))

    rates = asmr(women, by=["sex"], standard=STANDARD)

    # 0.6 of 100 per 100,000 and 0.4 of 300 per 100,000
    assert rates["asmr"].tolist() == pytest.approx([180.0])
    assert rates["lower_ci"].item() < 180 < rates["upper_ci"].item()
    assert rates[["numerator", "denominator"]].to_numpy().tolist() == [[40, 20_000]]


def test_normal_limits_are_the_rate_and_1_96_standard_errors():
    women = counts(("F", "20-24", 100, 10_000), ("F", "25-29", 100, 10_000))

    rates = asmr(women, by=["sex"], standard=STANDARD, interval="normal")

    # rate 1,000; variance (6e-5^2 + 4e-5^2) x 100 = 5.2e-7, its root 7.2111e-4
    assert rates["lower_ci"].item() == pytest.approx(1_000 - 1.959964 * 72.111, abs=1e-3)
    assert rates["upper_ci"].item() == pytest.approx(1_000 + 1.959964 * 72.111, abs=1e-3)


@pytest.mark.parametrize(("deaths", "method"), [(99, "dobson-exact"), (100, "normal")])
def test_ons_limits_are_normal_from_100_deaths_and_dobson_below(deaths, method):
    women = counts(("F", "20-24", deaths - 40, 10_000), ("F", "25-29", 40, 20_000))

    ons = asmr(women, by=["sex"], standard=STANDARD, interval="ons")
    other = asmr(women, by=["sex"], standard=STANDARD, interval=method)

    pd.testing.assert_frame_equal(ons, other)


@pytest.mark.parametrize(("deaths", "method"), [(9, "dobson-exact"), (10, "dobson-byar")])
def test_dobson_byar_is_exact_below_10_deaths(deaths, method):
    women = counts(("F", "20-24", deaths - 4, 10_000), ("F", "25-29", 4, 20_000))

    byar = asmr(women, by=["sex"], standard=STANDARD, interval="dobson-byar")
    exact = asmr(women, by=["sex"], standard=STANDARD, interval="dobson-exact")

    assert byar.equals(exact) == (method == "dobson-exact")


def test_dobson_limits_of_ons_never_fall_below_0():
    uneven = counts(("F", "20-24", 1, 10), ("F", "25-29", 1, 100_000))

    rates = asmr(uneven, by=["sex"], standard=STANDARD, confidence=0.998)

    assert rates["lower_ci"].item() == 0


@pytest.mark.parametrize("interval", ["ons", "dobson-byar", "dobson-exact", "normal", "log"])
def test_without_deaths_there_is_a_rate_and_a_lower_limit_of_0_but_no_upper_limit(interval):
    nobody = counts(("F", "20-24", 0, 10_000), ("F", "25-29", 0, 10_000))

    rates = asmr(nobody, by=["sex"], standard=STANDARD, interval=interval)

    assert rates["asmr"].item() == rates["lower_ci"].item() == 0
    assert np.isnan(rates["upper_ci"].item())


def test_without_deaths_the_gamma_upper_limit_is_that_of_the_largest_weight():
    nobody = counts(("F", "20-24", 0, 10_000), ("F", "25-29", 0, 10_000))

    gamma = asmr(nobody, by=["sex"], standard=STANDARD, interval="gamma")
    tiwari = asmr(nobody, by=["sex"], standard=STANDARD, interval="tiwari")

    # -log(0.025) times the weight 0.6 / 10,000
    assert gamma["upper_ci"].item() == pytest.approx(3.688879 * 6, abs=1e-4)
    assert 0 == tiwari["lower_ci"].item() < tiwari["upper_ci"].item() < gamma["upper_ci"].item()


def test_a_band_without_people_and_deaths_adds_nothing():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 0, 0))

    rates = asmr(women, by=["sex"], standard=STANDARD, interval="tiwari")

    assert rates["asmr"].item() == pytest.approx(60)
    assert rates["lower_ci"].item() < 60 < rates["upper_ci"].item()


def test_a_group_without_people_has_no_rate():
    nobody = counts(("F", "20-24", 0, 0), ("F", "25-29", 0, 0))

    for interval in ("ons", "gamma", "tiwari"):
        rates = asmr(nobody, by=["sex"], standard=STANDARD, interval=interval)
        assert rates[["asmr", "lower_ci", "upper_ci"]].isna().all(axis=None)
    assert crude_rate(nobody, by=["sex"])["crude_rate"].isna().all()


def test_by_may_be_empty():
    one = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000)).drop(columns="sex")

    rates = asmr(one, by=[], standard=STANDARD)

    assert list(rates.columns) == ["numerator", "denominator", "asmr", "lower_ci", "upper_ci"]
    assert rates["asmr"].tolist() == pytest.approx([180.0])


def test_several_levels_of_confidence_have_columns_of_their_own():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))

    rates = asmr(women, by=["sex"], standard=STANDARD, confidence=[0.95, 0.998])

    at_95 = asmr(women, by=["sex"], standard=STANDARD)
    assert rates["lower_ci_95"].equals(at_95["lower_ci"].rename("lower_ci_95"))
    assert (rates["lower_ci_99_8"] < rates["lower_ci_95"]).all()
    assert (rates["upper_ci_99_8"] > rates["upper_ci_95"]).all()


def test_groups_with_bands_of_their_own_take_weights_from_a_column():
    ragged = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000), ("M", "90+", 7, 100))
    ragged["weight"] = [6_000, 4_000, 1_000]

    rates = asmr(ragged, by=["sex"], standard="weight")

    assert rates["asmr"].tolist() == pytest.approx([180.0, 7_000.0])


def test_rows_are_in_the_order_of_the_groups_whatever_that_of_the_counts():
    rows = counts(
        ("M", "20-24", 1, 100),
        ("F", "25-29", 2, 100),
        ("M", "25-29", 3, 100),
        ("F", "20-24", 4, 99),
    )

    rates = asmr(rows, by=["sex"], standard=STANDARD)

    assert rates["sex"].tolist() == ["F", "M"]
    pd.testing.assert_frame_equal(rates, asmr(rows[::-1], by=["sex"], standard=STANDARD))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("F", "20-24", 10, 500)], "sex F, age_band 25-29: no counts"),
        (
            [("F", "20-24", 1, 5), ("F", "25-29", 1, 5), ("F", "25-29", 1, 5)],
            "sex F, age_band 25-29: 2 rows for one band",
        ),
        (
            [("F", "20-24", 1, 5), ("F", "25-29", 1, 5), ("F", "90+", 1, 5)],
            r"sex F, age_band 90\+: not a band of the standard population",
        ),
        (
            [("F", "20-24", -1, 5), ("F", "25-29", -2, 5)],
            r"sex F, age_band 20-24: numerator is -1, below 0 \(and 1 more such cells\)",
        ),
        ([("F", "20-24", 1.5, 5), ("F", "25-29", 1, 5)], "numerator is 1.5, not a whole number"),
        ([("F", "20-24", np.nan, 5), ("F", "25-29", 1, 5)], "numerator is missing, not a finite"),
        ([("F", "20-24", np.inf, 5), ("F", "25-29", 1, 5)], "numerator is inf, not a finite"),
        ([("F", "20-24", 1, -5), ("F", "25-29", 1, 5)], "denominator is -5, below 0"),
        ([("F", "20-24", 1, np.nan), ("F", "25-29", 1, 5)], "denominator is missing"),
        ([("F", "20-24", 3, 0), ("F", "25-29", 1, 5)], "numerator is 3 where the denominator is 0"),
        ([(None, "20-24", 3, 1), ("F", "25-29", 1, 5)], "column sex: 1 rows have no code"),
        ([], "counts have no rows"),
    ],
)
def test_counts_that_give_no_rate_are_refused_by_name(rows, message):
    with pytest.raises(RatesError, match=message):
        asmr(counts(*rows), by=["sex"], standard=STANDARD)


def test_every_fault_is_reported_at_once():
    faulty = counts(("F", "20-24", -1, 5), ("F", "25-29", 1, 0), ("M", "20-24", 1, 5))

    with pytest.raises(RatesError) as error:
        asmr(faulty, by=["sex"], standard=STANDARD)

    for part in (
        "numerator is -1",
        "where the denominator is 0",
        "sex M, age_band 25-29: no counts",
    ):
        assert part in str(error.value)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1, 95, None, "95", [], [0.95, 0.95]])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))

    with pytest.raises(RatesError, match="confidence is"):
        asmr(women, by=["sex"], standard=STANDARD, confidence=confidence)


@pytest.mark.parametrize(
    ("standard", "message"),
    [
        (pd.Series({"20-24": -6_000, "25-29": 4_000}), "weight is -6000"),
        (pd.Series({"20-24": 0, "25-29": 0}), "no weight above 0"),
        (pd.Series([1, 2, 3], index=["20-24", "25-29", "25-29"]), "age_band 25-29: doubled"),
        ({"20-24": 6_000, "25-29": 4_000}, "standard is a dict, not a Series"),
    ],
)
def test_a_standard_that_is_not_one_is_refused(standard, message):
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))

    with pytest.raises(RatesError, match=message):
        asmr(women, by=["sex"], standard=standard)


def test_weights_that_sum_to_0_are_refused():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000)).assign(weight=0)

    with pytest.raises(RatesError, match="sex F, age_band 20-24: every weight of the group is 0"):
        asmr(women, by=["sex"], standard="weight")


def test_categories_and_nullable_numbers_are_columns_like_any_other():
    rows = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))
    sexes = pd.CategoricalDtype(["M", "F"])
    bands = pd.CategoricalDtype(["25-29", "20-24"])
    rows = rows.astype({"sex": sexes, "age_band": bands, "numerator": "Int64"})

    rates = asmr(rows, by=["sex"], standard=STANDARD)

    assert rates["asmr"].tolist() == pytest.approx([180.0])
    assert rates["sex"].dtype == sexes


def test_a_missing_column_is_named():
    with pytest.raises(RatesError, match="no column denominator"):
        asmr(counts(("F", "20-24", 1, 1)).drop(columns="denominator"), ["sex"], STANDARD)


def test_an_unknown_interval_is_refused_with_those_there_are():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))

    with pytest.raises(RatesError, match=r"interval 'wald': no such method.*\n.*dobson-byar"):
        asmr(women, by=["sex"], standard=STANDARD, interval="wald")


def test_the_counts_are_left_as_they_were():
    women = counts(("F", "20-24", 10, 10_000), ("F", "25-29", 30, 10_000))
    before = women.copy()

    asmr(women, by=["sex"], standard=STANDARD)
    crude_rate(women, by=["sex"])

    pd.testing.assert_frame_equal(women, before)


def test_crude_rate_is_all_deaths_over_all_people():
    women = counts(("F", "20-24", 4, 10_000), ("F", "25-29", 5, 20_000))

    rates = crude_rate(women, by=["sex"])

    # 9 deaths in 30,000; exact limits of 9 deaths are 4.1154 and 17.0848
    assert rates["crude_rate"].item() == pytest.approx(30)
    assert rates["lower_ci"].item() == pytest.approx(4.1154 / 0.3, abs=1e-3)
    assert rates["upper_ci"].item() == pytest.approx(17.0848 / 0.3, abs=1e-3)


def test_age_specific_rates_keep_the_rows_and_their_order():
    rows = counts(("M", "25-29", 3, 1_000), ("F", "25-29", 0, 1_000), ("F", "20-24", 4, 0.5e3))

    rates = age_specific_rates(rows, by=["sex"])

    assert rates["age_band"].tolist() == ["25-29", "25-29", "20-24"]
    assert rates["age_specific_rate"].tolist() == pytest.approx([300, 0, 800])
    assert rates["lower_ci"].tolist()[1] == 0
    # the exact upper limit of no deaths is 3.6889
    assert rates["upper_ci"].tolist()[1] == pytest.approx(368.89, abs=0.01)


def test_an_age_band_twice_in_a_group_is_refused():
    rows = counts(("F", "25-29", 3, 1_000), ("F", "25-29", 0, 1_000))

    with pytest.raises(RatesError, match="sex F, age_band 25-29: more than one row"):
        age_specific_rates(rows, by=["sex"])
