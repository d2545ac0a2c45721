"""Ages of deaths in whole numbers."""

import numpy as np
import pytest

from analysis.synthesis.open_ages import AGES, Ages
from tests.synthesis.open_samples import small_areas

AREAS = small_areas()
WHOLE = np.array([30, 20, 40, 10, 25, 35, 22, 18])


def month(ages, whole=WHOLE, national=None):
    by_age = np.linspace(0.5, 2, AGES)
    national = np.stack([by_age, by_age]) if national is None else national
    expected = np.outer(np.ones(len(whole)), by_age)
    return ages.add_month(expected, whole.astype(float), whole, national)


def test_each_group_keeps_its_deaths_and_each_country_its_ages():
    national = np.zeros((2, AGES))
    national[:, [15, 17, 19]] = [[0.25, 0.25, 0.5], [0.5, 0.5, 0.0]]

    group, age = month(Ages(AREAS, np.random.default_rng(1)), national=national)

    assert np.bincount(group).tolist() == WHOLE.tolist()
    # England has 160 deaths, Wales 40
    assert np.bincount(age[group < 6], minlength=AGES)[[15, 17, 19]].tolist() == [40, 40, 80]
    assert np.bincount(age[group >= 6], minlength=AGES)[[15, 17, 19]].tolist() == [20, 20, 0]


def test_months_together_are_as_near_to_the_fit_as_one():
    ages = Ages(AREAS, np.random.default_rng(1))
    given = np.zeros((3, AGES))
    for _ in range(4):
        group, age = month(ages)
        np.add.at(given, (AREAS.group_authority[group], age), 1)

    by_age = np.linspace(0.5, 2, AGES) / np.linspace(0.5, 2, AGES).sum()
    fit = 4 * np.outer(np.bincount(AREAS.group_authority, WHOLE), by_age)
    # National ages are whole numbers of deaths, so the fit itself moves by a little
    assert np.abs(given - fit).max() < 2.5


def test_nobody_dies_at_an_age_at_which_nobody_lives():
    ages = Ages(AREAS, np.random.default_rng(1))
    expected = np.ones((8, AGES))
    expected[0, 19] = 0

    group, age = ages.add_month(expected, WHOLE.astype(float), WHOLE, np.ones((2, AGES)))

    assert not ((group == 0) & (age == 19)).any()


def test_same_random_numbers_same_ages():
    first = month(Ages(AREAS, np.random.default_rng(5)))
    second = month(Ages(AREAS, np.random.default_rng(5)))

    assert first[1].tolist() == pytest.approx(second[1].tolist())
