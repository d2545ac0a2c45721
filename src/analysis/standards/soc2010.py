"""SOC2010: codes and titles of occupations.

The levels are prefixes of one another: unit group 6145 is in minor group 614, sub-major group 61
and major group 6.
"""

from functools import cache
from importlib import resources

import pandas as pd

# Column of each level, and how many digits its codes have.
LEVELS = {"soc2010_major": 1, "soc2010_submajor": 2, "soc2010_minor": 3, "soc2010": 4}


@cache
def soc2010_titles(level: str = "soc2010") -> pd.Series:
    """Return the titles of the occupations of one level.

    Parameters
    ----------
    level
        ``soc2010`` (369 unit groups), ``soc2010_minor`` (90), ``soc2010_submajor`` (25) or
        ``soc2010_major`` (9).

    Returns
    -------
    Series
        Titles, indexed by code (a string), in the order of codes.

    References
    ----------
    Office for National Statistics (2010), Standard Occupational Classification 2010, volume 1.
    """
    file = resources.files(__package__).joinpath("soc2010.csv")
    with file.open(encoding="utf-8") as text:
        titles = pd.read_csv(text, comment="#", dtype="str").set_index("soc2010")["title"]
    of_level = titles[titles.index.str.len() == LEVELS[level]]
    return of_level.rename_axis(level)
