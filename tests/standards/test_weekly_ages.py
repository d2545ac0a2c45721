import pytest

from analysis.standards.weekly_ages import weekly_age
from analysis.vocabulary import AGE_BANDS, WEEKLY_AGES


def test_every_band_falls_into_one_group():
    groups = [weekly_age(band) for band in AGE_BANDS]

    assert list(dict.fromkeys(groups)) == list(WEEKLY_AGES)


@pytest.mark.parametrize(
    ("band", "group"),
    [("<1", "<1"), ("1-4", "1-14"), ("80-84", "75-84"), ("90+", "85+"), ("85+", "85+")],
)
def test_a_band_falls_into_the_group_that_holds_it(band, group):
    assert weekly_age(band) == group


@pytest.mark.parametrize("other", ["Deaths by age group", "", "10-19", "80+"])
def test_anything_else_has_no_group(other):
    assert weekly_age(other) is None
