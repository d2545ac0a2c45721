"""Invented registrations of the demonstration data: who certifies, and the registration date.

Most deaths are registered within days, those that wait for an inquest after months.
"""

import numpy as np
import pandas as pd

from analysis.synthesis.demonstration_certificates import diseases
from analysis.synthesis.demonstration_deaths import DAYS
from analysis.synthesis.demonstration_draws import read_plan, stream
from analysis.vocabulary import COVID19, PLACES_OF_DEATH

LAST_DAY = np.datetime64("2020-12-31")
CERTIFIED_BY = ("doctor", "coroner")
HOLIDAYS = (
    "2020-01-01", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31",
    "2020-12-25", "2020-12-28",
)  # fmt: skip

# Days from death to registration: the median, and the standard deviation of the logarithm.
_DOCTOR, _POST_MORTEM, _INQUEST = (3.7, 0.55), (11, 0.6), (150, 0.7)
_LONGEST = 1_000
_SLOWER = {"Home": 1.15, "Hospice": 0.95, "Hospital": 0.97, "Elsewhere": 1.3}
# Share of certificates without a code: all, those of an inquest, those of the last two weeks.
_UNCODED, _UNCODED_INQUEST, _UNCODED_LATEST, _LATEST = 0.001, 0.02, 0.01, np.timedelta64(13)


def register_deaths(deaths: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the deaths that are registered in 2020, in the order of registration.

    Deaths of other causes that would be registered after 2020 are taken to have happened a year or
    more before, as those of the years before 2020 that waited for their registration; those
    with COVID-19 are left out.

    Returns
    -------
    DataFrame
        The columns of ``deaths``, ``registration_date``, and ``certified_by`` (a position in
        ``CERTIFIED_BY``). Where the cause is not coded yet, ``coded`` is false.
    """
    random = stream(seed, "registration")
    plan = diseases()
    disease = deaths["disease"].to_numpy()
    coroner = random.random(len(deaths)) < plan["coroner"].to_numpy()[disease]
    inquest = coroner & (random.random(len(deaths)) < plan["inquest"].to_numpy()[disease])
    kind = coroner.astype(int) + inquest
    median, spread = np.array([_DOCTOR, _POST_MORTEM, _INQUEST])[kind].T
    slower = pd.Series(PLACES_OF_DEATH).map(_SLOWER).fillna(1).to_numpy()[deaths["place"]]
    slower = slower * read_plan("regions")["delay"].to_numpy()[deaths["region"]]
    days = median * slower * np.exp(spread * random.standard_normal(len(deaths)))
    days = np.floor(days.clip(max=_LONGEST))

    death_date = deaths["death_date"].to_numpy().astype("datetime64[D]")
    registered = death_date + days.astype("timedelta64[D]")
    late = (registered - LAST_DAY).astype(int)
    years_before = np.maximum(-(-late // DAYS), 0) * np.timedelta64(DAYS, "D")
    registered = np.busday_offset(registered - years_before, 0, roll="forward", holidays=HOLIDAYS)
    uncoded = _UNCODED + _UNCODED_INQUEST * inquest
    uncoded = uncoded + _UNCODED_LATEST * (registered >= LAST_DAY - _LATEST)
    by_covid = deaths["covid19"].to_numpy() != COVID19.index("none")
    everything = deaths.assign(
        death_date=death_date - years_before,
        registration_date=registered,
        certified_by=coroner.astype(int),
        coded=by_covid | (random.random(len(deaths)) >= uncoded),
    )
    in_the_year = everything[~(by_covid & (late > 0))]
    return in_the_year.sort_values("registration_date", kind="stable", ignore_index=True)
