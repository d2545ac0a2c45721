"""Which deaths were registered after the earlier edition of the local-area workbook.

The March-to-May edition counts what was registered by 6 June, the March-to-June edition what was
registered by 11 July: the difference came late. Regions and strata by sex are met exactly where
that is possible, local authorities and MSOAs as nearly as a record file allows: where a later
edition counts fewer deaths, records had changed, which records of today cannot show.
"""

import numpy as np
import scipy.sparse

from analysis.synthesis.integers import margin_matrix, round_to_margins
from analysis.synthesis.margins import LocalMargins
from analysis.synthesis.open_areas import STRATA, Areas

# What a death too many or too few costs in a stratum, a local authority and an MSOA.
PENALTIES = (200.0, 8.0, 3.0)
MOST_SLACK = 1_000.0


def choose_late(
    whole: np.ndarray,
    later: LocalMargins,
    earlier: LocalMargins,
    cause: int,
    month: int,
    areas: Areas,
    random: np.random.Generator,
) -> np.ndarray:
    """Return how many deaths of each group and sex came late, for one cause and month.

    Parameters
    ----------
    whole
        Deaths of the later edition: group x sex.
    later, earlier
        Margins of the two editions.
    cause, month
        Positions in the margins.
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers that decide between groups alike.

    Returns
    -------
    ndarray of int64
        Group x sex, none above ``whole``.

    Raises
    ------
    InputError
        The later edition counts fewer deaths in a region than the earlier one.
    """
    cells = np.flatnonzero(whole.ravel() > 0)
    group, sex = cells // 2, cells % 2
    here = (cause, month)
    region = later.region[here] - earlier.region[here]
    keys = [
        (sex * region.shape[1] + areas.authority_region[areas.group_authority[group]], region.size),
        (sex * STRATA + areas.group_stratum[group], 2 * STRATA),
        (
            sex * len(areas.authorities) + areas.group_authority[group],
            2 * len(areas.authorities),
        ),
        (areas.group_msoa[group], len(areas.msoas)),
    ]
    wanted = [
        later.stratum[here] - earlier.stratum[here],
        later.authority[here] - earlier.authority[here],
        later.msoa[here] - earlier.msoa[here],
    ]
    soft = np.concatenate([part.ravel() for part in wanted])
    # Either way of missing a soft sum is a column of its own, which costs its penalty.
    either_way = scipy.sparse.vstack(
        [scipy.sparse.csr_matrix((region.size, len(soft))), scipy.sparse.identity(len(soft))]
    )
    matrix = scipy.sparse.hstack([margin_matrix(keys), either_way, -either_way]).tocsr()
    penalty = np.repeat(PENALTIES, [part.size for part in wanted])
    slack = np.zeros(2 * len(soft))
    late = round_to_margins(
        np.concatenate([np.zeros(len(cells)), slack]),
        matrix,
        np.concatenate([region.ravel(), soft]),
        random,
        lower=np.zeros(len(cells) + len(slack)),
        upper=np.concatenate([whole.ravel()[cells], slack + MOST_SLACK]),
        cost=np.concatenate([np.zeros(len(cells)), penalty, penalty]),
    )
    chosen = np.zeros(whole.size, dtype=np.int64)
    chosen[cells] = late[: len(cells)]
    return chosen.reshape(whole.shape)
