import numpy as np
import pandas as pd
import pytest

from analysis.synthesis.demonstration_certificates import (
    MOST_MENTIONS,
    codes,
    diseases,
    fill_in_causes,
    last_occupations,
    mention_codes,
)
from analysis.synthesis.demonstration_deaths import CAUSES
from analysis.vocabulary import AGE_BANDS, COVID19, PLACES_OF_DEATH

SEED = 5


def deaths(age_band, cause="other", sex=0, many=4_000):
    rows = {
        "sex": sex,
        "age_band": AGE_BANDS.index(age_band),
        "cause": CAUSES.index(cause),
        "region": 0,
    }
    return pd.DataFrame(rows, index=range(many))


def filled(*args, **kwargs):
    return fill_in_causes(deaths(*args, **kwargs), SEED)


def share_of(certificates, disease):
    return (diseases()["cause"].to_numpy()[certificates["disease"]] == disease).mean()


def test_causes_depend_on_age_and_sex():
    assert share_of(filled("25-29", sex=1), "Intentional self-harm") > 0.2
    assert share_of(filled("90+"), "Dementia") > 0.25
    assert share_of(filled("50-54"), "Breast cancer") > 0.1
    assert share_of(filled("70-74", sex=1), "Cancers of female organs") == 0
    assert share_of(filled("90+"), "Prostate cancer") == 0


def test_the_newborn_have_mentions_and_no_underlying_cause():
    infants = filled("<1")
    newborn = infants[infants["disease"] == diseases().index[diseases()["cause"] == "Neonatal"][0]]

    _, starts = mention_codes(newborn, SEED)

    assert 0.6 < len(newborn) / len(infants) < 0.8
    assert (newborn["underlying"] == -1).all()
    assert (np.diff(starts) >= 1).all()
    assert (infants["age"] == 0).all()


def test_covid_19_is_the_underlying_cause_of_most_deaths_that_involve_it():
    certificates = filled("75-79", cause="spring")
    underlying = codes()[certificates["underlying"]]

    due_to = certificates["covid19"] == COVID19.index("due to")
    assert due_to.mean() == pytest.approx(0.94, abs=0.015)
    assert set(underlying[due_to]) == {"U071", "U072"}
    assert not set(underlying[~due_to]) & {"U071", "U072"}


def test_every_death_that_involves_covid_19_mentions_it_and_no_other_does():
    involving, without = filled("75-79", cause="spring"), filled("75-79")

    for certificates, expected in ((involving, True), (without, False)):
        listed, starts = mention_codes(certificates, SEED)
        covid = np.isin(codes()[listed], ["U071", "U072"])
        assert ((np.add.reduceat(covid, starts[:-1]) > 0) == expected).all()


def test_mentions_begin_with_the_underlying_cause_and_name_no_code_twice():
    certificates = filled("85-89", cause="autumn")

    listed, starts = mention_codes(certificates, SEED)

    many = np.diff(starts)
    record = np.repeat(np.arange(len(many)), many)
    assert (listed[starts[:-1]] == certificates["underlying"]).all()
    assert many.min() >= 1
    assert many.max() <= MOST_MENTIONS
    assert not pd.DataFrame({"record": record, "code": listed}).duplicated().any()


def test_every_code_has_the_shape_of_icd_10():
    assert codes().str.fullmatch(r"[A-Z]\d\d\d?").all()


def test_ages_lie_in_their_band():
    for band, first, last in (("1-4", 1, 4), ("5-9", 5, 9), ("85-89", 85, 89), ("90+", 90, 108)):
        ages = filled(band)["age"]
        assert (ages.min(), ages.max()) == (first, last) or (band == "90+" and ages.min() == first)
        assert ages.between(first, last).all()


def test_places_depend_on_cause_and_age():
    home = PLACES_OF_DEATH.index("Care home")

    assert (filled("20-24")["place"] == home).mean() < 0.05
    assert (filled("90+")["place"] == home).mean() > 0.25


def test_an_occupation_without_people_has_no_deaths_at_working_age():
    people = np.zeros((370, 2, 9), dtype=int)
    people[[10, 20]] = 100

    drawn = last_occupations(filled("40-44"), people, SEED)

    assert set(drawn) == {10, 20}


def test_children_have_no_occupation_and_few_of_the_old_have_none():
    people = np.full((370, 2, 9), 100)

    assert (last_occupations(filled("10-14"), people, SEED) == -1).all()
    # a fifth of women and an eighth of men from 65 on
    old_women = last_occupations(filled("70-74"), people, SEED)
    assert (old_women == -1).mean() == pytest.approx(0.2, abs=0.03)
