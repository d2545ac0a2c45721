"""Registration delays, and which side of a cut-off they fall on."""

import numpy as np
import pandas as pd

from analysis.synthesis.demonstration_certificates import diseases
from analysis.synthesis.open_dates import EARLIER, LATER, delays, register, windows
from analysis.synthesis.open_rest import AFTER, BEFORE, death_dates_before

MANY = 5_000
DISEASE = np.arange(MANY) % len(diseases())


def days(text):
    return np.full(MANY, np.datetime64(text))


def test_a_death_of_may_that_came_late_is_registered_between_the_cut_offs():
    deaths = pd.DataFrame({"late": [True, False, False], "month": [2, 2, 3]})
    died = np.array(["2020-05-20", "2020-05-20", "2020-06-20"], dtype="datetime64[D]")

    first, last = windows(deaths, died)

    assert first.tolist() == [EARLIER.astype(object) + pd.Timedelta(days=1), *died[1:].tolist()]
    assert last.tolist() == [LATER, EARLIER, LATER]


def test_registrations_stay_in_their_window():
    died, first, last = days("2020-05-28"), days("2020-06-07"), days("2020-07-11")

    registered, coroner = register(died, first, last, DISEASE, np.random.default_rng(1))

    assert (registered >= first).all()
    assert (registered <= last).all()
    assert set(coroner) == {0, 1}


def test_registrations_are_on_working_days_where_the_window_allows():
    died, last = days("2020-04-06"), days("2020-07-11")

    registered, _ = register(died, died, last, DISEASE, np.random.default_rng(1))

    # Good Friday, Easter Monday and all weekends are days off
    assert np.is_busday(registered, holidays=["2020-04-10", "2020-04-13"]).all()


def test_most_deaths_are_registered_within_a_week():
    zero, long = np.zeros(MANY, dtype=int), np.full(MANY, 1_000)

    delay, kind = delays(zero, long, DISEASE, np.random.default_rng(1))

    assert (delay[kind == 0].astype(int) <= 7).mean() > 0.8
    assert np.median(delay[kind == 2].astype(int)) > 60


def test_a_death_registered_by_11_july_is_not_of_march_to_june():
    registered = days("2020-04-15")
    registered[: MANY // 2] = np.datetime64("2020-07-08")

    died, _ = death_dates_before(registered, DISEASE, np.random.default_rng(1))

    assert (died <= registered).all()
    assert not ((died > BEFORE) & (died < AFTER)).any()
    # Early July has deaths of July as well
    assert (died[: MANY // 2] >= AFTER).any()
