"""What a program is told of a download."""

import csv
import io
import json

import pandas as pd
import pytest

from analysis.disclosure.metadata import csv_metadata
from analysis.disclosure.protect import protect


def table(rules="ons-user-guide", **columns):
    frame = pd.DataFrame(
        {"imd_decile": [1, 2], "sex": ["F", "M"], "numerator": [12, 4]}
        | {"asmr": [50.04, 3.0], "lower_ci": [40.0, 1.0], "upper_ci": [60.0, 9.0]}
    ).assign(**columns)
    return protect(
        frame, ["imd_decile", "sex"], rules, title="Deaths & rates", name="deaths", notes="Note."
    )


@pytest.fixture
def about():
    return json.loads(csv_metadata(table()))


def test_it_names_every_column_of_the_download_in_order(about):
    header = next(csv.reader(io.StringIO(table().to_csv())))

    columns = about["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == header
    assert all(column["titles"][0] == column["name"] for column in columns)
    assert about["tableSchema"]["primaryKey"] == ["imd_decile", "sex"]
    assert (about["url"], about["dc:title"]) == ("deaths.csv", "Deaths & rates")
    assert about["dc:description"] == "Note."


def test_a_column_has_the_type_of_its_values(about):
    types = {column["name"]: column["datatype"] for column in about["tableSchema"]["columns"]}

    assert types["imd_decile"] == types["numerator"] == "integer"
    assert types["asmr"] == "number"  # one decimal
    assert types["sex"] == types["asmr_status"] == "string"


def test_it_states_the_rule_and_what_the_symbols_mean(about):
    rule, symbols = about["notes"]

    assert rule["rule"] == "ons-2020, deprivation: counts are printed"
    assert (rule["rule_set"], rule["family"]) == ("ons-user-guide", "ons-2020")
    assert (rule["geography"], rule["period"], rule["method"]) == (
        "deprivation", "edition", "print",
    )  # fmt: skip
    assert rule["smallest_count"] == 1
    assert rule["rates_from"] == {"asmr": 10}
    assert symbols["symbols"]["[x]"] == "not calculated"
    # 12 deaths are a rate of low reliability, 4 are none.
    assert symbols["values_with_symbol"]["asmr"] == {"[u]": 1, "[x]": 1}
    assert "numerator" not in symbols["values_with_symbol"]


def test_it_holds_no_number_that_is_withheld():
    withheld = table("strict", numerator=[9_876, 5_432], suppressed=[True, False])

    text = csv_metadata(withheld)

    assert "9876" not in text
    assert "50.0" not in text
    assert json.loads(text)["notes"][1]["values_with_symbol"]["numerator"] == {"[c]": 1}
