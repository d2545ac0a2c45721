"""Areas as positions."""

import numpy as np

from analysis.synthesis.open_areas import sum_over
from tests.synthesis.open_samples import small_areas


def test_a_group_is_the_part_of_an_msoa_in_one_stratum():
    areas = small_areas()

    # Two deciles in the first MSOA and in the third, two quintiles in the Welsh one, else one
    assert len(areas.group_msoa) == 8
    assert areas.group_msoa.tolist() == [0, 0, 1, 2, 2, 3, 4, 4]
    assert areas.group_stratum.tolist() == [0, 1, 0, 0, 9, 9, 10, 14]


def test_a_block_is_the_part_of_a_local_authority_in_one_stratum():
    areas = small_areas()

    assert areas.block_authority.tolist() == [0, 0, 1, 1, 2, 2]
    assert areas.block_stratum.tolist() == [0, 1, 0, 9, 10, 14]
    # Both MSOAs of the first local authority have LSOAs in decile 1
    assert areas.group_block.tolist() == [0, 1, 0, 2, 3, 3, 4, 5]


def test_wales_is_a_country_and_a_region():
    areas = small_areas()

    assert areas.authority_country.tolist() == [0, 0, 1]
    assert areas.block_country.tolist() == [0, 0, 0, 0, 1, 1]
    assert areas.regions[areas.authority_region[2]] == "W92000004"


def test_sums_keep_the_other_axes():
    values = np.arange(6.0).reshape(3, 2)

    # Rows 0 and 2 together: 0 + 4, 1 + 5
    assert sum_over(values, np.array([0, 1, 0]), 2).tolist() == [[4, 6], [2, 3]]
