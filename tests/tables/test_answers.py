"""What every edition is asked: each line is answered, as asked or by a coarser table."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.errors import InputError
from analysis.tables.answering import make_answers
from analysis.tables.answers import (
    Answer,
    Answers,
    read_answers,
    write_answers,
)
from analysis.tables.asked import all_asked
from analysis.tables.nearest import is_coarser
from tests.tables.samples import MAY, invented, source

WINDOWS = {"area": MAY, "weekly": replace(MAY, deaths="weekly", basis="registration",
                                          date_from=date(2020, 1, 4))}  # fmt: skip
PAGES = ["daily", "questions", "build_your_table"]


@pytest.fixture(scope="module")
def answered():
    deaths = invented(3000).dropna(subset=["sex", "lsoa11cd"])
    weekly = deaths.assign(week="2020-W20")
    return make_answers(source(weekly), WINDOWS, PAGES, [])


@pytest.mark.parametrize("asked", all_asked(), ids=lambda asked: asked.name)
def test_what_is_asked_is_answered_as_asked_or_by_a_coarser_table_with_a_reason(answered, asked):
    answers, made = answered
    request = asked.request(WINDOWS[asked.deaths])

    answer = next(answer for answer in answers if answer.name == asked.name)

    assert answer.request == request.options()
    if not answer.table:
        assert answer.reason
        return
    table = next(one for one in made if one.table.name == answer.table)
    assert table.withheld <= 25
    if answer.reason:
        assert table.request != request
        assert is_coarser(table.request, request, asked.fixed)
    else:
        assert is_coarser(request, table.request)


def test_answers_are_read_as_they_were_written(answered, tmp_path):
    answers, made = answered

    write_answers(answers, made, tmp_path, {"edition": "june", "data": "demonstration"})
    again = read_answers(tmp_path)

    assert list(again.answers) == answers
    for one in made:
        table = again.tables[one.table.name]
        assert table.title == one.table.title
        assert table.to_csv() == one.table.to_csv()


def answers_with(made):
    """The answers of an edition in which only some tables could be made."""
    tables = {one.table.name: one.table for one in made}
    answers = [
        Answer(
            one.name, one.page, "", one.asked, "", "", "", one.name * (one.name in tables), "", 0
        )
        for one in all_asked()
    ]
    return Answers(tuple(answers), tables)


def test_a_table_is_wanted_by_some_of_its_columns_and_stands_at_the_totals_of_others(answered):
    found = answers_with(answered[1])
    whole = found.table("question-f")

    regions = found.table("question-f", "rgn20cd")

    assert set(regions.frame["cause"]) == {"All causes"}
    assert list(regions.frame["rgn20cd"]) == list(dict.fromkeys(whole.frame["rgn20cd"]))


@pytest.mark.parametrize("asked", all_asked(), ids=lambda asked: asked.name)
def test_where_no_table_is_safe_a_page_has_one_without_rows(asked):
    table = answers_with([]).table(asked.name)

    assert table.frame.empty
    assert not set(table.by) & {"lsoa11cd", "msoa11cd", "soc2010"}
    assert table.select("some", "Some", **dict.fromkeys(table.by, "any")).frame.empty
    assert format(table.value("numerator")) == "[x]"
    assert "None." in table._repr_mimebundle_()[0]["text/html"]


def test_a_column_that_the_answer_lacks_gives_a_table_without_rows(answered):
    found = answers_with(answered[1])

    assert found.table("daily-area", "death_date", "sex").frame.empty


def test_a_name_that_nobody_asks_for_is_an_error():
    with pytest.raises(InputError, match="not asked for 'daily'"):
        answers_with([]).table("daily")
