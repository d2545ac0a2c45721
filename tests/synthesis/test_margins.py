"""National margins: ages of the monthly release, totals of the local-area workbook."""

import numpy as np
import pytest

from analysis.ingest.fetch import fetch
from analysis.ingest.published_months import read_deaths_by_place
from analysis.synthesis.margins import COVID, OTHER, national_margins
from tests.conftest import ROOT

# Deaths of March to June by country, cause, sex and month (Table 1 of the local-area workbook)
WOMEN_WITH_COVID = {"England": [1737, 12665, 5622, 1528], "Wales": [75, 639, 332, 100]}
MEN_WITH_COVID = {"England": [2825, 16447, 5598, 1618], "Wales": [99, 820, 313, 82]}
WOMEN = {"England": [24264, 37654, 24087, 17696], "Wales": [1548, 2100, 1506, 1229]}
MEN = {"England": [25496, 38906, 22522, 17081], "Wales": [1615, 2100, 1417, 1164]}


@pytest.fixture(scope="module")
def totals():
    covid = np.array([[WOMEN_WITH_COVID[c], MEN_WITH_COVID[c]] for c in ("England", "Wales")])
    every = np.array([[WOMEN[c], MEN[c]] for c in ("England", "Wales")])
    return np.stack([covid, every - covid], axis=1)


@pytest.fixture(scope="module")
def margins(shared, totals, tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    fetch(ROOT / "data/raw/SOURCES.yml", folder, mirror=shared)
    people = np.ones((2, 2, 20)) * 100_000
    people[1] = 5_000
    return national_margins(folder, people, totals)


def test_ages_sum_to_the_local_area_workbook(margins, totals):
    assert margins.deaths.sum(axis=3) == pytest.approx(totals, rel=1e-9)
    assert margins.deaths.min() >= 0


def test_old_ages_are_those_of_the_table_of_places(margins, shared):
    folder = shared / "real/ons-deaths-involving-covid-mar-jun2020"
    by_4_july = (
        read_deaths_by_place(folder)
        .query(
            "ctry20cd == 'E92000001' and covid19 == 'all causes' and month == '2020-04'"
            " and sex == 'F' and age == '90+'"
        )["numerator"]
        .sum()
    )

    april = margins.deaths[0, [COVID, OTHER], 0, 19, 1].sum()

    # Women of England who died in April: 37,620 by 4 July, 37,654 by 11 July
    assert april == pytest.approx(by_4_july * 37_654 / 37_620, rel=1e-6)


def test_shares_due_to_covid19_are_shares(margins):
    assert margins.due.min() >= 0
    assert margins.due.max() <= 1
    # 44,440 of 47,809 in England
    due = (margins.due[0] * margins.deaths[0, COVID]).sum() / margins.deaths[0, COVID].sum()
    assert due == pytest.approx(44_440 / 47_809, abs=0.002)
