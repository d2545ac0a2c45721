"""Which of the checked records a page counts."""

from datetime import date

import ibis

from analysis.errors import InputError

# The date that a page counts by.
BASIS = {"occurrence": "death_date", "registration": "registration_date"}


def select_records(
    records: ibis.Table, basis: str, date_from: date, date_to: date, registered_by: date
) -> ibis.Table:
    """Return the records in the window of a page, lazily.

    Parameters
    ----------
    basis
        ``occurrence`` counts by date of death, ``registration`` by date of registration.
    date_from, date_to
        First and last day of that date, both included.
    registered_by
        Last day of registration, included, whatever the basis.

    Raises
    ------
    InputError
        The basis is neither of the two.
    """
    if basis not in BASIS:
        raise InputError(
            f"basis {basis!r}: deaths are counted by {' or by '.join(BASIS)}.\n"
            f"Correct the basis in the parameter file."
        )
    in_window = records[BASIS[basis]].between(ibis.literal(date_from), ibis.literal(date_to))
    return records.filter(in_window, records.registration_date <= ibis.literal(registered_by))
