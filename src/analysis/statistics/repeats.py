"""Age-standardised rates of events that one person can have more than once.

Deaths happen once; admissions, attacks or notifications may not, and events of one person are not
independent. The rate is as usual, its variance counts persons by how often they had the event.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import RatesError
from analysis.statistics.checks import Cells, as_numbers, require_levels
from analysis.statistics.groups import Groups, require_columns
from analysis.statistics.intervals import weighted_limits
from analysis.statistics.standardise import add_limits, weighted_sum


def asmr_of_repeats(
    persons: pd.DataFrame,
    by: Sequence[str],
    standard: pd.Series | str,
    per: float = 100_000,
    interval: str = "dobson-byar",
    confidence: float | Sequence[float] = 0.95,
) -> pd.DataFrame:
    """Return one directly standardised rate per group of events that may repeat in a person.

    Parameters
    ----------
    persons
        One row per group, age band and number of events: ``by``, ``age_band``, ``frequency``
        (events a person had, 1 or more), ``persons`` who had that many, and ``denominator``
        (person-years of the band, the same in each of its rows).
    by, standard, per, confidence
        As for :func:`analysis.statistics.rates.asmr`.
    interval
        ``ons``, ``normal``, ``log`` or a ``dobson`` method: those that use the variance alone.

    Returns
    -------
    DataFrame
        As ``asmr``; ``numerator`` is events, not persons.

    Raises
    ------
    RatesError
        As ``asmr``; a frequency that is not a whole number from 1; rows of one band that
        disagree on its denominator; an interval that needs independent events.

    References
    ----------
    Stukel TA and others (1994), Confidence interval estimation of a rate and the number of
    events per person, Medical Care Research. Office for Health Improvement and Disparities,
    PHEindicatormethods, ``calculate_dsr(independent_events = FALSE)``.
    """
    levels = require_levels(confidence)
    if interval not in ("ons", "normal", "log") and not interval.startswith("dobson"):
        raise RatesError(
            f"interval {interval!r}: rests on independent events.\n"
            f"Choose ons, normal, log, dobson-exact, dobson-byar or dobson-midp."
        )
    by = [by] if isinstance(by, str) else list(by)
    require_columns(persons, [*by, "age_band", "frequency", "persons", "denominator"])
    frequency, people = as_numbers(persons["frequency"]), as_numbers(persons["persons"])
    wrong = ~(np.isfinite(frequency) & (frequency >= 1) & (frequency == np.floor(frequency)))
    wrong |= ~(np.isfinite(people) & (people >= 0) & (people == np.floor(people)))
    if wrong.any():
        raise RatesError(
            f"persons: {wrong.sum():,} of {len(persons):,} rows have a frequency that is not a "
            f"whole number from 1, or persons that are not a whole number from 0.\n"
            f"Give one row for each number of events that somebody had."
        )
    bands = Groups(persons, [*by, "age_band"])
    denominator = as_numbers(persons["denominator"])
    most, least = bands.max(denominator), bands.min(denominator)
    uneven = np.flatnonzero(most > least)
    if len(uneven):
        raise RatesError(
            f"{bands.name(uneven[0])}: denominators from {least[uneven[0]]:g} to "
            f"{most[uneven[0]]:g} ({len(uneven):,} such cells).\n"
            f"A band has one denominator, repeated in each of its rows."
        )
    counts = bands.frame.assign(numerator=bands.sum(frequency * people), denominator=most)
    if isinstance(standard, str):
        require_columns(persons, [standard])
        counts[standard] = bands.max(as_numbers(persons[standard]))
    cells = Cells(counts, by, standard)
    squares = replace_numerator(cells, bands.sum(frequency**2 * people))
    total = weighted_sum(cells, interval)
    total = replace(total, variance=weighted_sum(squares, interval).variance)
    rates = cells.groups.frame.assign(
        numerator=total.numerator.astype(np.int64),
        denominator=cells.groups.sum(cells.denominator),
        asmr=per * total.rate,
    )
    return add_limits(rates, levels, per, lambda level: weighted_limits(total, interval, level))


def replace_numerator(cells: Cells, numerator: np.ndarray) -> Cells:
    """Return the same cells with other counts, whose weighted variance is wanted."""
    other = object.__new__(Cells)
    other.__dict__.update(cells.__dict__, numerator=numerator)
    return other
