"""What a protected table shows, and the values that prose reads from it."""

import re

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError


@pytest.fixture
def table():
    rows = [
        ("F", "2020-03", 40, 4_000_000, 90.04, 80.0, 100.0),
        ("F", "2020-04", 5, 4_000_000, 12.0, 3.0, 30.0),
        ("M", "2020-03", 60, 4_000_000, 120.0, 101.0, 140.0),
        ("M", "2020-04", 15, 4_000_000, 33.0, 20.0, 50.0),
    ]
    columns = ["sex", "month", "numerator", "denominator", "asmr", "lower_ci", "upper_ci"]
    frame = pd.DataFrame(rows, columns=columns)
    return protect(frame, ["sex", "month"], "ons-user-guide", title="A & B", name="ab")


def test_html_has_a_caption_scopes_and_a_key_to_its_symbols(table):
    html = table._repr_mimebundle_()[0]["text/html"]

    assert '<caption id="ab-caption">A &amp; B</caption>' in html
    assert html.count('<th scope="row">') == 8  # two groups name each of four rows
    assert '<abbr title="not calculated">[x]</abbr>' in html
    assert "[u] low reliability; [x] not calculated" in html
    assert 'href="downloads/ab.csv"' in html


def test_codes_are_shown_in_words_and_limits_as_an_interval(table):
    html = table._repr_mimebundle_()[0]["text/html"]

    assert "<td>90.0</td><td>80.0 to 100.0</td>" in html
    assert '<th scope="row">Female</th><th scope="row">March 2020</th>' in html


def test_a_pivot_spreads_one_group_over_the_columns(table):
    html = table.show(["month", "sex", "numerator"], pivot="sex")._repr_mimebundle_()[0][
        "text/html"
    ]

    assert re.findall(r'scope="colgroup" colspan="1">(\w+)<', html) == ["Female", "Male"]
    assert '<tr><th scope="row">March 2020</th><td>40</td><td>60</td></tr>' in html


def test_text_and_metadata_carry_the_digest_of_the_download(table):
    data, metadata = table._repr_mimebundle_()

    assert metadata["bulletin"]["digest"] == table.digest
    assert table.digest[:16] in data["text/plain"]


def test_the_download_is_tidy_and_rounded_as_shown(table):
    lines = table.to_csv().splitlines()

    assert lines[0].startswith("sex,month,numerator,numerator_status,denominator,")
    assert lines[1] == "F,2020-03,40,,4000000,,90.0,,80.0,,100.0,"
    assert lines[2] == "F,2020-04,5,,4000000,,,[x],,[x],,[x]"


def test_a_cell_of_the_download_is_quoted_where_it_must_be():
    rows = [('Smith, "Alf"', 7, 12), ("two\nlines", 8, 15), ("", 9, 20)]
    frame = pd.DataFrame(rows, columns=["occupation", "age", "numerator"])
    table = protect(frame, ["occupation", "age"], "ons-user-guide", title="A", name="a")

    lines = table.frame.assign(numerator=table.frame["numerator"].map("{:.0f}".format))
    assert table.to_csv() == lines.to_csv(index=False, lineterminator="\n")
    assert '"Smith, ""Alf""",7,12,\n' in table.to_csv()


def test_a_view_has_the_download_of_its_table_and_a_selection_its_own(table):
    women = table.select("women", "Women", sex="F")

    assert table.show(["sex", "asmr"]).digest == table.digest != women.digest
    assert women.to_csv().splitlines() == table.to_csv().splitlines()[:3]


def test_a_selection_downloads_the_whole_table(table):
    women = table.select("women", "Women", sex="F")

    assert (women.name, women.download) == ("women", "ab")
    assert women.frame["sex"].unique().tolist() == ["F"]


def test_a_value_is_read_from_exactly_one_row(table):
    assert f"{table.value('asmr', sex='F', month='2020-03')}" == "90.0"
    assert f"{table.value('asmr', sex='F', month='2020-03'):interval}" == "80.0 to 100.0"
    with pytest.raises(DisclosureError, match="2 rows where"):
        table.value("asmr", sex="F")
    with pytest.raises(DisclosureError, match="no group colour"):
        table.value("asmr", colour="red")


def test_a_hidden_value_prints_its_status(table):
    assert f"{table.value('asmr', sex='F', month='2020-04')}" == "[x]"


def test_two_rates_differ_where_their_intervals_do_not_overlap(table):
    women, men = (table.value("asmr", sex=sex, month="2020-03") for sex in "FM")
    few = table.value("asmr", sex="F", month="2020-04")

    assert men.against(women) == "statistically significantly higher than"  # 101 is above 100
    assert women.against(men) == "statistically significantly lower than"
    assert women.against(women) == "not statistically significantly different from"
    assert "too few deaths" in few.against(men)


def test_the_highest_passes_over_what_is_not_shown(table):
    assert f"{table.highest('asmr').value('asmr'):interval}" == "101.0 to 140.0"
    assert f"{table.lowest('asmr').label('month')}" == "April 2020"  # 33.0; 12.0 is not shown


def test_where_nothing_is_shown_the_highest_says_so(table):
    nothing = table.highest("asmr", sex="F", month="2020-04")

    assert f"{nothing.label('month')}: {nothing.value('asmr')}" == "none: [x]"


def test_a_selection_without_rows_is_an_error(table):
    with pytest.raises(DisclosureError, match="no rows where"):
        table.select("none", "None", sex="X")


def test_a_table_of_which_nothing_is_shown_can_be_shown():
    frame = pd.DataFrame(
        {"sex": ["F", "M"], "numerator": [2, 3], "difference": ["higher", "lower"]}
    )
    frame = frame.assign(asmr=[1.0, 2.0], lower_ci=0.5, upper_ci=3.0)

    few = protect(frame, ["sex"], "ons-user-guide", title="Few", name="few")

    assert few._repr_mimebundle_()[0]["text/html"].count('title="not calculated"') == 6
    assert few.to_csv().splitlines()[1] == "F,2,,,[x],,[x],,[x],,[x]"
