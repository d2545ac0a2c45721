"""Deaths shared out among small areas."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.synthesis.apportion import share_out
from analysis.synthesis.open_areas import STRATA, sum_over
from tests.synthesis.open_samples import small_areas

AREAS = small_areas()
# True deaths of the eight groups by sex; what is published of them is sums.
DEATHS = np.array([[3, 4], [2, 1], [5, 1], [1, 2], [7, 6], [1, 1], [4, 1], [2, 3]])


def margins(deaths):
    return (
        sum_over(deaths, AREAS.group_msoa, 5).sum(axis=1),
        sum_over(deaths, AREAS.group_authority, 3).T,
        sum_over(deaths, AREAS.group_stratum, STRATA).T,
    )


def test_every_published_sum_is_met_in_whole_numbers():
    published = margins(DEATHS)

    shares = share_out(np.ones((8, 2)), *published, AREAS, np.random.default_rng(1))

    for ours, theirs in zip(margins(shares.whole), published, strict=True):
        assert ours.tolist() == theirs.tolist()
    assert shares.whole.min() >= 0
    assert shares.gap < 0.01


def test_groups_with_more_expected_deaths_get_more():
    expected = np.ones((8, 2))
    expected[0, 0] = 20  # the women of the first MSOA in decile 1
    published = margins(np.full((8, 2), 10))

    shares = share_out(expected, *published, AREAS, np.random.default_rng(1))

    # Its block has 20 women in two groups, and nothing else says how many in which
    assert shares.fitted[0, 0] > 12
    assert shares.fitted[[0, 2], 0].sum() == pytest.approx(20, abs=0.01)


def test_counts_that_contradict_each_other_are_refused():
    msoa, authority, stratum = margins(DEATHS)

    with pytest.raises(InputError, match="contradict"):
        share_out(np.ones((8, 2)), msoa + 1, authority, stratum, AREAS, np.random.default_rng(1))
