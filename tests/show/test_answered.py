"""What was asked for and what answers it, in words; the parts of a table."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis import protect
from analysis.disclosure.table import Table
from analysis.show.answered import SHOWN, answered, fewest, parts
from analysis.standards.icd10 import chapter_titles
from analysis.tables.answers import Answer, Answers
from analysis.tables.asked import all_asked
from analysis.vocabulary import ICD10_CHAPTERS

ROOT = Path(__file__).parents[2]
AREA = Answer(
    name="daily-area", page="daily", letter="", asked="By day and area", request="--by lsoa11cd",
    reason="No table by lsoa and day is shown: it points to single deaths.",
    answer="--by death_date,rgn20cd", table="daily-area", title="Deaths by day and region",
    withheld=3.0,
)  # fmt: skip
QUESTION = replace(AREA, name="question-a", page="questions", letter="a", asked="By day and LSOA")
ABOUT = {"date_from": "2020-01-04", "date_to": "2020-01-18"}


def said(*answers: Answer, page: str = "questions") -> str:
    return answered(Answers(answers, {}), page, "demo").text


def table(column: str, codes: list[str]) -> Table:
    frame = pd.DataFrame({column: codes, "numerator": 10, "suppressed": False})
    return protect(frame, [column], "strict", title="Deaths", name="some").counting(ABOUT)


def test_an_entry_says_what_was_asked_what_is_given_why_and_how():
    asked, given, why, command = said(AREA, QUESTION).split("\n  - ")

    assert asked == "- **(a) By day and LSOA**"
    assert given.startswith('The nearest safe table: <a href="daily.html#daily-area-shown">Deaths')
    assert '<a href="downloads/daily-area.csv" download>CSV' in given
    assert given.endswith("3.0% of its deaths are withheld.")
    assert why == (
        "Why nothing finer: no table by LSOA and day is shown: it points to single deaths."
    )
    assert command == "`bulletin table params/demo.yml --by death_date,rgn20cd`"


def test_a_table_that_is_as_it_was_asked_needs_no_reason():
    text = said(replace(AREA, reason="", withheld=0.0), page="daily")

    assert "Given as asked: " in text
    assert "Why nothing finer" not in text
    assert "Less than 0.1% of its deaths are withheld." in text


def test_where_no_table_is_safe_there_is_no_command():
    text = said(replace(QUESTION, table="", answer="", title=""))

    assert text.endswith("\n  - No coarser table is safe either.")
    assert "bulletin table" not in text
    assert "href" not in text


def test_only_entries_of_the_page_are_listed():
    assert said(AREA, QUESTION, page="daily").count("\n- ") == 0


@pytest.mark.parametrize(
    ("column", "codes", "left"),
    [
        ("sex", ["Persons", "F", "M"], ["F", "M"]),
        ("week", ["All dates", "2020-W01", "2020-W02", "2020-W03", "2020-W04"],
         ["2020-W02", "2020-W03"]),
        ("rgn20cd", ["K04000001", "E12000001", "W92000004", "E92000001 not known", "J99000001"],
         ["E12000001", "W92000004"]),
        ("soc2010_major", ["All", "1", "X"], ["1"]),
        ("icd10_chapter", ["All underlying causes", "IX", "Not coded", "II"], ["II", "IX"]),
    ],
)  # fmt: skip
def test_parts_are_what_a_reader_can_name(column, codes, left):
    assert parts(table(column, codes), column) == left


def test_the_column_with_the_fewest_codes_is_spread():
    frame = pd.DataFrame({"sex": ["F", "M", "F"], "rgn20cd": ["E12000001"] * 2 + ["E12000002"]})
    some = protect(
        frame.assign(numerator=10, suppressed=False, month=["2020-03", "2020-04", "2020-05"]),
        ["sex", "rgn20cd", "month"], "strict", title="Deaths", name="some",
    )  # fmt: skip

    assert fewest(some, "month", "sex") == "sex"
    assert (
        fewest(table("soc2010_minor", [str(code) for code in range(111, 123)]), "soc2010_minor")
        == ""
    )


def test_chapters_stand_in_the_order_of_the_classification():
    assert list(chapter_titles()) == list(ICD10_CHAPTERS)


def test_every_table_that_is_linked_to_is_on_its_page():
    # A page shows what answers its requests; a request of a later page may have the same table.
    for page in ("daily", "questions"):
        text = (ROOT / "notebooks" / f"{page}.ipynb").read_text(encoding="utf-8")
        read = [asked.name for asked in all_asked() if f'table(\\"{asked.name}\\"' in text]
        assert text.count(f'{SHOWN}\\", ') + text.count(f'{SHOWN}\\",\\n') == len(read) > 0
