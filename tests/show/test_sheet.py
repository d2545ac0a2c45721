"""Lettering that is neither cut off nor overlaid."""

import numpy as np
import pytest

from analysis.show.sheet import round_ticks, spread, text_width, tick_words, wrap


def test_labels_that_would_overlap_move_apart_from_their_common_middle():
    # two labels at 50, 10 apart: 45 and 55
    assert spread([50, 50, 90], gap=10, low=0, high=100).tolist() == [45, 55, 90]


def test_labels_keep_their_order_and_stay_inside():
    placed = spread([99, 98, 2], gap=10, low=0, high=100)

    assert placed[1] < placed[0] <= 100
    assert np.diff(np.sort(placed)).min() >= 10


def test_wrapped_lines_fit_their_width():
    lines = wrap("Metal machining, fitting and instrument making trades", 120)

    assert len(lines) > 1
    assert all(text_width(line) <= 120 for line in lines)
    assert " ".join(lines) == "Metal machining, fitting and instrument making trades"


def test_what_does_not_fit_ends_in_an_ellipsis():
    lines = wrap("Metal machining, fitting and instrument making trades", 90, most=2)

    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert text_width(lines[1]) <= 90


@pytest.mark.parametrize(
    ("number", "words"), [(1_000, "1,000"), (0.5, "0.5"), (-20, "−20"), (0, "0"), (0.05, "0.05")]
)
def test_ticks_have_thousands_separators_and_no_idle_decimals(number, words):
    assert tick_words(number) == words


def test_ticks_are_round_and_inside_the_range():
    assert round_ticks(0, 216.6) == [0, 50, 100, 150, 200]
