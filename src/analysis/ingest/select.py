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


def with_known_age_and_sex(records: ibis.Table) -> ibis.Table:
    """Return the records that a rate can count, lazily.

    All tables of an edition count the same deaths, so that they add up to each other; those whose
    age or sex is not known are counted by the checks, on the quality page.
    """
    return records.filter(records.age_band.notnull(), records.sex.notnull())


def with_time_to_cut_off(records: ibis.Table, date_from: date, registered_by: date) -> ibis.Table:
    """Return the deaths from a day on, with the time from each to the cut-off, lazily.

    Parameters
    ----------
    records
        Records with derived columns. From ``date_from`` on, every death that was registered by
        the cut-off is among them.

    Returns
    -------
    ibis.Table
        The records with ``elapsed`` (days from death to the cut-off, from 0) and ``weeks_known``
        (whole weeks from registration to the cut-off; 0 in the last seven days). Records
        registered before the death are left out.
    """
    last = ibis.literal(registered_by)
    since = records.filter(
        records.death_date.between(ibis.literal(date_from), last),
        records.registration_date.between(records.death_date, last),
    )
    return since.mutate(
        elapsed=last.delta(since.death_date, unit="day").cast("int32"),
        weeks_known=(last.delta(since.registration_date, unit="day") // 7).cast("int32"),
    )
