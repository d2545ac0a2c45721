"""The design of a model of deaths by week: what is known of each row before its deaths are.

It follows from the weeks, groups and covariates of the rows, never from their deaths, so that
series with the same weeks share one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import patsy

from analysis.statistics.seasons import with_time, years_of


@dataclass(frozen=True)
class Design:
    """Matrices with a row per row of deaths and a column per coefficient.

    ``right`` is the right-hand side of the formula, ``terms`` names the coefficients, and
    ``fit_matrix`` has the rows that are fitted.
    """

    right: str
    terms: list[str]
    fit_matrix: np.ndarray = field(repr=False)
    _info: patsy.DesignInfo = field(repr=False)
    _time: tuple[str, float, int] = field(repr=False)
    _fitted: np.ndarray = field(repr=False)
    _rows: pd.DataFrame = field(repr=False)

    @classmethod
    def of(
        cls, rows: pd.DataFrame, right: str, fitted: np.ndarray, time: str, waves: int
    ) -> "Design":
        """Return the design of ``rows``.

        Parameters
        ----------
        rows
            What the formula names, and ``time``.
        right
            The right-hand side of a formula, in the language of statsmodels.
        fitted
            True for each row that is fitted; the trend counts from the first of them.
        time, waves
            As in ``with_time``.
        """
        years = years_of(rows[time])
        how = (time, years[fitted].min() if fitted.any() else 0.0, waves)
        matrix = patsy.dmatrix(right, with_time(rows, *how)[fitted], NA_action="raise")
        info = matrix.design_info
        return cls(right, info.column_names, np.asarray(matrix), info, how, fitted, rows)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The rows that the design was made of, fitted or not."""
        return self.matrix_of(self._rows)

    def matrix_of(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the matrix of other rows."""
        timed = with_time(rows, *self._time)
        return np.asarray(patsy.build_design_matrices([self._info], timed, NA_action="raise")[0])

    def is_of(
        self, rows: pd.DataFrame, right: str, fitted: np.ndarray, time: str, waves: int
    ) -> bool:
        """Whether this is the design of these rows too, as :meth:`of` would make it."""
        return (
            (right, time, waves) == (self.right, self._time[0], self._time[2])
            and np.array_equal(fitted, self._fitted)
            and rows.reset_index(drop=True).equals(self._rows.reset_index(drop=True))
        )


def formula_of(
    by: Sequence[str], waves: int, varying: Sequence[str], covariates: Sequence[str]
) -> str:
    """Return the formula of levels of groups, a trend and a season; as ``fit_baseline`` says."""
    groups = " * ".join(f'C(Q("{column}"))' for column in by) or "1"
    season = [f"{wave}{i}" for i in range(1, waves + 1) for wave in ("sin", "cos")]
    season = " + ".join(["trend", *season])
    for column in varying:
        season = f'({season}) * C(Q("{column}"))'
    return " + ".join([groups, season, *(f'Q("{column}")' for column in covariates)])
