"""Periods, and which add up to which."""

from datetime import date

from analysis.tables.windows import Window, span_of, tilings

WINDOW = Window("area", "occurrence", date(2020, 3, 1), date(2020, 4, 30), date(2020, 6, 6))


def test_a_week_runs_from_saturday_to_friday():
    assert span_of("2020-W14") == (date(2020, 3, 28), date(2020, 4, 3))
    assert span_of("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))


def test_a_period_that_the_window_cuts_short_has_a_code_of_its_own():
    # the week to Friday 6 March begins on 29 February, before the window
    assert WINDOW.clipped("2020-W10") == "2020-03-01/2020-03-06"
    assert WINDOW.clipped("2020-W11") == "2020-W11"
    assert WINDOW.clipped("All dates") == "2020-03-01/2020-04-30"


def test_weeks_to_the_cut_off_end_on_its_weekday():
    april = Window("area", "occurrence", date(2020, 4, 5), date(2020, 4, 18), date(2020, 6, 6))

    assert april.codes("nowcast_week") == ["2020-04-05/2020-04-11", "2020-04-12/2020-04-18"]


def test_weeks_and_months_are_tied_by_the_pieces_of_weeks_between_them():
    weeks = [WINDOW.clipped(code) for code in WINDOW.codes("death_week")]

    trees = tilings([[WINDOW.code], WINDOW.codes("month"), weeks])

    months = {**trees[2], **trees[3]}
    assert trees[0] == {WINDOW.code: ["2020-03", "2020-04"]}
    assert months["2020-03"][-1] == "2020-03-28/2020-03-31"
    assert months["2020-04"][0] == "2020-04-01/2020-04-03"
    assert months["2020-W14"] == ["2020-03-28/2020-03-31", "2020-04-01/2020-04-03"]


def test_periods_that_do_not_cover_another_are_no_sum_of_it():
    assert tilings([["2020-03"], ["2020-03-01", "2020-03-02"]]) == []
