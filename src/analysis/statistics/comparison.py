"""Rates beside the rate of the whole: higher, lower, or not to be told apart."""

from collections.abc import Sequence

import pandas as pd

from analysis.errors import RatesError


def compare_with_whole(rates: pd.DataFrame, by: Sequence[str], **whole: str) -> pd.DataFrame:
    """Add how each rate compares with that of the whole in the same groups.

    Parameters
    ----------
    rates
        One row per group, as :func:`analysis.asmr` gives them.
    by
        Columns within which rates are compared, such as ``["sex", "cause"]``.
    whole
        The rows that are compared with, as a column and its value: ``soc_level="All"``.

    Returns
    -------
    DataFrame
        ``rates`` with ``difference`` (``higher``, ``lower``: the intervals do not overlap, as ONS
        marks it; blank where they do, and missing where either rate has no limits) and ``ratio``
        of the two rates.

    Raises
    ------
    RatesError
        A group has no rate of the whole, or several.
    """
    (column, value), *_ = whole.items()
    measures = ["asmr", "lower_ci", "upper_ci"]
    comparator = rates.loc[rates[column] == value, [*by, *measures]]
    if comparator.duplicated(list(by)).any() or len(comparator) != len(rates[by].drop_duplicates()):
        raise RatesError(
            f"{column} {value}: not exactly one rate in each group of {', '.join(by)}.\n"
            "Each rate is compared with that of the whole: count the whole as a level of its own."
        )
    beside = rates.merge(comparator, on=list(by), how="left", suffixes=("", "_whole"))
    difference = pd.Series("", index=beside.index, dtype="str")
    difference = difference.mask(beside["lower_ci"] > beside["upper_ci_whole"], "higher")
    difference = difference.mask(beside["upper_ci"] < beside["lower_ci_whole"], "lower")
    unknown = beside[["upper_ci", "upper_ci_whole"]].isna().any(axis=1)
    return rates.assign(
        difference=difference.mask(unknown).to_numpy(),
        ratio=(beside["asmr"] / beside["asmr_whole"]).to_numpy(),
    )
