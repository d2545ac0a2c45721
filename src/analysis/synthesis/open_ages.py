"""Ages of the deaths of one sex and cause, month after month, in whole numbers.

The deaths of a block (local authority x stratum) are known; ages are published for countries
only. The fit starts from people x national rate x relative risk of the stratum, and meets the
deaths of each group and the national ages. Then, for each month: whole deaths by local authority
and age; within each local authority, whole deaths by stratum and age; and at last the ages of
each group. The first two never stray by one death or more from the fit of *all months so far*,
so that the totals of three and of four months are as near to it as those of one.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from analysis.errors import InputError
from analysis.synthesis.integers import margin_matrix, round_rows, round_to_margins
from analysis.synthesis.open_areas import DECILES, STRATA, Areas, sum_over
from analysis.synthesis.open_group_ages import give_ages
from analysis.synthesis.raking import rake
from analysis.vocabulary import AGE_BANDS

AGES = len(AGE_BANDS)
STEPS_TO_STRATA = 3
MOST_STEPS = 4
HALF_WAY = 0.7
EDGE = 1e-6
PENALTY, MOST_MISSING = 3.0, 1_000.0


@dataclass
class Ages:
    """Deaths of one sex and cause by age, as months are added.

    Parameters
    ----------
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers.
    """

    areas: Areas
    random: np.random.Generator
    _fitted: np.ndarray = field(init=False)
    _given: np.ndarray = field(init=False)
    _fitted_strata: np.ndarray = field(init=False)
    _given_strata: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Start without deaths."""
        self._fitted = np.zeros((len(self.areas.authorities), AGES))
        self._given = np.zeros_like(self._fitted)
        self._fitted_strata = np.zeros(STRATA * AGES)
        self._given_strata = np.zeros_like(self._fitted_strata)

    def add_month(
        self,
        expected: np.ndarray,
        fitted: np.ndarray,
        whole: np.ndarray,
        national: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the ages of one month's deaths.

        Parameters
        ----------
        expected
            Deaths to start from: group x age band, in any unit.
        fitted
            Deaths of each group, fractions.
        whole
            Deaths of each group, whole numbers.
        national
            Deaths of each country by age band; scaled to the whole deaths of the country.

        Returns
        -------
        tuple of ndarrays
            For each death, its group and its age band: groups in order.

        Raises
        ------
        InputError
            No whole numbers satisfy the sums.
        """
        areas = self.areas
        blocks = np.bincount(areas.group_block, whole, len(areas.block_stratum))
        by_country = np.bincount(areas.block_country, blocks, 2)
        totals = round_rows(national, by_country)
        by_group = _fit(expected, fitted, blocks, totals, areas)
        by_block = sum_over(by_group, areas.group_block, len(blocks))
        by_authority = self._round_authorities(by_block, blocks, totals)
        rounded = self._round_blocks(by_block, blocks, by_authority)
        return give_ages(by_group, whole, rounded, areas, self.random)

    def _round_authorities(
        self, by_block: np.ndarray, blocks: np.ndarray, totals: np.ndarray
    ) -> np.ndarray:
        """Return local authority x age band, whole, near the fit of all months so far."""
        areas = self.areas
        count = len(areas.authorities)
        self._fitted = self._fitted + sum_over(by_block, areas.block_authority, count)
        due = self._fitted - self._given
        authority = np.repeat(np.arange(count), AGES)
        age = np.tile(np.arange(AGES), count)
        matrix = margin_matrix(
            [(authority, count), (areas.authority_country[authority] * AGES + age, 2 * AGES)]
        )
        deaths = np.bincount(areas.block_authority, blocks, count)
        sums = np.concatenate([deaths, totals.ravel()])
        rounded = self._within(self._fitted, due, matrix, sums).reshape(count, AGES)
        self._given = self._given + rounded
        return rounded

    def _within(
        self, fitted: np.ndarray, due: np.ndarray, matrix: csr_matrix, sums: np.ndarray
    ) -> np.ndarray:
        """Round what is due so that all months so far stay next to their fit, or a step further.

        A month that brings fewer deaths of an age than were given too many before has no room:
        then the cells may stray by one more.
        """
        step = 0
        while True:
            lower = np.maximum(np.floor(fitted + EDGE) - self._given - step, 0)
            upper = np.maximum(np.ceil(fitted - EDGE) - self._given + step, 0)
            try:
                return round_to_margins(
                    np.maximum(due, lower).ravel(),
                    matrix,
                    sums,
                    self.random,
                    lower=lower.ravel(),
                    upper=upper.ravel(),
                )
            except InputError:
                step += 1
                if step == MOST_STEPS:
                    raise

    def _round_blocks(
        self, by_block: np.ndarray, blocks: np.ndarray, by_authority: np.ndarray
    ) -> np.ndarray:
        """Return block x age band, whole, exact by block and by local authority and age.

        Ages of a stratum over the country, for all months so far, are wanted too. For the
        quintiles of Wales they are conditions that cost something to miss. For the deciles of
        England, where conditions that reach across all blocks make the programme a hundred times
        slower, they are steered: an age of which a decile got too many costs more in the next
        step.
        """
        areas = self.areas
        block = np.repeat(np.arange(len(blocks)), AGES)
        age = np.tile(np.arange(AGES), len(blocks))
        cell = areas.block_authority[block] * AGES + age
        stratum = areas.block_stratum[block] * AGES + age
        fitted, _ = rake(by_block.ravel(), [(block, blocks), (cell, by_authority.ravel())], 1e-7)
        size = STRATA * AGES
        self._fitted_strata = self._fitted_strata + np.bincount(stratum, fitted, size)
        wanted = self._fitted_strata - self._given_strata
        matrix, totals, missing = _conditions(
            [(block, blocks), (cell, by_authority.ravel()), (stratum, np.rint(wanted))]
        )
        open_cells = np.bincount(stratum, fitted - np.floor(fitted) > EDGE, size)
        cost = np.zeros(size)
        tried = []
        for _ in range(STEPS_TO_STRATA):
            rounded = round_to_margins(
                np.concatenate([fitted, np.zeros(missing)]),
                matrix,
                totals,
                self.random,
                upper=np.concatenate([np.ceil(fitted - EDGE), np.full(missing, MOST_MISSING)]),
                cost=np.concatenate([cost[stratum], np.full(missing, PENALTY)]),
            )[: len(fitted)]
            excess = np.bincount(stratum, rounded, size) - wanted
            tried.append((np.square(excess).sum(), len(tried), rounded))
            cost = cost + HALF_WAY * excess / np.maximum(open_cells, 1)
        best = min(tried)[2]
        self._given_strata = self._given_strata + np.bincount(stratum, best, size)
        return best.reshape(by_block.shape)


def _conditions(
    margins: list[tuple[np.ndarray, np.ndarray]],
) -> tuple[csr_matrix, np.ndarray, int]:
    """Return matrix and totals of two exact margins, and of a third that may be missed in Wales.

    The matrix has more columns than there are cells: two for each total of Wales, one for each way
    of missing it. Their number is the third value.
    """
    key, wanted = margins[2]
    welsh = np.arange(DECILES * AGES, len(wanted))
    exact = margin_matrix([(group, len(total)) for group, total in margins[:2]])
    soft = margin_matrix([(key, len(wanted))])[welsh]
    ways = hstack([identity(len(welsh)), -identity(len(welsh))])
    none = csr_matrix((exact.shape[0], ways.shape[1]))
    matrix = vstack([hstack([exact, none]), hstack([soft, ways])]).tocsr()
    totals = np.concatenate([*(total for _, total in margins[:2]), wanted[welsh]])
    return matrix, totals, ways.shape[1]


def _fit(
    expected: np.ndarray, fitted: np.ndarray, blocks: np.ndarray, totals: np.ndarray, areas: Areas
) -> np.ndarray:
    """Return group x age band with the deaths of each block and the ages of each country."""
    sums = np.bincount(areas.group_block, fitted, len(blocks))
    scale = np.divide(blocks, sums, out=np.zeros_like(sums), where=sums > 0)
    group = np.repeat(np.arange(len(expected)), AGES)
    age = np.tile(np.arange(AGES), len(expected))
    country_age = areas.group_country[group] * AGES + age
    cells, _ = rake(
        expected.ravel(),
        [(country_age, totals.ravel().astype(float)), (group, fitted * scale[areas.group_block])],
        tolerance=0.01,
    )
    return cells.reshape(expected.shape)
