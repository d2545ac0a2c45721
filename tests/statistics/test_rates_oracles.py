"""Rates beside those of other programs and of published worked examples."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import RatesError
from analysis.standards import esp2013
from analysis.statistics.counts import add_totals, count_deaths
from analysis.statistics.intervals import poisson_limits
from analysis.statistics.rates import asmr, crude_rate
from analysis.vocabulary import AGE_BANDS

CELLS = {"ageband": "age_band", "count": "numerator", "pop": "denominator", "stdpop": "weight"}

# The names that the peers give to the methods.
PEERS = {
    ("dobson", "byar; NA when total<10"): "dobson-byar",
    ("fay_feuer_gamma", "wm=max"): "gamma",
    ("gamma", "wmtype=max"): "gamma",
    ("gamma", "midp=TRUE"): "gamma-midp",
    ("gamma", "wmtype=tcz"): "tiwari",
    ("gamma", "wmtype=mean"): "gamma-mean",
    ("gamma", "wmtype=minmaxavg"): "gamma-minmax",
    ("asymptotic", "trans=none"): "normal",
    ("asymptotic", "trans=log"): "log",
    ("asymptotic", "trans=loglog"): "loglog",
    ("asymptotic", "trans=logit"): "logit",
    ("dobson", "midp=FALSE"): "dobson-exact",
    ("dobson", "midp=TRUE"): "dobson-midp",
    ("beta", "wmtype=none"): "beta",
    ("beta", "wmtype=tcz"): "beta-tiwari",
    ("bootstrap", ""): "bootstrap",
}
ROUGH = {"gamma-midp", "beta", "beta-tiwari"}  # the peer searches these to 1e-5


def named(expected):
    """Name each row's method as we do."""
    pairs = zip(expected["method"], expected["variant"].fillna(""), strict=True)
    return expected.assign(interval=[PEERS[pair] for pair in pairs])


def test_asmr_agrees_with_the_peers_from_0_to_200_million_deaths(oracle, agreeing):
    inputs = oracle("r_peers_seeded/dsr_inputs.csv").rename(columns=CELLS)
    expected = named(oracle("r_peers_seeded/dsr_expected.csv"))

    compared, differs = 0, 0
    for (_, interval, level), rows in expected.groupby(["peer", "interval", "confidence"]):
        ours = asmr(inputs, ["group"], standard="weight", interval=interval, confidence=level)
        both = rows.merge(ours, on="group", validate="one_to_one")
        compared += agreeing(both["asmr"], both["estimate"])
        # Without deaths ours has a lower limit of 0 always, and no normal upper limit.
        apart = (both["numerator"] == 0) & both["interval"].isin(["normal", "beta-tiwari"])
        differs += int(both.loc[apart, ["lower", "upper"]].notna().sum().sum())
        both = both[~apart]
        if interval == "dobson-midp":
            compared += agreeing_midp(both[both["numerator"] > 0], level)
            continue
        rel = 1e-5 if interval in ROUGH else 1e-9
        compared += agreeing(both["lower_ci"], both["lower"], rel)
        compared += agreeing(both["upper_ci"], both["upper"], rel)

    given = expected[["estimate", "lower", "upper"]].notna().sum().sum()
    assert differs == 4 * 2 * 2
    assert given - differs - compared == 11  # mid-P limits that the peer gives less exactly


def agreeing_midp(both, level):
    """Compare Dobson's mid-P limits; where the peer's root search stopped early, prove ours."""
    compared = 0
    below, above = poisson_limits(both["numerator"], "midp", level)
    tail = (1 - level) / 2
    for side, root, mass in (
        ("lower", below, stats.poisson.sf),
        ("upper", above, stats.poisson.cdf),
    ):
        near = np.isclose(both[f"{side}_ci"], both[side], rtol=1e-5, atol=0)
        deaths = both["numerator"] - (side == "upper")
        half = stats.poisson.pmf(both["numerator"], root) / 2
        np.testing.assert_allclose(mass(deaths, root) + half, tail, rtol=1e-6)
        assert near.sum() >= len(both) - 4
        compared += int(near.sum())
    return compared


@pytest.mark.parametrize("interval", sorted({*PEERS.values()} - {"dobson-byar"}))
def test_asmr_of_downs_syndrome_agrees_with_dsrtest(oracle, agreeing, interval):
    columns = {"Age": "age_band", "Cases": "numerator", "Births": "denominator"}
    inputs = oracle("fay_feuer_downs/downs_inputs.csv").rename(columns=columns)
    expected = named(oracle("fay_feuer_downs/downs_expected.csv"))
    expected = expected[expected["interval"] == interval]

    ours = asmr(inputs, ["BirthOrder"], standard="Standard", interval=interval)
    both = expected.merge(ours, on="BirthOrder", validate="one_to_one")

    rel = 1e-5 if "midp" in interval else 1e-9
    compared = agreeing(both["asmr"], both["estimate"])
    compared += agreeing(both["lower_ci"], both["lower"], rel)
    compared += agreeing(both["upper_ci"], both["upper"], rel)
    assert compared == 15


def test_the_published_limits_of_fay_and_feuer_and_of_tiwari(oracle):
    columns = {"Age": "age_band", "Cases": "numerator", "Births": "denominator"}
    inputs = oracle("fay_feuer_downs/downs_inputs.csv").rename(columns=columns)
    last = inputs[inputs["BirthOrder"] == 5]

    def limits(interval):
        rates = asmr(last, [], standard="Standard", interval=interval)
        return rates[["asmr", "lower_ci", "upper_ci"]].to_numpy()[0].round(3).tolist()

    # Fay and Feuer 1997, table 2; Tiwari and others 2006
    assert limits("gamma") == [75.529, 67.702, 188.3]
    assert limits("tiwari")[2] == 112.858
    assert limits("dobson-exact") == [75.529, 67.633, 83.867]
    assert limits("log")[1:] == [67.902, 84.012]


def test_asmr_agrees_with_table_1_of_fay_and_feuer(oracle, agreeing):
    columns = {"age": "age_band", "count": "numerator", "pop": "denominator"}
    inputs = oracle("epitools/fay_feuer_table1_inputs.csv").rename(columns=columns)
    expected = oracle("epitools/fay_feuer_table1_expected.csv")

    ours = asmr(inputs, ["birth_order"], standard="stdpop", interval="gamma")
    crude = crude_rate(inputs, ["birth_order"])

    compared = agreeing(ours["asmr"], expected["adj_rate"], rel=1e-12)
    compared += agreeing(ours["lower_ci"], expected["lower"], rel=1e-12)
    compared += agreeing(ours["upper_ci"], expected["upper"], rel=1e-12)
    compared += agreeing(crude["crude_rate"], expected["crude_rate"], rel=1e-12)
    assert compared == 20


def test_asmr_of_1940_agrees_with_selvin(oracle, agreeing):
    columns = {"age": "age_band", "deaths1940": "numerator", "pop1940": "denominator"}
    inputs = oracle("epitools/selvin_inputs.csv").rename(columns=columns)
    expected = oracle("epitools/selvin_expected.csv").set_index("measure")
    standard = inputs.set_index("age_band")["pop1960"]

    ours = asmr(inputs, [], standard, interval="gamma")
    theirs = expected.loc["direct_1940_std1960_per100000", ["estimate", "lower", "upper"]]

    assert agreeing(ours[["asmr", "lower_ci", "upper_ci"]].iloc[0], theirs, rel=1e-12) == 3
    assert round(ours["asmr"].item(), 2) == 139.25  # as printed


@pytest.mark.parametrize(
    ("theirs", "interval"), [("normal", "normal"), ("lognormal", "log"), ("gamma", "gamma-sas")]
)
def test_asmr_agrees_with_sas_stdrate(oracle, agreeing, theirs, interval):
    columns = {"death": "numerator", "fu": "denominator", "pop": "weight"}
    inputs = oracle("sas_stdrate_alaska_florida/inputs.csv").rename(columns=columns)
    inputs["age_band"] = inputs["age"] + " " + inputs["sex"]
    expected = oracle("sas_stdrate_alaska_florida/expected_dsr.csv")
    expected = expected[expected["method"] == theirs]

    ours = asmr(inputs, ["state"], standard="weight", per=1_000, interval=interval)

    compared = agreeing(ours["asmr"], expected["std"], rel=1e-11)
    compared += agreeing(ours["lower_ci"], expected["std_lower"], rel=1e-11)
    compared += agreeing(ours["upper_ci"], expected["std_upper"], rel=1e-11)
    assert compared == 6


@pytest.mark.parametrize(
    ("theirs", "interval"), [("normal", "normal"), ("lognormal", "log"), ("gamma", "exact")]
)
def test_crude_rates_agree_with_sas_stdrate(oracle, agreeing, theirs, interval):
    inputs = oracle("sas_stdrate_alaska_florida/inputs.csv")
    inputs = inputs.rename(columns={"death": "numerator", "fu": "denominator"})
    expected = oracle("sas_stdrate_alaska_florida/expected_dsr.csv")
    expected = expected[expected["method"] == theirs]

    ours = crude_rate(inputs, ["state"], per=1_000, interval=interval)

    compared = agreeing(ours["crude_rate"], expected["crude"], rel=1e-11)
    compared += agreeing(ours["lower_ci"], expected["crude_lower"], rel=1e-11)
    compared += agreeing(ours["upper_ci"], expected["crude_upper"], rel=1e-11)
    assert compared == 6


def test_crude_rates_of_melanoma_agree_with_the_listing_of_sas(oracle):
    rows = oracle("sas_stdrate_c43_florida/strata_inputs_and_expected.csv")
    counts = rows.rename(columns={"observed": "numerator", "pop": "denominator"})

    ours = crude_rate(counts, ["age"], interval="normal")

    for name, column in (
        ("crude_rate", "crude_rate_per_100000"),
        ("lower_ci", "rate_lower95_normal"),
        ("upper_ci", "rate_upper95_normal"),
    ):
        given = rows[column].notna() & (rows["observed"] > 0)
        difference = (ours.set_index("age").loc[rows["age"], name].to_numpy() - rows[column])[given]
        assert difference.abs().max() <= 0.5e-4 + 1e-9  # the last printed digit


def test_asmr_agrees_with_phe_at_95_and_99_8(oracle, agreeing):
    inputs = oracle("phe_indicatormethods/dsr_inputs.csv").rename(columns=CELLS)
    inputs["numerator"] = inputs["numerator"].fillna(0)  # PHE takes a blank for 0; we refuse it
    expected = oracle("phe_indicatormethods/dsr_expected.csv")

    compared = 0
    for per, rows in expected.groupby("multiplier"):
        ours = asmr(inputs, ["area"], "weight", per, "dobson-byar", [0.95, 0.998])
        both = rows.merge(ours, on="area", validate="one_to_one")
        compared += agreeing(both["asmr"], both["value"], rel=1e-12)
        for level in ("95_0", "99_8"):
            suffix = level.removesuffix("_0")
            compared += agreeing(both[f"lower_ci_{suffix}"], both[f"lower{level}cl"], rel=1e-12)
            compared += agreeing(both[f"upper_ci_{suffix}"], both[f"upper{level}cl"], rel=1e-12)
    assert compared == 2 * (2 + 4 + 2)


@pytest.mark.parametrize("case", ["negative_count", "negative_pop", "negative_stdpop", "zero_pop"])
def test_inputs_that_phe_refuses_are_refused(oracle, case):
    rows = oracle("phe_indicatormethods/dsr_bad_inputs.csv").rename(columns=CELLS)
    rows = rows[rows["case"] == case]
    wrong = rows["numerator"].lt(0) | rows["denominator"].le(0) | rows["weight"].lt(0)
    rows = rows.assign(age_band=[str(i) for i in range(len(rows))])

    with pytest.raises(RatesError, match=f"age_band {rows.loc[wrong, 'age_band'].iloc[0]}"):
        asmr(rows, [], standard="weight")


def test_crude_rates_agree_with_phe(oracle, agreeing):
    expected = oracle("phe_indicatormethods/crude_rates.csv")
    counts = expected.rename(columns={"Numerator": "numerator", "Denominator": "denominator"})
    known = counts["numerator"].notna() & counts["denominator"].notna()

    compared = 0
    for per, rows in counts[known].groupby("multiplier"):
        ours = crude_rate(rows, ["Area"], per=per, confidence=[0.95, 0.998])
        both = rows.merge(ours, on="Area", validate="one_to_one")
        compared += agreeing(both["crude_rate"], both["value"], rel=1e-12)
        for theirs, suffix in (("95_0", "95"), ("99_8", "99_8")):
            compared += agreeing(both[f"lower_ci_{suffix}"], both[f"lower{theirs}cl"], rel=1e-12)
            compared += agreeing(both[f"upper_ci_{suffix}"], both[f"upper{theirs}cl"], rel=1e-12)
    assert compared == 9 * 5

    with pytest.raises(RatesError, match="is missing, not a finite number"):
        crude_rate(counts[~known], ["Area"])


def test_crude_rates_of_summed_rows_agree_with_phe(oracle, agreeing):
    columns = {"Numerator": "numerator", "Denominator": "denominator"}
    inputs = oracle("phe_indicatormethods/crude_rates_grouped_inputs.csv").rename(columns=columns)
    expected = oracle("phe_indicatormethods/crude_rates_grouped_expected.csv")
    inputs = inputs.dropna()

    compared = 0
    for (per, level), rows in expected.groupby(["multiplier", "confidence"]):
        level = float(level.rstrip("%")) / 100
        ours = crude_rate(inputs, ["Area"], per=per, confidence=level)
        both = rows.merge(ours, on="Area")
        compared += agreeing(both["crude_rate"], both["value"], rel=1e-12)
        compared += agreeing(both["lower_ci"], both["lowercl"], rel=1e-12)
        compared += agreeing(both["upper_ci"], both["uppercl"], rel=1e-12)
    assert compared == 9 * 3


@pytest.fixture(scope="module")
def england_and_wales(shared):
    """Annual registrations and mid-year populations of 2001 to 2019 by sex and age band."""
    folder = shared / "real/ons-annual-deaths-and-populations"
    people = pd.read_csv(folder / "dat04_mye_age_grp_england_and_wales_2001_to_2019.csv")
    people["sex"] = people["gender"].str.upper()
    first = people["ageGrp"].str.extract(r"(\d+)")[0].astype(int)
    people["age_band"] = band_of(first)
    tables = {"M": "finalreftables2019_Table 4.csv", "F": "finalreftables2019_Table 5.csv"}
    died = []
    for sex, name in tables.items():
        table = pd.read_csv(folder / name, skiprows=5, dtype=str)
        table = table[table["Age"].str.fullmatch(r"\d+\+?", na=False)]
        table = table.melt(id_vars="Age", var_name="year", value_name="numerator")
        table = table[table["year"].astype(int).between(2001, 2019)]
        age = table["Age"].str.rstrip("+").astype(int)
        died.append(table.assign(sex=sex, year=table["year"].astype(int), age_band=band_of(age)))
    died = pd.concat(died).astype({"numerator": int})
    people = people.rename(columns={"pop": "denominator"})
    return count_deaths(died, people, ["year", "sex"])


def band_of(age):
    edges = [0, 1, *range(5, 95, 5), 200]
    return pd.cut(age, edges, right=False, labels=list(AGE_BANDS)).astype(str)


def test_asmr_of_england_and_wales_in_2019_is_the_published_925(england_and_wales):
    counts = add_totals(england_and_wales, {"sex": "Persons"})

    rates = asmr(counts, ["year", "sex"], esp2013()).set_index(["year", "sex"])

    in_2019 = rates.loc[(2019, "Persons")]
    assert in_2019["numerator"] == 530_841
    assert round(in_2019["asmr"], 1) == 925.0
    persons = rates.xs("Persons", level="sex")["asmr"]
    assert persons.index.tolist() == list(range(2001, 2020))
    assert persons.idxmin() == 2019
