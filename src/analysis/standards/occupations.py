"""Occupations of every level of SOC2010 in one frame, with the codes that stand for no group."""

import pandas as pd

from analysis.standards.soc2010 import soc2010_titles

SOC_LEVELS = {
    "Major group": "soc2010_major",
    "Sub-major group": "soc2010_submajor",
    "Minor group": "soc2010_minor",
    "Unit group": "soc2010",
}
ALL_OCCUPATIONS = "All"
NO_OCCUPATION = "X"


def occupations() -> pd.DataFrame:
    """Return the title of every code that a table by occupation has.

    A row is a code of a level: ``soc_level``, ``soc_code``, ``occupation``. ``All`` is everyone
    of the ages of the table, ``X`` those for whom no occupation, or none that is classified, was
    given.
    """
    whole = [("All", ALL_OCCUPATIONS, "All people")]
    none = [(level, NO_OCCUPATION, "No occupation given") for level in SOC_LEVELS]
    titled = [
        (level, code, title)
        for level, column in SOC_LEVELS.items()
        for code, title in soc2010_titles(column).items()
    ]
    return pd.DataFrame([*whole, *titled, *none], columns=["soc_level", "soc_code", "occupation"])
