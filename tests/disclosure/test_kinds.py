"""The kind of a table is read from it, and no page can say otherwise."""

import pandas as pd
import pytest

from analysis.disclosure.kinds import kind_of
from analysis.errors import DisclosureError


def table(**columns):
    return pd.DataFrame(columns)


def test_the_finest_code_of_an_area_decides():
    countries, mixed = ["K04000001", "W92000004"], ["E92000001", "E12000007", "E02000001"]

    assert kind_of(table(area_code=countries), ["area_code"]).geography == "country"
    assert kind_of(table(area_code=mixed), ["area_code"]).geography == "msoa"


def test_the_finest_column_decides_and_columns_about_the_dead_are_details():
    frame = table(region_name=["London"], month=["2020-03"], sex=["F"], cause=["All causes"])

    assert kind_of(frame, ["region_name", "sex", "cause"]) == ("region", "edition", 2)
    assert kind_of(frame, ["region_name", "month"]) == ("region", "month", 0)


def test_an_area_of_no_known_geography_is_refused():
    with pytest.raises(DisclosureError, match="1 kinds of code are of no known geography"):
        kind_of(table(area_code=["X99000001"]), ["area_code"])
