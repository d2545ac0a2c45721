"""Weekly deaths of an edition beside those that were published of the same weeks, if any were."""

from collections.abc import Sequence

import pandas as pd

from analysis.statistics.groups import require_columns

ALL_WEEKS = "All weeks"


def published_weeks(weeks: pd.DataFrame, published: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return each week of one group beside what was published, with a row for all from ``first``.

    Parameters
    ----------
    weeks
        One row per week: ``week``, ``week_ended``, ``numerator``, ``average``.
    published
        One row per week: ``week``, ``published`` (deaths), ``published_average``.
    first
        First week of the sum.

    Returns
    -------
    DataFrame
        ``week``, ``week_ended``, ``numerator``, ``published``, ``average``,
        ``published_average``, ``above_average``, ``published_above`` (each deaths less average).
        No row where nothing was published.
    """
    found = _joined(weeks, published, ["week"], ["published", "published_average"])
    columns = ["numerator", "published", "average", "published_average"]
    found = found[["week", "week_ended", *columns]]
    since = found[found["week"] >= first]
    if len(since):
        total = since[columns].sum().to_frame().T.assign(week=ALL_WEEKS, week_ended="from " + first)
        found = pd.concat([found, total], ignore_index=True)
    return found.assign(
        above_average=found["numerator"] - found["average"],
        published_above=found["published"] - found["published_average"],
    )


def published_totals(
    weeks: pd.DataFrame, published: pd.DataFrame, by: Sequence[str], first: str
) -> pd.DataFrame:
    """Return deaths of all weeks from ``first``, by group, beside those published.

    ``weeks`` and ``published`` are as for :func:`published_weeks`, with ``by``. Columns: ``by``,
    ``numerator``, ``published``, ``average``, ``above_average``, and ``published_above``: the
    published deaths less the same average, since no average was published by group.
    """
    found = _joined(weeks, published, [*by, "week"], ["published"])
    since = found[found["week"] >= first]
    columns = ["numerator", "published", "average"]
    total = since.groupby(list(by), as_index=False, sort=False)[columns].sum()
    return total.assign(
        above_average=total["numerator"] - total["average"],
        published_above=total["published"] - total["average"],
    )


def _joined(
    weeks: pd.DataFrame, published: pd.DataFrame, keys: list[str], columns: list[str]
) -> pd.DataFrame:
    require_columns(weeks, [*keys, "numerator", "average"])
    require_columns(published, [*keys, *columns])
    return weeks.merge(published[[*keys, *columns]], on=keys, validate="one_to_one")
