"""Codes and names of England and Wales, their countries and regions."""

from functools import cache
from importlib import resources

import pandas as pd


@cache
def regions() -> pd.DataFrame:
    """Return England and Wales, the two countries, nine regions, and non-residents.

    Returns
    -------
    DataFrame
        One row per area: ``code``, ``name``, ``level`` (``whole``, ``country``, ``region`` or
        ``non-resident``) and ``country`` (code; missing for the whole and for non-residents).
        Wales has no regions: in a list by region it stands under its own code, W92000004.

    References
    ----------
    Office for National Statistics, Register of Geographic Codes.
    """
    file = resources.files(__package__).joinpath("regions.csv")
    with file.open(encoding="utf-8") as text:
        return pd.read_csv(text, comment="#", dtype="str")


def region_names() -> dict[str, str]:
    """Return the name of each area of :func:`regions` by code, in order."""
    return dict(zip(regions()["code"], regions()["name"], strict=True))
