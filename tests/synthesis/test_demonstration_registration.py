import numpy as np
import pandas as pd
import pytest

from analysis.synthesis.demonstration_certificates import diseases
from analysis.synthesis.demonstration_registration import CERTIFIED_BY, HOLIDAYS, register_deaths
from analysis.vocabulary import COVID19, PLACES_OF_DEATH


def deaths(disease, death_date, covid19="none", place="Hospital", many=5_000):
    rows = {
        "disease": diseases()["cause"].tolist().index(disease),
        "place": PLACES_OF_DEATH.index(place),
        "region": 3,
        "covid19": COVID19.index(covid19),
        "death_date": np.datetime64(death_date),
    }
    return pd.DataFrame(rows, index=range(many))


def delays(registered):
    return (registered["registration_date"] - registered["death_date"]).dt.days


def test_no_death_is_lost_but_those_with_covid_19_that_were_not_registered_in_time():
    other = register_deaths(deaths("Stroke", "2020-12-29"), seed=1)
    covid = register_deaths(deaths("COVID-19", "2020-12-29", "due to"), seed=1)

    assert len(other) == 5_000
    assert 0 < len(covid) < 5_000


def test_every_death_is_registered_in_2020_and_not_before_it_happened():
    for day in ("2020-01-01", "2020-06-15", "2020-12-31"):
        registered = register_deaths(deaths("Intentional self-harm", day), seed=1)
        assert registered["registration_date"].dt.year.eq(2020).all()
        assert (delays(registered) >= 0).all()


def test_late_registrations_are_of_deaths_of_years_before():
    registered = register_deaths(deaths("Intentional self-harm", "2020-09-01"), seed=1)

    # most inquests take longer than the four months that are left of the year
    assert 0.4 < registered["death_date"].dt.year.eq(2019).mean() < 0.8


def test_register_offices_are_closed_at_weekends_and_on_holidays():
    registered = register_deaths(deaths("Stroke", "2020-04-07"), seed=1)["registration_date"]

    assert (registered.dt.day_of_week < 5).all()
    assert not registered.isin(pd.to_datetime(list(HOLIDAYS))).any()


def test_registrations_come_in_the_order_of_their_dates():
    mixed = pd.concat([deaths("Stroke", "2020-05-01"), deaths("Stroke", "2020-03-01")])

    registered = register_deaths(mixed.reset_index(drop=True), seed=1)

    assert registered["registration_date"].is_monotonic_increasing


def test_an_inquest_takes_months_and_a_doctor_days():
    poisoning = register_deaths(deaths("Poisoning", "2020-02-01"), seed=1)
    cancer = register_deaths(deaths("Lung cancer", "2020-02-01"), seed=1)

    assert delays(poisoning).median() > 100
    assert delays(cancer).median() < 7
    assert (poisoning["certified_by"] == CERTIFIED_BY.index("coroner")).all()


@pytest.mark.parametrize(("covid19", "coded"), [("due to", 1.0), ("none", 0.999)])
def test_few_causes_are_not_coded_yet_and_none_of_covid_19(covid19, coded):
    disease = "COVID-19" if covid19 == "due to" else "Lung cancer"

    registered = register_deaths(deaths(disease, "2020-05-01", covid19), seed=1)

    assert registered["coded"].mean() == pytest.approx(coded, abs=0.002)
