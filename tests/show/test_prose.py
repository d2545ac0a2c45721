"""Sentences whose numbers come from protected tables."""

from datetime import date

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.show.prose import compare, points, say


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "sex": ["F", "M"],
            "numerator": [1_234, 2_345],
            "asmr": [67.6, 114.8],
            "lower_ci": [66.7, 113.4],
            "upper_ci": [68.5, 116.2],
        }
    )
    return protect(frame, ["sex"], "ons-user-guide", title="Deaths", name="deaths")


def test_a_sentence_prints_values_as_the_table_shows_them(table):
    sentence = say(
        "{deaths} deaths by {day}, {rate} per 100,000 ({rate:interval}); {sex}.",
        deaths=table.value("numerator", sex="F"),
        rate=table.value("asmr", sex="F"),
        day=date(2020, 6, 6),
        sex=table.label("sex", sex="F"),
    )

    assert sentence.text == "1,234 deaths by 6 June 2020, 67.6 per 100,000 (66.7 to 68.5); Female."


def test_a_comparison_is_bound_to_the_result(table):
    men, women = table.value("asmr", sex="M"), table.value("asmr", sex="F")

    assert compare(men, women).text == "statistically significantly higher than"


def test_a_number_that_is_typed_in_is_refused():
    with pytest.raises(DisclosureError, match="not a published value"):
        say("{deaths} deaths.", deaths=1234)


def test_a_field_without_a_value_is_refused():
    with pytest.raises(DisclosureError, match="no value for"):
        say("{deaths} deaths.")


def test_markup_in_a_name_is_printed_as_it_is(table):
    frame = table.frame.assign(sex=["Stoke_on_*Trent*", "M"])
    named = protect(frame[["sex", "numerator"]], ["sex"], "ons-user-guide", title="D", name="d")

    text = say("{name}", name=named.label("sex", sex="Stoke_on_*Trent*")).text

    assert text == r"Stoke\_on\_\*Trent\*"


def test_main_points_are_sentences_only(table):
    assert points(say("One."), say("Two.")).text == "- One.\n- Two."
    with pytest.raises(DisclosureError, match="not of str"):
        points("Three.")


def test_a_sentence_says_in_which_cell_of_which_download_each_number_stands(table):
    women = table.select("women", "Women", sex="F")
    sentence = say(
        "{n} deaths, {rate:interval}.",
        n=women.highest("numerator").value("numerator"), rate=women.value("asmr", sex="F"),
    )  # fmt: skip

    said = points(sentence).said

    cell = {"table": "deaths", "steps": [{"select": {"sex": ["F"]}}]}
    assert said == (
        {"text": "1,234", "at": 2, **cell, "measure": "numerator"},
        {"text": "66.7 to 68.5", "at": 16, **cell, "measure": "asmr", "form": "interval"},
    )
    assert points(sentence)._repr_mimebundle_()[1] == {
        "bulletin": {"kind": "prose", "said": list(said)}
    }


def test_a_number_of_rows_says_which_rows(table):
    both = table.select("both", "Both", sex=["F", "M"])

    assert both.rows(sex="M").source == {
        "table": "deaths",
        "steps": [{"select": {"sex": ["F", "M"]}}, {"select": {"sex": ["M"]}}],
        "rows": True,
    }
