"""Expected deaths from a quasi-Poisson model with trend and season, and what exceeds them.

Weeks of epidemics are left out of the fit. Standard errors and prediction intervals grow with the
dispersion that the fit finds. Fitted with statsmodels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import as_numbers, require_levels
from analysis.statistics.designs import Design, formula_of
from analysis.statistics.groups import Groups, require_columns

Rows = pd.DataFrame | pd.Series | None  # what was given, or which rows of it, or all


@dataclass(frozen=True)
class Baseline:
    """A fitted model of expected deaths.

    ``coefficients`` has a row per term (``term``, ``estimate``, ``standard_error``, on the
    logarithmic scale); ``dispersion`` is Pearson's chi-squared over ``residual_df``; ``rows`` are
    those the model was given, fitted or not.
    """

    coefficients: pd.DataFrame
    dispersion: float
    residual_df: int
    deviance: float
    rows: pd.DataFrame = field(repr=False)
    _fitted: object = field(repr=False)
    _design: Design = field(repr=False)
    _names: dict = field(repr=False)

    def expected(self, rows: pd.DataFrame | None = None, confidence: float = 0.95) -> pd.DataFrame:
        """Return rows with the deaths expected and the interval in which a week should lie.

        Parameters
        ----------
        rows
            Rows as given to :func:`fit_baseline`, or ``None`` for all of those.
        confidence
            Level of the prediction interval.

        Returns
        -------
        DataFrame
            The rows with ``expected``, ``se_link`` (standard error of its logarithm),
            ``expected_lower_ci`` and ``expected_upper_ci`` (prediction interval: of the deaths
            of a row, not of their mean), ``excess``, ``excess_lower_ci``, ``excess_upper_ci``.

        References
        ----------
        Farrington CP and others (1996), A statistical algorithm for the early detection of
        outbreaks of infectious disease, JRSS A 159, 547-563 (interval by the 2/3 power).
        """
        rows, mean, gradient = self._mean(rows)
        error = np.sqrt(np.einsum("ij,jk,ik->i", gradient, self._covariance, gradient)) / mean
        table = rows.assign(expected=mean, se_link=error)
        return self._excess(table, mean * error, confidence)

    def total(
        self,
        by: Sequence[str],
        rows: Rows = None,
        confidence: float = 0.95,
        dependence: float = 1.0,
    ) -> pd.DataFrame:
        """Return deaths, expected deaths and excess summed over rows, by group.

        Rows are as in :meth:`expected`, or a column of true and false that chooses some of those
        of the model. The interval allows for the coefficients that rows share; ``dependence``
        multiplies its variance, where rows that follow one another are alike. Columns: ``by``,
        the numerator, ``expected`` and ``excess`` with limits, and ``relative_excess``.
        """
        rows, mean, gradient = self._mean(rows)
        groups = Groups(rows, by)
        summed = np.column_stack([groups.sum(column) for column in gradient.T])
        error = np.sqrt(np.einsum("ij,jk,ik->i", summed, self._covariance, summed))
        died = self._names["numerator"]
        table = groups.frame.assign(
            **{died: groups.sum(as_numbers(rows[died])), "expected": groups.sum(mean)}
        )
        table = self._excess(table, error, confidence, dependence)
        return table.assign(relative_excess=table["excess"] / table["expected"])

    def means(self) -> np.ndarray:
        """Return the deaths expected of each row that the model was given."""
        return self._mean(None)[1]

    @property
    def _covariance(self) -> np.ndarray:
        return np.asarray(self._fitted.cov_params())

    def _mean(self, rows: Rows) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Rows, the deaths expected of each, and how they change with each coefficient."""
        if isinstance(rows, pd.DataFrame):
            matrix = self._design.matrix_of(rows)
        else:
            chosen = slice(None) if rows is None else rows.to_numpy(dtype=bool)
            rows, matrix = self.rows[chosen], self._design.matrix[chosen]
        offset = _offset(rows, self._names["denominator"])
        mean = np.exp(matrix @ np.asarray(self._fitted.params) + offset)
        return rows, mean, matrix * mean[:, None]

    def _excess(
        self, table: pd.DataFrame, error: np.ndarray, confidence: float, dependence: float = 1.0
    ) -> pd.DataFrame:
        (level,) = require_levels(confidence)
        mean = table["expected"].to_numpy()
        spread = np.sqrt(dependence * (self.dispersion * mean + error**2)) / mean
        half = special.ndtri((1 + level) / 2) * 2 / 3 * spread
        lower, upper = mean * np.maximum(1 - half, 0) ** 1.5, mean * (1 + half) ** 1.5
        died = as_numbers(table[self._names["numerator"]])
        return table.assign(
            expected_lower_ci=lower,
            expected_upper_ci=upper,
            excess=died - mean,
            excess_lower_ci=died - upper,
            excess_upper_ci=died - lower,
        )


def fit_baseline(
    deaths: pd.DataFrame,
    by: Sequence[str] = (),
    fit: str | None = None,
    leave_out: Sequence[tuple] = (),
    time: str = "week",
    numerator: str = "numerator",
    denominator: str | None = None,
    harmonics: int = 1,
    varying: Sequence[str] = (),
    covariates: Sequence[str] = (),
    formula: str | None = None,
    like: Baseline | None = None,
) -> Baseline:
    """Fit expected deaths by group and week: levels of groups, a trend, and a season.

    Parameters
    ----------
    deaths
        One row per group and week: ``by``, ``time``, ``numerator`` and, if named,
        ``denominator``. Weeks to be predicted are among the rows but not in the fit.
    by
        Columns that name a group; each combination has a level of its own.
    fit
        Column that says which rows are fitted (true or 1); all without.
    leave_out
        Spans of ``time``, first and last included, that are not fitted besides: epidemics.
    time
        ONS weeks (``2020-W13``), dates, or numbers that count weeks.
    denominator
        Column of people at risk; the model is then of rates. Of counts without.
    harmonics
        Waves of the season: 1 is a yearly wave, 2 adds a half-yearly one.
    varying
        Columns of ``by`` whose groups have a trend and season of their own.
    covariates
        Further columns, such as the working days of a week; numbers go in as they are.
    formula
        The right-hand side instead of all this, in the language of statsmodels: ``"age*sex +
        trend + sin1 + cos1"``. ``trend`` (years from the first fitted week), ``sin1``, ``cos1``
        ... are there for it.
    like
        The model of another series: where that has the same weeks, groups and covariates, its
        design need not be made again.

    Returns
    -------
    Baseline
        Its ``expected()`` gives each row, its ``total()`` sums of rows.

    Raises
    ------
    RatesError
        A count that is negative or missing, a denominator not above 0, a time that is none of
        the three, fewer fitted rows than coefficients, or coefficients that the rows cannot tell
        apart.

    References
    ----------
    Serfling RE (1963), Methods for current statistical analysis of excess pneumonia-influenza
    deaths, Public Health Reports 78, 494-506. McCullagh P, Nelder JA (1989), Generalized linear
    models, chapter 6.
    """
    by = [by] if isinstance(by, str) else list(by)
    named = [name for name in (denominator, fit) if name]
    require_columns(deaths, [*by, *varying, *covariates, time, numerator, *named])
    died = as_numbers(deaths[numerator])
    if not (np.isfinite(died) & (died >= 0)).all():
        wrong = ~(np.isfinite(died) & (died >= 0))
        raise RatesError(
            f"{time} {deaths[time].iloc[int(np.argmax(wrong))]}: {numerator} is missing or "
            f"negative ({wrong.sum():,} such rows).\nGive 0 where nobody died."
        )
    offset = _offset(deaths, denominator)
    fitted = np.ones(len(deaths), dtype=bool) if fit is None else deaths[fit].to_numpy(dtype=bool)
    for first, last in leave_out:
        fitted = fitted & ~deaths[time].between(first, last).to_numpy()
    right = formula.split("~")[-1] if formula else formula_of(by, harmonics, varying, covariates)
    uses = deaths if formula else deaths[[*dict.fromkeys([time, *by, *varying, *covariates])]]
    known = like is not None and like._design.is_of(uses, right, fitted, time, harmonics)
    design = like._design if known else Design.of(uses, right, fitted, time, harmonics)
    many, terms = design.fit_matrix.shape
    if many <= terms or np.linalg.matrix_rank(design.fit_matrix) < terms:
        raise RatesError(
            f"baseline: {many:,} fitted rows cannot tell {terms} coefficients "
            f"apart ({right}).\nFit more weeks, or fewer groups, waves or covariates."
        )
    model = sm.GLM(
        died[fitted], design.fit_matrix, family=sm.families.Poisson(), offset=offset[fitted]
    )
    result = model.fit(scale="X2", tol=1e-9, maxiter=100, wls_method="qr")
    return Baseline(
        coefficients=pd.DataFrame(
            {
                "term": design.terms,
                "estimate": np.asarray(result.params),
                "standard_error": np.asarray(result.bse),
            }
        ),
        dispersion=float(result.scale),
        residual_df=int(result.df_resid),
        deviance=float(result.deviance),
        rows=deaths,
        _fitted=result,
        _design=design,
        _names={"numerator": numerator, "denominator": denominator},
    )


def _offset(rows: pd.DataFrame, denominator: str | None) -> np.ndarray:
    if denominator is None:
        return np.zeros(len(rows))
    people = as_numbers(rows[denominator])
    if not (np.isfinite(people) & (people > 0)).all():
        wrong = ~(np.isfinite(people) & (people > 0))
        raise RatesError(
            f"{denominator}: {wrong.sum():,} of {len(rows):,} rows are missing or not above 0.\n"
            f"A model of rates needs people in every row."
        )
    return np.log(people)
