"""Rates of a table that is asked for."""

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.tables.making import make_table
from analysis.tables.request import Request
from analysis.vocabulary import AGE_BANDS
from tests.tables.samples import MAY, deaths, place, source

PEOPLE = pd.DataFrame(
    [
        (place(n)["rgn20cd"], sex, band, 10_000)
        for n in (0, 8)
        for sex in ("F", "M")
        for band in AGE_BANDS
    ],
    columns=["rgn20cd", "sex", "age_band", "population"],
)
# Men of the south: 9 deaths; all others have 10 and more.
DIED = deaths(
    (40, place(0)), (10, place(0) | {"sex": "M"}), (50, place(8)), (9, place(8) | {"sex": "M"})
)
BY = ("rgn20cd", "sex")


def test_a_rate_is_calculated_from_ten_deaths():
    here = source(DIED, people=lambda kind: PEOPLE)

    rates = make_table(here, Request(MAY, BY, measure="asmr"), "t").table.frame

    status = rates.set_index(list(BY))["asmr_status"]
    assert status["E12000002", "M"] == "[x]"
    assert status["E12000001", "M"] == "[u]"
    assert status["E12000001", "F"] == ""


def test_a_rate_is_deaths_by_people_weighted_by_the_standard():
    here = source(DIED, people=lambda kind: PEOPLE)

    rates = make_table(here, Request(MAY, BY, measure="asmr"), "t").table.frame

    # 40 of 10,000 aged 80 to 84, who are 2,500 of the 100,000 of the standard
    women = rates[(rates["rgn20cd"] == "E12000001") & (rates["sex"] == "F")]
    assert women["asmr"].item() == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("by", "people", "words"),
    [
        (("sex", "age_band"), PEOPLE, "cannot be by age"),
        (("sex",), None, "no population by area"),
    ],
)
def test_what_has_no_rate_is_an_error(by, people, words):
    here = source(DIED, people=lambda kind: people)

    with pytest.raises(InputError, match=words):
        make_table(here, Request(MAY, by, measure="asmr"), "t")
