"""Ten thousand real death certificates, from Brazil, from end to end.

The layout, the checks and the derived columns are held against a count by pandas on the raw file
that shares no code with them.
"""

import pandas as pd
import pytest

from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.sources import open_records
from analysis.standards import esp2013
from analysis.statistics.counts import count_deaths
from analysis.statistics.rates import asmr

PLACES = {
    "1": "Hospital", "2": "Other communal establishment", "3": "Home", "4": "Elsewhere",
    "5": "Elsewhere",
}  # fmt: skip
UNDER_FIVE = {"<1": "0-4", "1-4": "0-4"}
OLDEST = dict.fromkeys(["80-84", "85-89", "90+"], "80+")
WITHDRAWN = {"A91": "I", "B59": "I", "I84": "IX"}
SEXES = {"masc": "M", "fem": "F"}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "real" / "brazil-sim-rs-2019"


@pytest.fixture(scope="module")
def checked(folder):
    raw = open_records(folder / "obitosRS2019.csv", "brazil_sim")
    return check_records(clean_records(raw, "brazil_sim"), None)


@pytest.fixture(scope="module")
def deaths(checked):
    return derive_columns(checked.kept, None)


@pytest.fixture(scope="module")
def certificates(folder):
    """The raw file: none of its certificates was entered before the death it certifies."""
    return pd.read_csv(folder / "obitosRS2019.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def population(folder):
    people = pd.read_csv(folder / "POPRS2019.csv")
    people = people.replace({"sexo": SEXES, "fxetar5": {"80 e +": "80+"}})
    bands = people.rename(columns={"sexo": "sex", "fxetar5": "age_band", "pop": "denominator"})
    return bands.groupby(["sex", "age_band"], as_index=False)["denominator"].sum()


@pytest.fixture(scope="module")
def standard():
    """The European standard in the 17 bands of the population: 0-4 to 80 and over."""
    weights = esp2013()
    bands = pd.Series(weights.index.map(lambda band: (UNDER_FIVE | OLDEST).get(band, band)))
    return weights.groupby(bands.to_numpy(), sort=False).sum().rename_axis("age_band")


def tally(deaths, *columns):
    counts = deaths.group_by(list(columns)).agg(numerator=deaths.count()).to_pandas()
    return counts.dropna().set_index(list(columns))["numerator"].to_dict()


def in_bands(counts):
    return counts.assign(age_band=counts["age_band"].replace(UNDER_FIVE | OLDEST))


def test_kept_and_excluded_are_the_ten_thousand_delivered(checked, certificates):
    report = checked.report()

    excluded = report[report["severity"] == "excluded"]
    assert checked.delivered_count == len(certificates) == 10_000
    assert checked.kept_count + excluded["count"].sum() == 10_000
    assert checked.kept_count == 10_000


def test_flags_are_those_that_the_source_states(checked):
    report = checked.report().set_index("rule")["count"]

    # 2 of unknown sex and 7 of unknown age; 5 whose place is not stated; no cause is blank
    assert report[["sex_not_stated", "age_unknown", "place_not_stated"]].tolist() == [2, 7, 5]
    assert report[["age_impossible", "icd10_underlying_malformed", "duplicate"]].sum() == 0


def test_deaths_by_sex(deaths, certificates):
    expected = certificates["SEXO"].map({"1": "M", "2": "F"}).value_counts()

    assert tally(deaths, "sex") == expected.to_dict()


def test_deaths_by_place(deaths, certificates):
    expected = certificates["LOCOCOR"].map(PLACES).value_counts()

    assert tally(deaths, "place_of_death") == expected.to_dict()


def test_deaths_by_month(deaths, certificates):
    month = "2019-" + certificates["DTOBITO"].str[2:4]

    assert tally(deaths, "month") == month.value_counts().to_dict()


def test_deaths_by_chapter(deaths, certificates, shared):
    # WHO's own list names the chapter of each category, but for three that it has withdrawn.
    listed = pd.read_csv(shared / "reference/icd10/icd10_2019_categories_3char.csv.gz", dtype="str")
    chapters = listed.set_index("code")["chapter"].to_dict() | WITHDRAWN
    chapter = certificates["CAUSABAS"].str[:3].map(chapters)

    assert chapter.notna().all()
    assert tally(deaths, "icd10_chapter") == chapter.value_counts().to_dict()


def test_deaths_by_age_are_those_of_the_ages_the_file_brings_along(deaths, certificates):
    age = pd.to_numeric(certificates["idade"], errors="coerce").floordiv(1).dropna()

    assert tally(deaths, "age") == age.value_counts().to_dict()


def test_causes_on_a_certificate_are_all_its_codes(deaths, certificates):
    lines = certificates[["LINHAA", "LINHAB", "LINHAC", "LINHAD", "LINHAII"]]
    codes = lines.agg("".join, axis=1).str.replace("X(?=[*]|$)", "", regex=True)
    expected = [
        ([] if underlying in written.split("*") else [underlying]) + written.split("*")[1:]
        for underlying, written in zip(certificates["CAUSABAS"], codes, strict=True)
    ]

    found = deaths.select("record_id", "icd10_mentions").to_pandas().set_index("record_id")

    assert {key: list(value) for key, value in found["icd10_mentions"].items()} == dict(
        zip(certificates["CONTADOR"], expected, strict=True)
    )


def test_rates_by_sex_are_the_weighted_sums_of_rates_by_age(deaths, population, standard):
    counted = deaths.group_by("sex", "age_band").agg(numerator=deaths.count()).to_pandas()

    counts = count_deaths(in_bands(counted.dropna()), population, ["sex"])
    rates = asmr(counts, ["sex"], standard).set_index("sex")["asmr"]

    by_band = counts.set_index(["sex", "age_band"])
    rate = by_band["numerator"] / by_band["denominator"]
    weighted = rate.mul(standard / standard.sum(), level="age_band").groupby("sex").sum()
    assert rates.to_dict() == pytest.approx((100_000 * weighted).to_dict())
    assert rates.round(1).to_dict() == {"F": 107.6, "M": 153.5}


def test_rates_by_chapter_add_up_to_those_of_all_causes(deaths, population, standard):
    keys = ["sex", "icd10_chapter"]
    counted = deaths.group_by(*keys, "age_band").agg(numerator=deaths.count()).to_pandas()
    bands = in_bands(counted.dropna())

    by_chapter = asmr(count_deaths(bands, population, keys), keys, standard)
    by_sex = asmr(count_deaths(bands, population, ["sex"]), ["sex"], standard)

    # Standardised rates of causes that exclude one another are added like deaths.
    total = by_chapter.groupby("sex")["asmr"].sum()
    assert total.to_dict() == pytest.approx(by_sex.set_index("sex")["asmr"].to_dict())
    assert by_chapter["icd10_chapter"].nunique() == 17
