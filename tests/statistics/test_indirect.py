import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.indirect import indirect_rate, smr

COLUMNS = ["area", "age_band", "numerator", "denominator"]
REFERENCE = pd.DataFrame(
    {"age_band": ["20-24", "25-29"], "numerator": [100, 300], "denominator": [10_000, 10_000]}
)
# the epi.smr methods of epiR by our names
PEERS = {
    "Exact": "exact-byar",
    "Byars": "exact-byar",
    "exact": "exact",
    "byar": "byar",
    "rothman.greenland": "log",
    "vandenbroucke": "vandenbroucke",
    "ury.wiggins": "ury-wiggins",
}


def counts(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


HERE = counts(("A", "20-24", 12, 1_000), ("A", "25-29", 32, 1_000))


def test_smr_is_deaths_over_those_expected_at_the_rates_of_the_reference():
    ratio = smr(HERE, by=["area"], reference=REFERENCE)

    # 1,000 at 1 in 100 and 1,000 at 3 in 100
    assert ratio["expected"].item() == pytest.approx(40)
    assert ratio["smr"].item() == pytest.approx(44 / 40)
    assert ratio["lower_ci"].item() < 1.1 < ratio["upper_ci"].item()


def test_indirect_rate_is_the_ratio_times_the_crude_rate_of_the_reference():
    rate = indirect_rate(HERE, by=["area"], reference=REFERENCE)

    # 400 in 20,000
    assert rate["reference_rate"].item() == pytest.approx(2_000)
    assert rate["indirect_rate"].item() == pytest.approx(2_200)


def test_without_a_reference_all_groups_together_are_it():
    both = pd.concat([HERE, HERE.assign(area="B", numerator=[8, 28])])

    ratio = smr(both, by=["area"])

    assert ratio["expected"].tolist() == pytest.approx([40, 40])
    assert ratio["smr"].tolist() == pytest.approx([1.1, 0.9])


def test_a_group_may_have_a_reference_of_its_own():
    both = pd.concat([HERE, HERE.assign(area="B")])
    own = pd.concat([REFERENCE.assign(area="A"), REFERENCE.assign(area="B", numerator=[50, 150])])

    assert smr(both, ["area"], own)["smr"].tolist() == pytest.approx([1.1, 2.2])


def test_strata_beyond_age_are_joined_too():
    sexes = pd.concat([HERE.assign(sex="F"), HERE.assign(sex="M")])
    own = pd.concat([REFERENCE.assign(sex="F"), REFERENCE.assign(sex="M", numerator=[50, 150])])

    assert smr(sexes, ["area"], own)["expected"].item() == pytest.approx(40 + 20)


def test_no_deaths_are_no_error():
    ratio = smr(HERE.assign(numerator=0), ["area"], REFERENCE)

    # the exact upper limit of no deaths is 3.6889
    assert ratio["smr"].item() == ratio["lower_ci"].item() == 0
    assert ratio["upper_ci"].item() == pytest.approx(3.688879 / 40, abs=1e-6)


def test_where_none_are_expected_there_is_no_ratio():
    ratio = smr(HERE.assign(denominator=0, numerator=0), ["area"], REFERENCE)

    assert ratio[["smr", "lower_ci", "upper_ci"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (REFERENCE[:1], "age_band 25-29: not in the reference"),
        (pd.concat([REFERENCE, REFERENCE]), "age_band 20-24: more than one row"),
        (
            REFERENCE.assign(denominator=0),
            "20-24: negative, missing or infinite, or deaths",
        ),
        (
            REFERENCE.assign(numerator=0, denominator=0),
            "area A, age_band 20-24: the refer",
        ),
        (REFERENCE.assign(numerator=np.nan), "reference, age_band 20-24: negative, missing"),
    ],
)
def test_a_reference_that_gives_no_rate_is_refused(reference, message):
    with pytest.raises(RatesError, match=message):
        smr(HERE, ["area"], reference)


def test_a_band_twice_is_refused():
    with pytest.raises(RatesError, match="area A, age_band 20-24: more than one row"):
        smr(pd.concat([HERE, HERE]), ["area"], REFERENCE)


def test_smr_agrees_with_phe_on_a_common_reference(oracle, agreeing):
    columns = {"ageband": "age_band", "count": "numerator", "pop": "denominator"}
    inputs = oracle("phe_indicatormethods/isr_common_reference_inputs.csv").rename(columns=columns)
    expected = oracle("phe_indicatormethods/isr_ratio_common_reference_expected.csv")
    inputs["numerator"] = inputs["numerator"].fillna(0)  # blank means none
    reference = inputs[inputs["area"] == "testdata_big"]
    reference = reference[["age_band", "refcount", "refpop"]]
    reference.columns = ["age_band", "numerator", "denominator"]
    own = inputs[["area", "age_band", "refcount", "refpop"]]
    own.columns = ["area", "age_band", "numerator", "denominator"]

    compared = 0
    for per, rows in expected.groupby("multiplier"):
        for given in (reference, own):
            ours = smr(inputs, ["area"], given, per, confidence=[0.95, 0.998])
            both = rows.merge(ours, on="area", validate="one_to_one", suffixes=("_theirs", ""))
            compared += agreeing(both["numerator"], both["observed"])
            compared += agreeing(both["expected"], both["expected_theirs"], rel=1e-12)
            compared += agreeing(both["smr"], both["value"], rel=1e-12)
            for theirs, suffix in (("95_0", "95"), ("99_8", "99_8")):
                lower, upper = both[f"lower_ci_{suffix}"], both[f"upper_ci_{suffix}"]
                compared += agreeing(lower, both[f"lower{theirs}cl"], rel=1e-12)
                compared += agreeing(upper, both[f"upper{theirs}cl"], rel=1e-12)
    assert compared == 2 * 2 * 3 * 7


def seeded(oracle, method):
    rows = oracle("r_peers_seeded/smr_expected.csv")
    return rows[rows["method"] == method]


def ratio_of(rows, interval, level):
    """Deaths and expected deaths as counts of one band, against a reference rate of 1."""
    area = pd.RangeIndex(len(rows)).astype(str)
    cells = pd.DataFrame(
        {"area": area, "age_band": "all", "numerator": rows["observed"].to_numpy()}
    )
    cells["denominator"] = rows["expected"].to_numpy()
    one = pd.DataFrame({"age_band": ["all"], "numerator": [1], "denominator": [1]})
    ours = smr(cells, ["area"], one, interval=interval, confidence=level)
    return ours.set_index("area").loc[area]


@pytest.mark.parametrize("method", PEERS)
def test_smr_agrees_with_r_from_0_to_98_765_deaths(oracle, agreeing, method):
    rows = seeded(oracle, method)

    compared = given = 0
    for level, part in rows.groupby("confidence"):
        if part["smr"].isna().all() or (method == "ury.wiggins" and level == 0.998):
            continue
        # Byar's lower limit of 1 death at 99.8% falls below 0: epiR gives it, PHE and we do not.
        part = part.assign(lower=part["lower"].where(part["lower"] >= 0))
        ours = ratio_of(part, PEERS[method], level)
        compared += agreeing(ours["smr"], part["smr"])
        compared += agreeing(ours["lower_ci"], part["lower"])
        compared += agreeing(ours["upper_ci"], part["upper"])
        given += part[["smr", "lower", "upper"]].notna().sum().sum()
    assert compared == given > 30


def test_midp_smr_agrees_with_epir(oracle):
    rows = seeded(oracle, "mid.p").dropna()

    beyond = []
    for level, part in rows.groupby("confidence"):
        ours = ratio_of(part, "midp", level).reset_index(drop=True)
        part = part.reset_index(drop=True)
        for limit in ("lower", "upper"):
            near = np.isclose(ours[f"{limit}_ci"], part[limit], rtol=1e-4, atol=0)
            beyond += [(level, limit, deaths) for deaths in part.loc[~near, "observed"]]

    # The peer's search stops 4 in a million deaths short of the lower limit of 1 death.
    assert beyond == [(0.998, "lower", 1)]


def test_epir_gives_the_lower_limit_of_one_death_more_as_fishers(oracle):
    rows = seeded(oracle, "fisher").dropna()

    for level, part in rows.groupby("confidence"):
        ours = ratio_of(part, "exact", level)
        np.testing.assert_allclose(ours["upper_ci"], part["upper"], rtol=1e-5)
        shifted = ratio_of(part.assign(observed=part["observed"] + 1), "exact", level)
        np.testing.assert_allclose(shifted["lower_ci"], part["lower"], rtol=2e-4)


def test_selvins_1940_against_1960(oracle, agreeing):
    table = oracle("epitools/selvin_inputs.csv")
    expected = oracle("epitools/selvin_expected.csv").set_index("measure")
    cells = table.rename(
        columns={"age": "age_band", "deaths1940": "numerator", "pop1940": "denominator"}
    )[["age_band", "numerator", "denominator"]]
    reference = table.rename(
        columns={"age": "age_band", "deaths1960": "numerator", "pop1960": "denominator"}
    )[["age_band", "numerator", "denominator"]]

    ratio = smr(cells, [], reference, interval="log").iloc[0]
    rate = indirect_rate(cells, [], reference, interval="log").iloc[0]

    theirs = expected.loc["sir_1940_ref1960", ["expected", "estimate", "lower", "upper"]]
    compared = agreeing(ratio[["expected", "smr", "lower_ci", "upper_ci"]], theirs, rel=1e-12)
    theirs = expected.loc["indirect_rate_per100000", ["estimate", "lower", "upper"]]
    compared += agreeing(rate[["indirect_rate", "lower_ci", "upper_ci"]], theirs, rel=1e-12)
    assert compared == 7
    assert round(ratio["smr"], 2) == 0.83  # as printed


def test_melanoma_in_florida_agrees_with_the_listing_of_sas(oracle):
    rows = oracle("sas_stdrate_c43_florida/strata_inputs_and_expected.csv")
    cells = pd.DataFrame(
        {"age_band": rows["age"], "numerator": rows["observed"], "denominator": rows["pop"]}
    )
    us = rows["ref_crude_rate_per_100000"] / 100_000 * rows["ref_pop"]
    reference = pd.DataFrame(
        {"age_band": rows["age"], "numerator": us.round(), "denominator": rows["ref_pop"]}
    )

    by_age = smr(cells, ["age_band"], reference, interval="normal").set_index("age_band")

    by_age = by_age.loc[rows["age"]].reset_index(drop=True)
    for ours, theirs in (
        ("expected", "expected"), ("smr", "smr"),
        ("lower_ci", "smr_lower95_normal"), ("upper_ci", "smr_upper95_normal"),
    ):  # fmt: skip
        given = rows[theirs].notna() & (rows["observed"] > 0)
        last_digit = 0.5e-3 if theirs == "expected" else 0.5e-4
        assert (by_age[ours] - rows[theirs])[given].abs().max() <= last_digit + 1e-9
