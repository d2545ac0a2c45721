"""Slope and relative index of inequality from a Poisson model of the deaths themselves.

A rate by decile throws away how many deaths stand behind it; the model keeps deaths by age band
and rank, and takes their logarithmic rate to rise or fall along the scale by the same amount at
every age. Fitted with statsmodels, a model a group.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.ranked import Ranked
from analysis.statistics.standardise import add_limits


def slope_index_model(
    counts: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series,
    rank: str = "imd_decile",
    per: float = 100_000,
    overdispersed: bool = True,
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return the relative and slope index of each group by Poisson regression.

    Parameters
    ----------
    counts
        One row per group, rank and age band: ``by``, ``rank``, ``age_band``, ``numerator``,
        ``denominator``.
    by
        Columns that name a group; may be empty.
    standard
        Standard population indexed by ``age_band``; it weighs the ages of the slope index.
    rank
        Column of ranks, in the order of the scale.
    overdispersed
        Whether standard errors grow with the Pearson dispersion where that is above 1.

    Returns
    -------
    DataFrame
        One row per group: ``by``, ``numerator``, ``denominator``, ``rii`` (rate at the last end
        over that at the first), ``rii_lower_ci``, ``rii_upper_ci``, ``sii`` (standardised rate
        at the last end less that at the first, per ``per`` person-years), ``sii_lower_ci``,
        ``sii_upper_ci``, ``dispersion``, ``p_value`` (of no slope). An age band without deaths
        tells nothing of the slope and is left out of the fit. A group without deaths has no
        index (NaN).

    Raises
    ------
    RatesError
        As :func:`analysis.statistics.rates.asmr`, for each group and rank; fewer than two ranks.

    References
    ----------
    Moreno-Betancur M and others (2015), Relative index of inequality and slope index of
    inequality: a structured regression framework for estimation, Epidemiology 26, 518-527.
    """
    levels = require_levels(confidence)
    by = [by] if isinstance(by, str) else list(by)
    require_columns(counts, [rank])
    cells = Cells(counts, [*by, rank], standard)
    people = cells.groups.frame.assign(people=cells.groups.sum(cells.denominator))
    scale = Ranked(people, by, rank, "people", "people")
    groups = Groups(counts, by)
    place = scale.midpoint[cells.groups.codes]
    fits = [
        _fit(cells, place, np.flatnonzero(groups.codes == group), overdispersed)
        for group in range(groups.size)
    ]
    log_rii, error, sii, sii_error, dispersion = np.array(fits).T

    table = groups.frame.assign(
        numerator=groups.sum(cells.numerator).astype(np.int64),
        denominator=groups.sum(cells.denominator),
        rii=np.exp(log_rii),
        sii=per * sii,
    )

    def ratio(level: float) -> tuple[np.ndarray, np.ndarray]:
        half = special.ndtri((1 + level) / 2) * error
        return np.exp(log_rii - half), np.exp(log_rii + half)

    def difference(level: float) -> tuple[np.ndarray, np.ndarray]:
        half = special.ndtri((1 + level) / 2) * sii_error
        return sii - half, sii + half

    table = _renamed(add_limits(table, levels, 1, ratio), "rii")
    table = _renamed(add_limits(table, levels, per, difference), "sii")
    p_value = 2 * special.ndtr(-np.abs(log_rii) / error)
    return table.assign(dispersion=dispersion, p_value=p_value)


def _fit(cells: Cells, place: np.ndarray, rows: np.ndarray, overdispersed: bool) -> tuple:
    """Fit one group: log index, its error, slope index per person, its error, dispersion."""
    band = cells.band[rows]
    died = np.bincount(band, weights=cells.numerator[rows])
    kept = rows[(died[band] > 0) & (cells.denominator[rows] > 0)]
    if len(kept) == 0:
        return (np.nan,) * 5
    bands, column = np.unique(cells.band[kept], return_inverse=True)
    design = np.zeros((len(kept), len(bands) + 1))
    design[np.arange(len(kept)), column] = 1
    design[:, -1] = place[kept]
    model = sm.GLM(
        cells.numerator[kept],
        design,
        family=sm.families.Poisson(),
        offset=np.log(cells.denominator[kept]),
    )
    fitted = model.fit()
    spare = len(kept) - design.shape[1]
    dispersion = fitted.pearson_chi2 / spare if spare > 0 else np.nan
    covariance = fitted.cov_params()
    if overdispersed and dispersion > 1:
        covariance = covariance * dispersion
    weight = np.zeros(cells.band.max() + 1)
    weight[cells.band[rows]] = cells.weight[rows]
    share = weight[bands] / weight.sum()
    start = share * np.exp(fitted.params[:-1])
    slope = fitted.params[-1]
    gradient = np.append(start * np.expm1(slope), start.sum() * np.exp(slope))
    if not np.isfinite(slope):
        raise RatesError("the model of deaths did not converge.\nLook at the counts by rank.")
    return (
        slope,
        np.sqrt(covariance[-1, -1]),
        start.sum() * np.expm1(slope),
        np.sqrt(gradient @ covariance @ gradient),
        dispersion,
    )


def _renamed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    limits = [column for column in table.columns if column.startswith(("lower_ci", "upper_ci"))]
    return table.rename(columns={column: f"{name}_{column}" for column in limits})
