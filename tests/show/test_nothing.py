"""A chart of a table that shows no value says so; the page stays a page."""

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.show import charts
from analysis.show.nothing import WORDS


@pytest.fixture
def withheld():
    """A rate on 9 deaths, where 10 are needed."""
    frame = pd.DataFrame(
        {"sex": ["F"], "numerator": [9], "asmr": [4.0], "lower_ci": [1.0], "upper_ci": [9.0]}
    )
    return protect(frame, ["sex"], "ons-user-guide", title="Rates", name="rates")


def test_words_take_the_place_of_the_picture(withheld):
    chart = charts.intervals(withheld, label="sex")

    assert WORDS in chart.picture
    assert chart.alt == f"Rates. {WORDS}"
    assert (chart.name, chart.caption) == ("rates-chart", "Rates")


def test_a_frame_is_still_refused(withheld):
    with pytest.raises(DisclosureError, match="made from a protected table"):
        charts.intervals(withheld.frame, label="sex")
