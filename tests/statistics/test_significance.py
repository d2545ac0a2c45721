import numpy as np
import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.significance import adjust_p_values, mark_overlap


def test_a_rate_is_marked_where_its_interval_does_not_overlap():
    rates = pd.DataFrame({"sex": ["F", "F", "M", "M"], "lower_ci": [5, 1, 1, np.nan]})
    rates["upper_ci"] = [9, 2, 4, np.nan]
    comparator = pd.DataFrame({"sex": ["F", "M"], "lower_ci": [3, 3], "upper_ci": [4, 5]})

    marked = mark_overlap(rates, comparator, on=["sex"])

    assert marked["difference"].tolist() == ["higher", "lower", "similar", ""]
    assert mark_overlap(rates, comparator[:1], on=[])["difference"].tolist()[:1] == ["higher"]


def test_a_comparator_twice_is_refused():
    rates = pd.DataFrame({"sex": ["F"], "lower_ci": [5], "upper_ci": [9]})

    with pytest.raises(RatesError, match="more than one row for a code of sex"):
        mark_overlap(rates, pd.concat([rates, rates]), on=["sex"])


def test_p_values_are_adjusted_for_how_many_there_are():
    adjusted = adjust_p_values([0.01, 0.04, np.nan, 0.03, 0.5])

    # of 4: 0.01 x 4/1, 0.03 x 4/2 and 0.04 x 4/3, none above the next
    assert adjusted.tolist() == pytest.approx([0.04, 0.16 / 3, np.nan, 0.16 / 3, 0.5], nan_ok=True)


def test_what_is_no_probability_cannot_be_adjusted():
    with pytest.raises(RatesError, match="outside 0 to 1"):
        adjust_p_values([1.2])
