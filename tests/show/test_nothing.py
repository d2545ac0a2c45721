"""A chart of a table that shows no value says so; the page stays a page."""

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.show import charts
from analysis.show.nothing import NOT_APPLICABLE, WORDS


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


def test_the_words_tell_what_does_not_apply_from_what_is_withheld():
    frame = pd.DataFrame({"sex": ["F"], "numerator": [900], "life_expectancy": [float("nan")]})
    frame = frame.assign(lower_ci=float("nan"), upper_ci=float("nan"), life_expectancy_status="[z]")
    table = protect(frame, ["sex"], "ons-user-guide", title="Lives", name="lives")

    chart = charts.intervals(table, label="sex", measure="life_expectancy")

    assert NOT_APPLICABLE in chart.picture
    assert chart.alt == f"Lives. {NOT_APPLICABLE}"


def test_a_frame_is_still_refused(withheld):
    with pytest.raises(DisclosureError, match="made from a protected table"):
        charts.intervals(withheld.frame, label="sex")
