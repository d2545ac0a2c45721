"""Weekly deaths of many groups beside what was to be expected: a five-year average and a model.

The model is ``fit_baseline`` for each group by itself, on the years before, with the bank holidays
of a week and of the week before, when offices are closed and catch up. Weeks of epidemics are left
out: two or more that follow one another in which the deaths of all groups together are above the
prediction interval of a first fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.standards.holidays import holidays_in_week
from analysis.standards.weeks import week_code, week_end
from analysis.statistics.baselines import Baseline, fit_baseline
from analysis.statistics.excess import five_year_average
from analysis.statistics.groups import require_columns

COVARIATES = ["holidays", "holidays_before"]
_YEARS = 5  # of the average
_LIMITS = ("lower_ci", "upper_ci")


@dataclass(frozen=True)
class WeeklyExcess:
    """What :func:`weekly_excess` found.

    ``weeks``: one row per group and week that is compared. ``epidemics``: one row per week that
    was left out of the fit, with ``numerator`` and ``predicted`` of the first fit.
    """

    weeks: pd.DataFrame
    epidemics: pd.DataFrame
    _models: dict = field(repr=False)
    _by: list = field(repr=False)

    def totals(self, first: str, last: str | None = None, confidence: float = 0.95) -> pd.DataFrame:
        """Return deaths, those expected and the excess of a span of weeks, by group.

        Limits allow for the coefficients that weeks share, and for weeks that follow one another
        in being above or below what is expected: the variance of a sum is multiplied by
        (1 + r) / (1 - r), with r the correlation of residuals of successive weeks, where that is
        above 0.

        Parameters
        ----------
        first, last
            Weeks of the span, both included; to the last week without ``last``.

        Returns
        -------
        DataFrame
            One row per group: ``by``, the columns of ``weeks`` but the week, summed;
            ``relative_average`` and ``relative_excess`` (with limits), in per cent of what was
            expected; ``covid_share``: deaths involving COVID-19 in per cent of those above the
            average, missing where there are none.

        Raises
        ------
        RatesError
            No week is in the span.
        """
        chosen = self.weeks["week"] >= first
        chosen &= self.weeks["week"] <= (last or self.weeks["week"].max())
        if not chosen.any():
            raise RatesError(
                f"week {first} to {last or 'the last'}: none is compared.\n"
                f"There are {self.weeks['week'].min()} to {self.weeks['week'].max()}."
            )
        span = self.weeks[chosen]
        summed = span.groupby(self._by, sort=False)[
            ["numerator", "involving", "average", "above_average"]
        ].sum()
        weeks = span["week"].unique()
        rows = [_total(self._models[key], weeks, confidence) for key in _keys(summed.index)]
        return _relative(summed.reset_index().join(pd.DataFrame(rows)))


def weekly_excess(
    weekly: pd.DataFrame, by: Sequence[str], whole: dict[str, str], confidence: float = 0.95
) -> WeeklyExcess:
    """Compare the weeks of a year with an average and a model of the years before.

    Parameters
    ----------
    weekly
        One row per group and week: ``by``, ``week``, ``numerator``, ``involving`` (deaths
        involving COVID-19) and ``is_history``, which tells the years before from the weeks that
        are compared. Every group has every week.
    by
        Columns that name a group.
    whole
        The group of all together, which says what weeks were epidemic.

    Returns
    -------
    WeeklyExcess
        ``weeks`` has ``by``, ``week``, ``week_ended`` if ``weekly`` has it, ``numerator``,
        ``involving``, ``average`` (``five_year_average``, of the last five years before),
        ``above_average``, ``predicted`` with its prediction interval (``predicted_lower_ci``,
        ``predicted_upper_ci``), ``excess`` (deaths less predicted) with ``excess_lower_ci`` and
        ``excess_upper_ci``.

    Raises
    ------
    RatesError
        As ``five_year_average`` and ``fit_baseline``; no years before.

    References
    ----------
    As ``fit_baseline``. Farrington CP and others (1996) leave past outbreaks out in the same way,
    by the residuals of a first fit.
    """
    by = list(by)
    needed = [*by, "week", "numerator", "involving", "is_history"]
    require_columns(weekly, needed)
    ended = ["week_ended"] if "week_ended" in weekly else []
    weekly = weekly[[*needed, *ended]]
    timed = weekly.assign(**_holidays(weekly["week"]), fit=weekly["is_history"].astype(bool))
    if not timed["fit"].any() or timed["fit"].all():
        raise RatesError(
            "weekly deaths: no years before, or nothing to compare with them.\n"
            "Give weeks of both, told apart by is_history."
        )
    together = timed[(timed[list(whole)] == pd.Series(whole)).all(axis=1)]
    epidemics = _epidemics(together, confidence)
    timed = timed.assign(fit=timed["fit"] & ~timed["week"].isin(epidemics["week"]))

    models, frames, model = {}, [], None
    for key, rows in timed.groupby(by, sort=False):
        models[key] = model = _fit(rows, like=model)
        frames.append(_expected(model, confidence))
    average = _averages(weekly, by)
    found = pd.concat(frames).merge(average, on=[*by, "week"], validate="one_to_one")
    found["above_average"] = found["numerator"] - found["average"]
    limits = [f"{measure}_{end}" for measure in ("predicted", "excess") for end in _LIMITS]
    columns = [*by, "week", *ended, "numerator", "involving", "average", "above_average"]
    columns += ["predicted", *limits[:2], "excess", *limits[2:]]
    return WeeklyExcess(found[columns].reset_index(drop=True), epidemics, models, by)


def _holidays(weeks: pd.Series) -> dict[str, pd.Series]:
    codes = pd.Series(weeks.unique())
    count = {code: holidays_in_week(code) for code in codes}
    before = {code: holidays_in_week(_week_before(code)) for code in codes}
    return {"holidays": weeks.map(count), "holidays_before": weeks.map(before)}


def _week_before(code: str) -> str:
    return week_code(week_end(code) - pd.Timedelta(days=7))


def _fit(rows: pd.DataFrame, like: Baseline | None = None) -> Baseline:
    return fit_baseline(rows, fit="fit", covariates=COVARIATES, like=like)


def _epidemics(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Runs of weeks of the years before above the prediction interval of a fit to all of them."""
    fitted = _fit(rows).expected(confidence=confidence).sort_values("week")
    above = fitted["fit"] & (fitted["numerator"] > fitted["expected_upper_ci"])
    follows = above.shift(fill_value=False) | above.shift(-1, fill_value=False)
    weeks = fitted[above & follows].rename(columns={"expected": "predicted"})
    return weeks[["week", "numerator", "predicted"]].reset_index(drop=True)


def _expected(model: Baseline, confidence: float) -> pd.DataFrame:
    rows = model.expected(confidence=confidence)
    rows = rows[~rows["is_history"].astype(bool)]
    return rows.rename(columns=lambda name: name.replace("expected", "predicted"))


def _averages(weekly: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    is_history = weekly["is_history"].astype(bool)
    year = weekly["week"].str[:4].astype(int)
    last = int(year[is_history].max())
    years = range(last - _YEARS + 1, last + 1)
    frames = [
        five_year_average(weekly[year.isin([*years, compared]) | ~is_history], by, compared, years)
        for compared in sorted(year[~is_history].unique())
    ]
    found = pd.concat(frames).rename(columns={"expected": "average"})
    return found[[*by, "week", "average"]]


def _keys(index: pd.Index) -> list[tuple]:
    return [key if isinstance(key, tuple) else (key,) for key in index]


def _total(model: Baseline, weeks: Sequence[str], confidence: float) -> dict[str, float]:
    rows = model.rows["week"].isin(weeks) & ~model.rows["is_history"].astype(bool)
    total = model.total([], rows, confidence, _dependence(model)).iloc[0]
    measures = ["expected", *(f"{m}_{end}" for m in ("expected", "excess") for end in _LIMITS)]
    found = {name.replace("expected", "predicted"): total[name] for name in measures}
    return found | {"excess": total["excess"]}


def _dependence(model: Baseline) -> float:
    """How much larger the variance of a sum of weeks is than if they were independent."""
    fitted = model.rows.assign(expected=model.means())
    fitted = fitted[fitted["fit"]].sort_values("week")
    residual = (fitted["numerator"] - fitted["expected"]) / np.sqrt(fitted["expected"])
    end = pd.to_datetime(fitted["week"].map(week_end))
    follows = end.diff() == pd.Timedelta(days=7)
    r = np.corrcoef(residual[follows], residual.shift()[follows])[0, 1]
    return (1 + r) / (1 - r) if 0 < r < 1 else 1.0


def _relative(totals: pd.DataFrame) -> pd.DataFrame:
    predicted = 100 / totals["predicted"].where(totals["predicted"] > 0)
    average = totals["average"].where(totals["average"] > 0)
    above = totals["above_average"].where(totals["above_average"] > 0)
    return totals.assign(
        relative_average=100 * totals["above_average"] / average,
        relative_excess=predicted * totals["excess"],
        relative_excess_lower_ci=predicted * totals["excess_lower_ci"],
        relative_excess_upper_ci=predicted * totals["excess_upper_ci"],
        covid_share=100 * totals["involving"] / above,
    )
