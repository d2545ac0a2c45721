"""Tables as CSV: what is written comes back when it is read."""

import pandas as pd
import pytest

from analysis.disclosure.csv_text import Written, read_numbers, read_text
from analysis.errors import DisclosureError

FRAME = pd.DataFrame(
    {
        "area_name": ["Bristol, City of", 'The "Wirral"', "Bristol, City of"],
        "imd_decile": [1, 2, 10],
        "numerator": [12.0, None, 1234.0],
        "numerator_status": ["", "[c]", ""],
        "difference": ["higher", None, "similar"],
        "difference_status": ["", "[u]", ""],
        "asmr": [45.25, None, 3.04],
        "asmr_status": ["", "[u]", ""],
    }
)


def written(frame: pd.DataFrame = FRAME) -> bytes:
    measures = [name for name in frame if f"{name}_status" in frame]
    return Written().of(frame, measures).text.encode()


def test_numbers_have_the_decimals_of_their_measure_and_nothing_stands_for_none():
    lines = written().decode().splitlines()

    assert lines[1:] == [
        '"Bristol, City of",1,12,,higher,,45.2,',
        '"The ""Wirral""",2,,[c],,[u],,[u]',
        '"Bristol, City of",10,1234,,similar,,3.0,',
    ]


def test_a_table_is_read_as_the_text_that_was_written():
    frame = read_text(written())

    assert frame["imd_decile"].tolist() == ["1", "2", "10"]
    assert frame["area_name"].tolist() == FRAME["area_name"].tolist()
    assert frame["numerator"].tolist() == ["12", "", "1234"]


def test_measures_are_read_as_numbers_and_words_as_words():
    frame = read_numbers(written())

    assert frame["numerator"].isna().tolist() == [False, True, False]
    assert frame["numerator"].dropna().tolist() == [12, 1234]
    assert frame["difference"].tolist() == ["higher", "", "similar"]
    assert frame["imd_decile"].tolist() == ["1", "2", "10"]


def test_a_table_without_rows_is_read_with_its_columns():
    assert list(read_numbers(written(FRAME.head(0)))) == list(FRAME)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Empty CSV"),
        (b"sex,numerator,numerator_status\nF,many,\n", "many"),
        (b"sex,numerator,numerator_status\nF,12\n", "Expected 3 columns, got 2"),
        (b"sex,numerator,numerator_status\n\xff,12,\n", "UTF8"),
    ],
    ids=["empty", "not a number", "a short row", "not UTF-8"],
)
def test_what_is_no_published_table_is_refused_in_words(data, words):
    with pytest.raises(DisclosureError, match="cannot be read") as fault:
        read_numbers(data)

    assert words in str(fault.value)
    assert "make its edition, or its ledger, again" in str(fault.value)
