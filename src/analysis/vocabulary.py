"""The words of the project: codes of totals, orders of categories, labels of columns.

Everything here is a plain value. A word that code, page and parameter file share is defined
once, here, and nowhere else.
"""

import re
from datetime import date

import numpy as np
import pandas as pd

SEXES = ("F", "M")
PERSONS = "Persons"
ALL_AGES = "All ages"
ALL_MONTHS = "All months"
ALL_CAUSES = "All causes"

ENGLAND_AND_WALES = "K04000001"
ENGLAND = "E92000001"
WALES = "W92000004"
NON_RESIDENT = "J99000001"

AGE_BANDS = (
    "<1", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44",
    "45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90+",
)  # fmt: skip
# Age groups of the weekly releases to 2019, which a longer comparison has to use.
WEEKLY_AGES = ("<1", "1-14", "15-44", "45-64", "65-74", "75-84", "85+")

COVID19 = ("due to", "mentioned", "none")
INVOLVING = ("due to", "mentioned")
CAUSES = (ALL_CAUSES, "COVID-19", "Not COVID-19")

PLACES_OF_DEATH = (
    "Hospital", "Care home", "Home", "Hospice", "Other communal establishment", "Elsewhere",
)  # fmt: skip

REGIONS = tuple(f"E1200000{number}" for number in range(1, 10))
ICD10_CHAPTERS = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
    "XVI", "XVII", "XVIII", "XIX", "XX", "XXI", "XXII",
)  # fmt: skip

# Where an area lies in a funnel plot, from the top down.
FUNNEL_PLACES = (
    "Above 99.8% limits", "Above 95% limits", "Inside 95% limits", "Below 95% limits",
    "Below 99.8% limits",
)  # fmt: skip
# Beside a comparator: whether a difference is more than chance.
DIFFERENCES = ("higher", "similar", "lower")

# What a cell says where no number is shown, or a number needs care (ONS symbols).
STATUSES = {
    "": "published",
    "[u]": "low reliability",
    "[x]": "not calculated",
    "[c]": "confidential",
    "[z]": "not applicable",
}

# Orders in which groups stand in a table: totals first, then as the field orders them.
ORDERS = {
    "sex": (PERSONS, *SEXES),
    "cause": CAUSES,
    "age_band": (ALL_AGES, *AGE_BANDS),
    "age_group": (ALL_AGES, *WEEKLY_AGES),
    "month": (ALL_MONTHS, "All dates"),
    "week": ("All dates",),
    "death_week": ("All dates",),
    "death_date": ("All dates",),
    "registration_date": ("All dates",),
    "ctry20cd": (ENGLAND_AND_WALES, ENGLAND, WALES),
    "rgn20cd": (ENGLAND_AND_WALES, *REGIONS, WALES),
    "lad20cd": (ENGLAND_AND_WALES,),
    "msoa11cd": (ENGLAND_AND_WALES,),
    "lsoa11cd": (ENGLAND_AND_WALES,),
    "imd_decile": ("All areas", *map(str, range(1, 11))),
    "wimd_quintile": ("All areas", *map(str, range(1, 6))),
    "soc2010_major": ("All",),
    "soc2010_submajor": ("All",),
    "soc2010_minor": ("All",),
    "soc2010": ("All",),
    "icd10_chapter": ("All underlying causes", *ICD10_CHAPTERS),
    "area_level": ("England and Wales", "Country", "Region", "Local authority", "MSOA"),
    "soc_level": ("All", "Major group", "Sub-major group", "Minor group", "Unit group"),
    "place_of_death": ("All places", *PLACES_OF_DEATH),
    "place": FUNNEL_PLACES,
    "difference": DIFFERENCES,
    "severity": ("delivered", "kept", "kept and flagged", "excluded", "stops the run"),
}

LABELS = {
    "death_date": "Day of death",
    "death_week": "Week of death",
    "registration_date": "Day of registration",
    "lsoa11cd": "LSOA",
    "msoa11cd": "MSOA code",
    "msoa11nm": "MSOA",
    "lad20cd": "Authority code",
    "lad20nm": "Local authority",
    "rgn20cd": "Region code",
    "rgn20nm": "Region",
    "ctry20cd": "Country code",
    "ctry20nm": "Country",
    "icd10_chapter": "ICD-10 chapter",
    "icd10_chapternm": "Underlying cause of death",
    "icd10_underlying": "Underlying cause",
    "soc2010nm": "Unit group of occupation",
    "soc2010_minornm": "Minor group of occupation",
    "soc2010_submajornm": "Sub-major group of occupation",
    "soc2010_majornm": "Major group of occupation",
    "ethnic_group": "Ethnic group",
    "religion": "Religion",
    "certified_by": "Certified by",
    "sex": "Sex",
    "age_band": "Age",
    "age_group": "Age",
    "month": "Month",
    "week": "Week",
    "week_ended": "Week ended",
    "period": "Period",
    "series": "Series",
    "cause": "Cause",
    "covid19": "COVID-19",
    "area_level": "Level",
    "area_code": "Area code",
    "area_name": "Area",
    "region_name": "Region",
    "soc_level": "Level",
    "soc_code": "Code",
    "occupation": "Occupation",
    "rule": "Rule",
    "severity": "Treatment",
    "imd_decile": "Deprivation decile (1 = most deprived)",
    "wimd_quintile": "Deprivation quintile (1 = most deprived)",
    "soc2010": "Unit group",
    "soc2010_minor": "Minor group",
    "soc2010_submajor": "Sub-major group",
    "soc2010_major": "Major group",
    "place_of_death": "Place of death",
    "delay": "Days from death to registration",
    "published": "Published figures",
    "deaths": "Deaths in the area",
    "place": "Place in the funnel",
    "difference": "Compared with all",
    "age": "From age",
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SEX_LABELS = {"F": "Female", "M": "Male", PERSONS: "Persons"}


def group_order(groups: pd.Series) -> np.ndarray:
    """Return sort keys of a column of groups: its order in ``ORDERS``, then its own order.

    Values that ``ORDERS`` does not know come after those that it knows, sorted, and what is
    missing comes last. Categories have the order of their category.
    """
    if isinstance(groups.dtype, pd.CategoricalDtype):
        codes = groups.cat.codes.to_numpy()
        return np.where(codes < 0, len(groups.cat.categories), codes)
    codes, values = pd.factorize(groups)
    values = values.tolist()
    known = {value: rank for rank, value in enumerate(ORDERS.get(str(groups.name), ()))}
    others = sorted(set(values) - set(known))
    ranks = known | {value: len(known) + rank for rank, value in enumerate(others)}
    return np.array([*(ranks[value] for value in values), len(ranks)])[codes]


def shown_code(code: object) -> str:
    """Return a group's code as a reader is shown it.

    ``M`` as Male, ``2020-03`` as March 2020, ``2020-03-06`` as 6 March 2020.
    """
    text = str(code)
    if DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day.day} {day:%B %Y}"
    if len(text) == 7 and text[4] == "-" and text.replace("-", "").isdigit():
        return f"{date.fromisoformat(text + '-01'):%B %Y}"
    return SEX_LABELS.get(text, text)
