"""What kind of table a table is: its finest geography, its finest period, its further detail.

That is what a rule goes by. It is read from the columns that name the groups, and from the codes
of areas in them, so that no page can say of its table that it is coarser than it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from analysis.disclosure.rules import GEOGRAPHIES, PERIODS
from analysis.errors import DisclosureError

# Columns of areas of one level, and of one period.
AREA_COLUMNS = {
    "ctry20cd": "country",
    "residence": "country",
    "rgn20cd": "region",
    "region_name": "region",
    "imd_decile": "deprivation",
    "wimd_quintile": "deprivation",
    "lad20cd": "local_authority",
    "msoa11cd": "msoa",
    "lsoa11cd": "lsoa",
}
PERIOD_COLUMNS = {
    "month": "month",
    "week": "week",
    "week_ended": "week",
    "death_week": "week",
    "death_date": "day",
    "registration_date": "day",
}
# The first letters of a code of an area (ONS Register of Geographic Codes).
CODES = {
    "K04": "country", "E92": "country", "W92": "country", "J99": "country",
    "E12": "region",
    "E06": "local_authority", "E07": "local_authority", "E08": "local_authority",
    "E09": "local_authority", "W06": "local_authority",
    "E02": "msoa", "W02": "msoa",
    "E01": "lsoa", "W01": "lsoa",
}  # fmt: skip
# Further columns that tell something about the dead.
DETAILS = (
    "sex", "age_band", "age_group", "cause", "covid19", "icd10_chapter", "icd10_underlying",
    "place_of_death", "soc2010", "soc2010_minor", "soc2010_submajor", "soc2010_major", "soc_code",
    "ethnic_group", "religion", "certified_by",
)  # fmt: skip


class KindOfTable(NamedTuple):
    """A kind of table, and how many columns of further detail it has."""

    geography: str
    period: str
    details: int


def kind_of(table: pd.DataFrame, by: Sequence[str]) -> KindOfTable:
    """Return what kind of table the groups ``by`` of ``table`` make; the finest row decides.

    A column of area codes of several levels (``area_code``) is as fine as its finest code.

    Raises
    ------
    DisclosureError
        A code of an area is of no level that is known.
    """
    areas = [AREA_COLUMNS[column] for column in by if column in AREA_COLUMNS]
    if "area_code" in by:
        starts = table["area_code"].astype(str).str[:3].unique()
        unknown = [start for start in starts if start not in CODES]
        if unknown:
            raise DisclosureError(
                f"area_code: {len(unknown)} kinds of code are of no known geography, the first "
                f"begins with {unknown[0]!r}.\n"
                "Rules go by geography: use the codes of the ONS Register of Geographic Codes."
            )
        areas += [CODES[start] for start in starts]
    periods = [PERIOD_COLUMNS[column] for column in by if column in PERIOD_COLUMNS]
    return KindOfTable(
        max(areas, key=GEOGRAPHIES.index, default="country"),
        max(periods, key=PERIODS.index, default="edition"),
        sum(column in DETAILS for column in by),
    )
