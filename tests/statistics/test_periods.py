"""Life expectancy of whole years, and of no other period."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.lifetables import expectancy_gap, life_expectancy
from analysis.statistics.periods import period_expectancy, period_gap, whole_years
from analysis.vocabulary import AGE_BANDS

YEAR = date(2020, 1, 1), date(2020, 12, 31)
SPRING = date(2020, 3, 1), date(2020, 5, 31)


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2020-01-01", "2020-12-31", 1),
        ("2019-03-01", "2020-02-29", 1),
        ("2018-03-01", "2019-02-28", 1),
        ("2020-02-29", "2021-02-28", 1),
        ("2018-01-01", "2020-12-31", 3),
        ("2020-03-01", "2020-05-31", 0),
        ("2020-01-01", "2020-12-30", 0),
        ("2020-01-01", "2021-01-01", 0),
        ("2019-03-01", "2020-02-28", 0),
    ],
)
def test_a_year_ends_on_the_day_before_it_began(first, last, years):
    assert whole_years(date.fromisoformat(first), date.fromisoformat(last)) == years


def counts(multiple=1):
    """Two deciles; the second has half the deaths of the first in as many people."""
    frames = [
        pd.DataFrame(
            {
                "imd_decile": decile,
                "age_band": AGE_BANDS,
                "numerator": multiple * (np.arange(1, 21) ** 2 * 4 // decile),
                "denominator": 10_000.0,
            }
        )
        for decile in (1, 2)
    ]
    return pd.concat(frames, ignore_index=True)


def test_a_year_has_the_expectancy_of_its_life_table():
    life = period_expectancy(counts(), ["imd_decile"], *YEAR, annualised=False)

    plain = life_expectancy(counts(), ["imd_decile"], ages=[0, 65])
    columns = ["life_expectancy", "lower_ci", "upper_ci"]
    pd.testing.assert_frame_equal(life[columns], plain[columns])
    assert set(life["life_expectancy_status"]) == {""}


def test_deaths_are_those_at_the_age_and_over():
    life = period_expectancy(counts(), ["imd_decile"], *YEAR, annualised=False)

    # Of decile 1, 4 x (1 + 4 + ... + 400) at all ages, and from 65 (the 15th band) 4 x (225 + ...)
    assert life["numerator"].iloc[:2].tolist() == [4 * 2870, 4 * (2870 - 1015)]
    assert life["denominator"].iloc[:2].tolist() == [200_000, 60_000]


def test_people_of_two_years_live_two_years():
    two = date(2019, 1, 1), date(2020, 12, 31)

    people = period_expectancy(counts(2), ["imd_decile"], *two, annualised=False)
    years = period_expectancy(
        counts(2).assign(denominator=20_000.0), ["imd_decile"], *two, annualised=True
    )
    one = period_expectancy(counts(), ["imd_decile"], *YEAR, annualised=False)

    pd.testing.assert_frame_equal(people, years)
    assert people["life_expectancy"].tolist() == pytest.approx(one["life_expectancy"].tolist())


def test_a_few_months_have_none_and_say_that_it_does_not_apply():
    life = period_expectancy(counts(), ["imd_decile"], *SPRING, annualised=False)
    gap = period_gap(life, ["age"], "imd_decile", 1, 2)

    assert life[["life_expectancy", "lower_ci", "upper_ci", "standard_error"]].isna().all(axis=None)
    assert set(life["life_expectancy_status"]) == set(gap["gap_status"]) == {"[z]"}
    assert gap[["gap", "gap_lower_ci", "gap_upper_ci"]].isna().all(axis=None)
    assert life["numerator"].notna().all()


def test_the_gap_is_between_the_two_ends_and_counts_the_fewer_deaths():
    life = period_expectancy(counts(), ["imd_decile"], *YEAR, annualised=False)

    gap = period_gap(life, ["age"], "imd_decile", 1, 2)

    plain = expectancy_gap(life, ["age"], "imd_decile", 1, 2)
    assert gap["gap"].tolist() == plain["gap"].tolist()
    assert (gap["gap"] > 0).all()
    assert gap["fewest"].tolist() == [2 * 2870, 2 * (2870 - 1015)]  # halved, even numbers
