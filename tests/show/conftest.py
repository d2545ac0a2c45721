"""Small protected tables for the tests of charts."""

import pandas as pd
import pytest

from analysis.disclosure.protect import protect


def rates(by, rows):
    """A frame of ``by``, deaths, a rate, and limits 2 below and 3 above it."""
    frame = pd.DataFrame(rows, columns=[*by, "numerator", "asmr"])
    return frame.assign(lower_ci=frame["asmr"] - 2, upper_ci=frame["asmr"] + 3)


@pytest.fixture
def make_table():
    """Make a protected table from the names of its groups and rows of deaths and rate."""

    def make(by, *rows, name="rates", title="Deaths by group"):
        return protect(rates(by, rows), by, "ons-user-guide", title=title, name=name)

    return make


@pytest.fixture
def occupations(make_table):
    # 9 deaths: not calculated; 19: of low reliability
    return make_table(
        ["sex", "occupation"],
        ("F", "Nurses", 120, 40.0),
        ("F", "Drivers", 19, 33.3),
        ("F", "Smiths", 9, 71.7),
        ("F", "All", 900, 20.5),
        ("M", "Nurses", 60, 61.0),
        ("M", "Drivers", 300, 54.4),
        ("M", "Smiths", 200, 12.0),
        ("M", "All", 1_400, 31.1),
    )
