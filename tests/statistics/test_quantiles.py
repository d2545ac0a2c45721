import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.quantiles import quantile_of


def test_quantile_1_has_the_highest_values():
    rows = pd.DataFrame({"value": [5.0, 1.0, 4.0, 2.0, 3.0, 6.0]})

    assert quantile_of(rows, [], quantiles=3).tolist() == [1, 3, 2, 3, 2, 1]
    assert quantile_of(rows, [], quantiles=3, highest_first=False).tolist() == [3, 1, 2, 1, 2, 3]


def test_ties_share_the_quantile_of_the_first():
    rows = pd.DataFrame({"value": [4, 3, 3, 1]})

    # ranks 1, 2, 2, 4 in halves
    assert quantile_of(rows, [], quantiles=2).tolist() == [1, 1, 1, 2]


def test_a_group_with_fewer_values_than_quantiles_has_none():
    rows = pd.DataFrame({"region": ["A"] * 3 + ["B"], "value": [1, 2, np.nan, 4]})

    found = quantile_of(rows, ["region"], quantiles=2)

    assert found[:2].tolist() == [2, 1]
    assert found[2:].isna().all()


def test_a_column_can_say_which_end_comes_first():
    rows = pd.DataFrame({"set": list("AABB"), "value": [1, 2, 1, 2], "worse_high": [1, 1, 0, 0]})

    found = quantile_of(rows, ["set"], quantiles=2, highest_first="worse_high")

    assert found.tolist() == [2, 1, 1, 2]


def test_one_quantile_is_refused():
    with pytest.raises(RatesError, match="not a whole number from 2"):
        quantile_of(pd.DataFrame({"value": [1, 2]}), [], quantiles=1)


def test_deciles_within_regions_agree_with_phe(oracle):
    rows = oracle("phe_indicatormethods/quantiles.csv", keep_default_na=False, na_values=[""])
    rows = rows[rows["GroupSet"] == "IndSexReg"]

    ours = quantile_of(rows, ["IndSexRef", "ParentCode"], "Value", 10, "Polarity")

    theirs = rows["QuantileInGrp"].astype("Float64").astype("Int64")
    assert len(rows) == 165
    assert ours.isna().equals(theirs.isna())
    assert ours.dropna().tolist() == theirs.dropna().tolist()


def test_quartiles_of_all_areas_agree_with_phe(oracle):
    rows = oracle("phe_indicatormethods/quantiles.csv", keep_default_na=False, na_values=[""])
    rows = rows[rows["GroupSet"] == "None"]
    theirs = rows["QuantileInGrp"].astype("Float64").astype("Int64")
    # The source ranks these among others that its table does not list, all of them lower: with
    # 122 in the first quartile, some 325 of 488.
    lower = pd.DataFrame({"Value": np.linspace(1, 50, 324)})

    ours = quantile_of(pd.concat([rows[["Value"]], lower]), [], "Value", 4)[: len(rows)]

    assert ours.dropna().tolist() == theirs.dropna().tolist()
