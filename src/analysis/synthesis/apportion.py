"""Deaths of one cause and month shared out among small areas, in whole numbers.

What is published is the MSOA, the local authority by sex, and the stratum (decile of England,
quintile of Wales) by sex. The deaths of each group (MSOA x stratum) and sex are fitted to all
three, starting from what its people would have at national rates; then each group and each block
(local authority x stratum) by sex becomes a whole number, every published count being met exactly.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from analysis.synthesis.integers import round_to_margins
from analysis.synthesis.open_areas import STRATA, Areas, sum_over
from analysis.synthesis.raking import rake

SEX_COUNT = 2
FIT_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Shares:
    """Deaths of one cause and month by small area.

    Parameters
    ----------
    fitted
        Group x sex, fractions that satisfy the published counts.
    whole
        Group x sex, whole numbers that satisfy them.
    gap
        Largest difference between a published count and the sum of ``fitted``.
    """

    fitted: np.ndarray
    whole: np.ndarray
    gap: float


def share_out(
    expected: np.ndarray,
    msoa: np.ndarray,
    authority: np.ndarray,
    stratum: np.ndarray,
    areas: Areas,
    random: np.random.Generator,
) -> Shares:
    """Return the deaths of one cause and month by group and sex.

    Parameters
    ----------
    expected
        Deaths to start from: group x sex, in any unit.
    msoa, authority, stratum
        Published counts: by MSOA, by sex and local authority, by sex and stratum.
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers that decide between floor and ceiling.

    Raises
    ------
    InputError
        No whole numbers satisfy the published counts.
    """
    sex = np.tile(np.arange(SEX_COUNT), len(expected))
    keys = _group_keys(areas, sex)
    totals = [msoa, authority.ravel(), stratum.ravel()]
    fitted, gap = rake(
        expected.ravel(), list(zip(keys, totals, strict=True)), tolerance=FIT_TOLERANCE
    )
    fitted = fitted.reshape(expected.shape)
    persons, blocks = _round_together(fitted, msoa, authority, stratum, areas, random)
    return Shares(fitted=fitted, whole=_split_persons(fitted, persons, blocks, areas), gap=gap)


def _group_keys(areas: Areas, sex: np.ndarray) -> list[np.ndarray]:
    def twice(key: np.ndarray) -> np.ndarray:
        return np.repeat(key, SEX_COUNT)

    return [
        twice(areas.group_msoa),
        sex * len(areas.authorities) + twice(areas.group_authority),
        sex * STRATA + twice(areas.group_stratum),
    ]


def _round_together(
    fitted: np.ndarray,
    msoa: np.ndarray,
    authority: np.ndarray,
    stratum: np.ndarray,
    areas: Areas,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return whole persons of each group, and whole deaths of each block by sex.

    The two are cells of one table. They are tied by what a block has: the persons of its groups
    are the women and men of the block. Rounding groups by sex in one step takes forty times as
    long, since every condition then reaches across the country.
    """
    groups, blocks = len(fitted), len(areas.block_stratum)
    by_block = sum_over(fitted, areas.group_block, blocks)
    cells = np.concatenate([fitted.sum(axis=1), by_block.ravel()])
    block_sex = np.tile(np.arange(SEX_COUNT), blocks)
    block_cell = groups + np.arange(SEX_COUNT * blocks)
    block_of_cell = np.repeat(np.arange(blocks), SEX_COUNT)
    first_rows = np.cumsum([0, len(msoa), blocks, authority.size])
    row = [
        areas.group_msoa,
        first_rows[1] + areas.group_block,
        first_rows[1] + block_of_cell,
        first_rows[2] + block_sex * authority.shape[1] + areas.block_authority[block_of_cell],
        first_rows[3] + block_sex * STRATA + areas.block_stratum[block_of_cell],
    ]
    column = [np.arange(groups), np.arange(groups), block_cell, block_cell, block_cell]
    sign = [1, 1, -1, 1, 1]
    values = np.concatenate(
        [np.full(len(part), one, dtype=float) for part, one in zip(row, sign, strict=True)]
    )
    matrix = scipy.sparse.csr_matrix(
        (values, (np.concatenate(row), np.concatenate(column))),
        shape=(first_rows[3] + stratum.size, len(cells)),
    )
    totals = np.concatenate([msoa, np.zeros(blocks), authority.ravel(), stratum.ravel()])
    whole = round_to_margins(cells, matrix, totals, random)
    return whole[:groups], whole[groups:].reshape(blocks, SEX_COUNT)


def _split_persons(
    fitted: np.ndarray, persons: np.ndarray, blocks: np.ndarray, areas: Areas
) -> np.ndarray:
    """Return group x sex: the persons of each group split so that each block has its women.

    Within a block the women are laid end to end, group after group, and cut at whole numbers:
    each group gets the floor or the ceiling of its share and the block its exact sum.
    """
    total = fitted.sum(axis=1)
    share = np.divide(fitted[:, 0], total, out=np.zeros_like(total), where=total > 0)
    order = np.argsort(areas.group_block, kind="stable")
    block = areas.group_block[order]
    women = _stretch(persons[order] * share[order], persons[order], block, blocks[:, 0])
    first = np.searchsorted(block, np.arange(len(blocks)))
    ends = np.cumsum(women)
    before = np.concatenate([[0.0], ends])[first][block]
    cuts = np.rint(ends - before)
    pieces = np.diff(cuts, prepend=0)
    pieces[first] = cuts[first]
    whole = np.empty(len(persons), dtype=np.int64)
    whole[order] = pieces.astype(np.int64)
    return np.stack([whole, persons - whole], axis=1)


def _stretch(
    women: np.ndarray, persons: np.ndarray, block: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Move the women of each group towards none or all of its persons, to the sum of its block."""
    sums = np.bincount(block, women, len(wanted))
    men = np.bincount(block, persons, len(wanted)) - sums
    fewer = np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)
    fewer_men = np.divide(sums + men - wanted, men, out=np.zeros_like(sums), where=men > 0)
    down = (wanted <= sums)[block]
    return np.where(down, women * fewer[block], persons - (persons - women) * fewer_men[block])
