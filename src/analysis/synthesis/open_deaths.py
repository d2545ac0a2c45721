"""Deaths of March to June 2020 that agree with the local-area workbook: area, sex, age, month.

The order of work is the order of priority: counts by small area, sex, cause and month first, then
which of them came late, then their ages, then the LSOA. A frame of deaths holds whole numbers,
positions in lists; words are put in their place when the records are written.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.ingest.estimates import read_deaths_by_decile
from analysis.synthesis.apportion import share_out
from analysis.synthesis.dealing import deal, pick_within
from analysis.synthesis.margins import MONTHS, LocalMargins, NationalMargins
from analysis.synthesis.open_ages import Ages
from analysis.synthesis.open_areas import DECILES, Areas, sum_over
from analysis.synthesis.open_files import published
from analysis.synthesis.open_late import choose_late
from analysis.synthesis.open_population import People
from analysis.vocabulary import AGE_BANDS, SEXES

YEARS_OF_RISK = slice(2011, 2015)
ABROAD = -1
# How much likelier a death is to be registered late than at 85 and over: ONS, Impact of
# registration delays 2019 (33.7% within 7 days at 15 to 44, 80.8% at 85 and over).
LATER_WHEN_YOUNG = np.repeat([3.5, 2.3, 1.3, 1.0], [10, 4, 4, 2])


@dataclass(frozen=True)
class SpringDeaths:
    """Deaths of March to June 2020.

    Parameters
    ----------
    deaths
        One row per death: ``cause`` (0 involving COVID-19, 1 not), ``month`` (0 March), ``sex``,
        ``age_band``, ``group`` and ``lsoa`` (-1 for residents of other countries), ``late`` (came
        after the earlier edition; false in June).
    gap
        Largest difference between a published count and the fit that was rounded.
    """

    deaths: pd.DataFrame
    gap: float


def relative_risks(folder: str | Path) -> np.ndarray:
    """Return the risk of death of each stratum against England: stratum x sex x age band.

    Deaths of all causes of 2011 to 2015 by decile of England; a Welsh quintile has the risks of
    the two English deciles of the same rank.
    """
    frame = read_deaths_by_decile(
        published(folder, "deaths by decile"), published(folder, "people by decile")
    )
    sums = frame.loc[YEARS_OF_RISK].groupby(["sex", "decile"]).sum()
    shape = (len(SEXES), DECILES, len(AGE_BANDS))
    deaths, people = (
        sums[part][list(AGE_BANDS)].to_numpy(dtype=float).reshape(shape)
        for part in ("deaths", "people")
    )
    national = deaths.sum(axis=1, keepdims=True) / people.sum(axis=1, keepdims=True)
    risk = (deaths / people / national).transpose(1, 0, 2)
    return np.concatenate([risk, np.sqrt(risk[0::2] * risk[1::2])])


def make_spring_deaths(
    people: People,
    risks: np.ndarray,
    later: LocalMargins,
    earlier: LocalMargins,
    national: NationalMargins,
    areas: Areas,
    random: np.random.Generator,
) -> SpringDeaths:
    """Return the deaths of March to June 2020.

    Parameters
    ----------
    people, risks
        People by LSOA, and relative risks by stratum.
    later, earlier
        Margins of the March-to-June edition, met exactly, and of the March-to-May edition.
    national
        Deaths by age of each country.
    areas
        Areas in whose order the arrays stand.
    random
        Random numbers.

    Raises
    ------
    InputError
        The published counts contradict each other.
    """
    by_group = sum_over(people.area, areas.lsoa_group, len(areas.group_stratum))
    by_country = sum_over(by_group, areas.group_country, 2)
    at_risk = by_group * risks[areas.group_stratum]
    frames, gaps = [], []
    for cause in range(later.msoa.shape[0]):
        ages = [Ages(areas, random) for _ in SEXES]
        for month in range(len(MONTHS)):
            here = (cause, month)
            rates = national.deaths[:, cause, :, :, month] / by_country
            expected = at_risk * rates[areas.group_country]
            margins = (later.msoa[here], later.authority[here], later.stratum[here])
            shares = share_out(expected.sum(axis=2), *margins, areas, random)
            gaps.append(shares.gap)
            late = np.zeros_like(shares.whole)
            if month < earlier.msoa.shape[1]:
                late = choose_late(shares.whole, later, earlier, cause, month, areas, random)
            for sex in range(len(SEXES)):
                group, age = ages[sex].add_month(
                    expected[:, sex],
                    shares.fitted[:, sex],
                    shares.whole[:, sex],
                    national.deaths[:, cause, sex, :, month],
                )
                came_late = _latest(group, age, late[:, sex], random)
                frames.append(_frame(cause, month, sex, group, age, came_late))
    frames.append(_from_abroad(later, earlier, national, random))
    deaths = pd.concat(frames, ignore_index=True)
    return SpringDeaths(deaths=_with_lsoas(deaths, people, areas, random), gap=max(gaps))


def _latest(
    group: np.ndarray, age: np.ndarray, late: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Return which deaths came late: as many in each group as ``late`` says, rather the young."""
    key = random.random(len(group)) ** LATER_WHEN_YOUNG[age]
    order = np.lexsort((key, group))
    first = np.searchsorted(group[order], np.arange(len(late)))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first[group[order]]
    return rank < late[group]


def _from_abroad(
    later: LocalMargins,
    earlier: LocalMargins,
    national: NationalMargins,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Return the deaths of residents of other countries, with ages as in England."""
    frames = []
    for (cause, month, sex), count in np.ndenumerate(later.abroad):
        weights = national.deaths[0, cause, sex, :, month]
        age = deal(np.zeros(count, dtype=int), weights[None], random.random(count))
        early = earlier.abroad[cause, month, sex] if month < earlier.abroad.shape[1] else count
        late = np.argsort(np.argsort(random.random(count))) >= early
        frames.append(_frame(cause, month, sex, np.full(count, ABROAD), age, late))
    return pd.concat(frames, ignore_index=True)


def _frame(
    cause: int, month: int, sex: int, group: np.ndarray, age: np.ndarray, late: np.ndarray
) -> pd.DataFrame:
    columns = {"cause": cause, "month": month, "sex": sex}
    return pd.DataFrame({"group": group, "age_band": age, "late": late}).assign(**columns)


def _with_lsoas(
    deaths: pd.DataFrame, people: People, areas: Areas, random: np.random.Generator
) -> pd.DataFrame:
    resident = (deaths["group"] != ABROAD).to_numpy()
    here = deaths[resident]
    column = here["sex"].to_numpy() * len(AGE_BANDS) + here["age_band"].to_numpy()
    weights = people.area.reshape(len(people.area), -1)
    lsoa = np.full(len(deaths), ABROAD)
    lsoa[resident] = pick_within(
        areas.lsoa_group, weights, here["group"].to_numpy(), column, random
    )
    return deaths.assign(lsoa=lsoa)
