"""Deaths that came after the earlier edition."""

import numpy as np

from analysis.synthesis.margins import LocalMargins
from analysis.synthesis.open_areas import STRATA, sum_over
from analysis.synthesis.open_late import choose_late
from tests.synthesis.open_samples import small_areas

AREAS = small_areas()
LATER = np.array([[3, 4], [2, 0], [5, 1], [0, 2], [7, 6], [1, 1], [4, 0], [2, 3]])
EARLIER = np.array([[3, 3], [2, 0], [4, 1], [0, 2], [7, 5], [1, 0], [4, 0], [1, 3]])


def margins(deaths):
    authority = sum_over(deaths, AREAS.group_authority, 3)

    def one(array):
        return array[None, None]

    return LocalMargins(
        msoa=one(sum_over(deaths, AREAS.group_msoa, 5).sum(axis=1)),
        authority=one(authority.T),
        stratum=one(sum_over(deaths, AREAS.group_stratum, STRATA).T),
        region=one(sum_over(authority, AREAS.authority_region, 3).T),
        abroad=np.zeros((1, 1, 2), dtype=int),
    )


def late(earlier):
    return choose_late(
        LATER, margins(LATER), margins(earlier), 0, 0, AREAS, np.random.default_rng(1)
    )


def test_what_is_left_agrees_with_the_earlier_edition():
    chosen = late(EARLIER)

    left = margins(LATER - chosen)
    assert chosen.sum() == 5
    assert (chosen <= LATER).all()
    assert left.region.tolist() == margins(EARLIER).region.tolist()
    assert left.stratum.tolist() == margins(EARLIER).stratum.tolist()
    assert left.msoa.tolist() == margins(EARLIER).msoa.tolist()


def test_an_area_that_lost_deaths_gives_way_and_the_region_stays_exact():
    moved = EARLIER.copy()
    # A man of the first MSOA was counted in its neighbour before: one of them now has fewer.
    moved[0, 1], moved[2, 1] = 5, 0

    chosen = late(moved)

    assert chosen.min() >= 0
    assert margins(LATER - chosen).region.tolist() == margins(moved).region.tolist()
