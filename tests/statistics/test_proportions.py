import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.proportions import proportion

COLUMNS = {"Numerator": "numerator", "Denominator": "denominator"}


def test_proportion_is_all_events_over_all_people():
    rows = pd.DataFrame({"sex": ["F", "F"], "numerator": [1, 2], "denominator": [10, 20]})

    share = proportion(rows, ["sex"], per=100)

    assert share["proportion"].item() == pytest.approx(10)
    assert 0 < share["lower_ci"].item() < 10 < share["upper_ci"].item() < 100


def test_none_and_all_keep_within_0_and_1():
    rows = pd.DataFrame({"area": ["A", "B"], "numerator": [0, 10], "denominator": [10, 10]})

    share = proportion(rows, ["area"])

    assert share["lower_ci"].iloc[0] == 0 < share["upper_ci"].iloc[0]
    assert share["lower_ci"].iloc[1] < 1 == pytest.approx(share["upper_ci"].iloc[1])


def test_more_events_than_people_are_refused():
    rows = pd.DataFrame({"numerator": [11], "denominator": [10]})

    with pytest.raises(RatesError, match="needs 0 <= numerator <= denominator"):
        proportion(rows, [])


def test_proportions_agree_with_phe(oracle, agreeing):
    rows = oracle("phe_indicatormethods/proportions.csv").rename(columns=COLUMNS)
    known = rows.dropna(subset=["numerator", "denominator"])

    compared = 0
    for per, part in known.groupby("multiplier"):
        ours = proportion(part, ["Area"], per=per, confidence=[0.95, 0.998])
        both = part.merge(ours, on="Area", validate="one_to_one")
        compared += agreeing(both["proportion"], both["value"], rel=1e-12)
        for theirs, suffix in (("95_0", "95"), ("99_8", "99_8")):
            compared += agreeing(both[f"lower_ci_{suffix}"], both[f"lower{theirs}cl"], rel=1e-12)
            compared += agreeing(both[f"upper_ci_{suffix}"], both[f"upper{theirs}cl"], rel=1e-12)
    assert compared == 8 * 5
