"""The monthly release, read: totals that are printed in it."""

import pytest

from analysis.errors import InputError
from analysis.ingest.published_months import (
    read_daily_deaths,
    read_deaths_by_age,
    read_deaths_by_place,
    read_deaths_involving,
    read_leading_causes,
)

FOLDER = "real/ons-deaths-involving-covid-mar-jun2020"


def test_deaths_due_to_covid19_by_age_sum_to_the_printed_totals(shared):
    ages = read_deaths_by_age(shared / FOLDER)

    persons = ages.query("ctry20cd == 'K04000001' and sex == 'Persons'")
    by_month = persons.groupby("month")["numerator"].sum()
    assert by_month.tolist() == [4_486, 29_064, 10_661, 2_525]
    assert persons["age_band"].nunique() == 20


def test_deaths_over_their_share_are_about_all_deaths(shared):
    ages = read_deaths_by_age(shared / FOLDER).set_index(["ctry20cd", "month", "sex", "age_band"])
    places = read_deaths_by_place(shared / FOLDER)

    cell = ages.loc[("E92000001", "2020-04", "F", "80-84")]
    every = places.query(
        "ctry20cd == 'E92000001' and month == '2020-04' and sex == 'F' and age == '80-84'"
        " and covid19 == 'all causes'"
    )["numerator"].sum()
    # The share is printed to three decimals: within one part in six hundred
    assert cell["numerator"] / cell["share"] == pytest.approx(every, rel=1 / 600)


def test_deaths_involving_covid19_have_the_printed_totals(shared):
    involving = read_deaths_involving(shared / FOLDER)

    ages = ["0-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-84"]
    chosen = involving[involving["age"].isin([*ages, "85-89", "90+"])]
    sums = chosen[chosen["sex"] == "Persons"].groupby("ctry20cd")["numerator"].sum()
    assert sums.to_dict() == {"E92000001": 47_809, "K04000001": 50_335, "W92000004": 2_450}


def test_places_of_death_sum_to_all_deaths(shared):
    places = read_deaths_by_place(shared / FOLDER)

    whole = places.query("ctry20cd == 'K04000001' and sex == 'Persons'")
    assert whole.groupby("covid19")["numerator"].sum().to_dict() == {
        "all causes": 218_837,
        "due to": 46_736,
    }
    assert whole["place_of_death"].nunique() == 6


def test_days_sum_to_the_printed_totals(shared):
    daily = read_daily_deaths(shared / FOLDER)

    sums = daily.groupby("covid19")[["numerator", "within_7_days"]].sum()
    assert sums.loc["all causes"].tolist() == [218_837, 179_728]
    assert sums.loc["involving"].tolist() == [50_335, 43_430]
    assert daily["death_date"].nunique() == 122


def test_leading_causes_begin_with_the_deaths_due_to_covid19(shared):
    causes = read_leading_causes(shared / FOLDER)

    assert causes.query("codes == 'U07.1-U07.2'")["numerator"].sum() == 46_736
    assert causes.query("codes == 'I20-I25' and month == '2020-03'")["numerator"].item() == 4_790


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="bulletin data fetch"):
        read_deaths_by_age(tmp_path)


def test_another_layout_is_refused(tmp_path):
    (tmp_path / "table_9.csv").write_text("Date,Deaths\n2020-03-01 00:00:00,5\n")

    with pytest.raises(InputError, match="expected 122, found 1"):
        read_daily_deaths(tmp_path)
