"""Charts draw what a protected table shows, and nothing else."""

from dataclasses import dataclass

import pandas as pd
import pytest

from analysis.errors import DisclosureError
from analysis.show.drawn import drawn_rows


@dataclass
class Lookalike:
    """Anything with the four parts of a table."""

    frame: pd.DataFrame
    by: tuple = ("sex",)
    title: str = "Deaths"
    name: str = "deaths"


def test_a_frame_is_refused(occupations):
    with pytest.raises(DisclosureError, match="not from a DataFrame"):
        drawn_rows(occupations.frame, "asmr", ["sex", "occupation"])


def test_a_frame_with_columns_named_like_the_parts_of_a_table_is_refused():
    frame = pd.DataFrame({"frame": [1], "by": [1], "title": [1], "name": [1]})

    with pytest.raises(DisclosureError, match="not from a DataFrame"):
        drawn_rows(frame, "by", ["title"])


def test_a_measure_without_a_status_is_refused():
    bare = Lookalike(pd.DataFrame({"sex": ["F"], "asmr": [12.0]}))

    with pytest.raises(DisclosureError, match="no column asmr_status"):
        drawn_rows(bare, "asmr", ["sex"])


@pytest.mark.parametrize("status", ["[x]", "[c]", "[z]"])
def test_a_value_that_its_status_hides_is_refused(status):
    frame = pd.DataFrame({"sex": ["F", "M"], "asmr": [12.0, 13.0], "asmr_status": ["", status]})

    with pytest.raises(DisclosureError, match="1 values of asmr are there"):
        drawn_rows(Lookalike(frame), "asmr", ["sex"])


def test_rows_that_repeat_a_group_are_refused(occupations):
    with pytest.raises(DisclosureError, match="6 rows repeat a group of sex"):
        drawn_rows(occupations, "asmr", ["sex"])


def test_a_table_that_shows_no_value_is_refused(make_table):
    with pytest.raises(DisclosureError, match="no asmr is shown in any of 1 rows"):
        drawn_rows(make_table(["sex"], ("F", 9, 1.0)), "asmr", ["sex"])


def test_values_not_shown_are_left_out_and_counted(occupations):
    drawn = drawn_rows(occupations, "asmr", ["sex", "occupation"])

    assert len(drawn.rows) == 7
    assert drawn.hidden == {"not calculated": 1}
    assert drawn.rows["unreliable"].sum() == 1


def test_a_hidden_value_keeps_its_place(occupations):
    drawn = drawn_rows(occupations, "asmr", ["sex", "occupation"])

    assert ("F", "Smiths") in list(drawn.groups.itertuples(index=False, name=None))


def test_limits_are_drawn_together_or_not_at_all():
    frame = pd.DataFrame(
        {
            "sex": ["F"],
            "asmr": [0.0],
            "asmr_status": [""],
            "lower_ci": [0.0],
            "upper_ci": [float("nan")],
        }
    )

    rows = drawn_rows(Lookalike(frame), "asmr", ["sex"]).rows

    assert rows[["lower", "upper"]].isna().all(axis=None)


def test_the_table_is_not_changed(occupations):
    before = occupations.frame.copy()

    drawn_rows(occupations, "asmr", ["sex", "occupation"])

    pd.testing.assert_frame_equal(occupations.frame, before)


def test_what_is_drawn_says_where_it_was_read(occupations):
    women = occupations.select("women", "Women", sex="F").top(2, "asmr", "most", "Most")

    (read,) = drawn_rows(women, "asmr", ["occupation"]).read

    assert read["table"] == occupations.download
    assert read["steps"] == [{"select": {"sex": ["F"]}}, {"top": [2, "asmr"]}]
    assert (read["measure"], read["by"]) == ("asmr", ["occupation"])
    again = drawn_rows(occupations.retrace(read["steps"]), "asmr", ["occupation"])
    assert again.read[0]["digest"] == read["digest"]
