import json

import pytest

from analysis.publish.joined_rows import joined_rows
from analysis.publish.texts import CSV, JSON, WORDS

DAY, AREA = "2020-04-03", "E01000001"


@pytest.mark.parametrize(
    "day", [DAY, "20200403", "03/04/2020", "3.4.2020", "3 April 2020", "3rd Apr 2020"]
)
@pytest.mark.parametrize("area", ["E01000001", "W01000001", "E02000001", "w02000001"])
def test_a_line_that_joins_a_day_with_a_small_area_is_found(day, area):
    assert joined_rows(f"a\n{area} and {day}\nb", WORDS) == 1


@pytest.mark.parametrize(
    "line",
    [
        f"2020-04,{AREA}",
        f"2020-W14,{AREA}",
        f"2020-13-03,{AREA}",
        f"demo-2020-06-12,{AREA}",
        f"0.20200403,{AREA}",
        f"{DAY},E06000001",
        f"{DAY},E12000001",
        f"{DAY},E010000012",
        f"{DAY}\n{AREA}",
    ],
)
def test_months_larger_areas_and_other_lines_are_none(line):
    assert joined_rows(line, WORDS) == 0


def test_a_table_across_joins_its_header_with_each_row():
    days_across = f"area,{DAY},2020-04-04\n{AREA},1,2\nE01000002,3,4\n"
    areas_across = f"day,{AREA},E01000002\n{DAY},1,2\n2020-04-04,3,4\n2020-04-05,5,6\n"

    assert joined_rows(days_across, CSV) == 2
    assert joined_rows(areas_across, CSV) == 3


def test_rows_of_a_page_may_stand_on_many_lines():
    def row(*cells):
        return "<tr>" + "".join(f"<td><p>{cell}</p></td>\n" for cell in cells) + "</tr>"

    joined = f"<table>{row('day', 'area')}{row(DAY, AREA)}</table>"
    apart = f"<table>{row('day', DAY)}{row('area', AREA)}</table>"
    across = f"<table>{row('area', DAY)}\n{row(AREA, 1)}</table>"

    assert joined_rows(joined, WORDS) == 1
    assert joined_rows(across, WORDS) == 1
    assert joined_rows(apart.replace(f"{row('day', DAY)}", f"{row('to')}{row(DAY)}"), WORDS) == 0


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ([[DAY, AREA, 1], [DAY, AREA, 2]], 2),
        ([{"day": DAY, "area": AREA}], 1),
        ({"day": f"{DAY}T00:00:00", "area": AREA}, 1),
        ({"day": [DAY, "2020-04-04"], "area": [AREA, AREA]}, 1),
        ({"area": AREA, "days": [DAY]}, 1),
        ([{"day": DAY, "areas": [AREA]}], 1),
        ({AREA: {DAY: 3}, "E01000002": {DAY: 1}}, 1),
        ({DAY: {AREA: 3}}, 1),
        ({DAY: AREA}, 1),
        ({"released": DAY, "areas": [AREA]}, 0),
        ({"edition": {"released": DAY}, "areas": [AREA]}, 0),
        ({"terms": {AREA: 1, "20200403": 2}, "titles": {"days": 1}}, 0),
        ({"area": AREA, "months": ["2020-04"]}, 0),
    ],
)
def test_objects_lists_and_columns_of_json_are_rows(value, rows):
    assert joined_rows(json.dumps(value), JSON) == rows


def test_a_file_without_line_ends_is_looked_through_piece_by_piece():
    padding = " " * 2_000

    assert joined_rows(f"a=[{{d:'{DAY}',l:'{AREA}'}}];{padding}", WORDS) == 1
    assert joined_rows(f"a=['{DAY}'];{padding};b=['{AREA}']", WORDS) == 0
