"""A page counts by date of death or of registration, within its window and the cut-off."""

from datetime import date

import pytest

from analysis.errors import InputError
from analysis.ingest.select import select_records, with_time_to_cut_off
from tests.ingest.samples import checked, to_pandas

START, END, CUT_OFF = date(2020, 3, 1), date(2020, 5, 31), date(2020, 6, 6)


def selected(folder, basis, *dates):
    """Return which of the records with these days of death and registration are selected."""
    changes = [{"death_date": died, "registration_date": told} for died, told in dates]
    records = checked(folder, *changes, registered_by=None).kept
    return to_pandas(select_records(records, basis, START, END, CUT_OFF))["record_id"].tolist()


def test_occurrences_are_those_who_died_in_the_window_and_were_registered_by_the_cut_off(tmp_path):
    found = selected(
        tmp_path, "occurrence",
        ("2020-02-29", "2020-03-02"), ("2020-03-01", "2020-03-02"), ("2020-05-31", "2020-06-06"),
        ("2020-05-31", "2020-06-07"), ("2020-06-01", "2020-06-02"),
    )  # fmt: skip

    assert found == ["r1", "r2"]


def test_registrations_are_those_told_in_the_window_whenever_they_died(tmp_path):
    found = selected(
        tmp_path, "registration",
        ("2020-02-28", "2020-02-29"), ("2019-01-01", "2020-03-01"), ("2020-05-31", "2020-05-31"),
        ("2020-05-31", "2020-06-01"),
    )  # fmt: skip

    assert found == ["r1", "r2"]


def test_time_to_the_cut_off_is_in_days_from_death_and_whole_weeks_from_registration(tmp_path):
    dates = [
        ("2020-05-30", "2020-06-06"), ("2020-05-30", "2020-05-31"), ("2020-05-30", "2020-05-30"),
        ("2020-05-30", "2020-06-07"), ("2020-02-29", "2020-03-02"), ("2020-06-06", "2020-06-06"),
    ]  # fmt: skip
    changes = [{"death_date": died, "registration_date": told} for died, told in dates]
    records = checked(tmp_path, *changes, registered_by=None).kept

    found = to_pandas(with_time_to_cut_off(records, START, CUT_OFF)).set_index("record_id")

    # One is registered after the cut-off, one died before the first day.
    assert found["elapsed"].to_dict() == {"r0": 7, "r1": 7, "r2": 7, "r5": 0}
    assert found["weeks_known"].to_dict() == {"r0": 0, "r1": 0, "r2": 1, "r5": 0}


def test_another_basis_is_refused(tmp_path):
    with pytest.raises(InputError, match="by occurrence or by registration"):
        select_records(checked(tmp_path, {}).kept, "burial", START, END, CUT_OFF)
