"""What every edition is asked: each line is answered, as asked or by a coarser table."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.tables.answers import all_asked, make_answers, read_answers, write_answers
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
        assert table.request == request


def test_answers_are_read_as_they_were_written(answered, tmp_path):
    answers, made = answered

    write_answers(answers, made, tmp_path, {"edition": "june", "data": "demonstration"})
    again = read_answers(tmp_path)

    assert list(again.answers) == answers
    for one in made:
        table = again.tables[one.table.name]
        assert table.title == one.table.title
        assert table.to_csv() == one.table.to_csv()
