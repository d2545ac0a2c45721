"""Columns that follow from a record."""

import itertools
from datetime import date

import ibis
import pandas as pd

from analysis.ingest.derive import age_band, band_edges, derive_columns, icd10_chapter, ons_week
from analysis.standards.weeks import week_code
from analysis.vocabulary import AGE_BANDS
from tests.ingest.samples import LOOKUP, checked, to_pandas


def derived(folder, *changes, lookup=LOOKUP):
    return to_pandas(derive_columns(checked(folder, *changes, lookup=lookup).kept, lookup))


def values(expression, column, given):
    """Return what ``expression`` makes of each of ``given``, in order."""
    table = ibis.memtable(pd.DataFrame({"order": range(len(given)), column: given}))
    result = table.mutate(result=expression(table[column])).order_by("order")
    return result.to_pandas()["result"].tolist()


def test_an_age_is_in_the_band_that_names_it():
    bands = {0: "<1", 1: "1-4", 4: "1-4", 5: "5-9", 9: "5-9", 85: "85-89", 89: "85-89",
             90: "90+", 120: "90+"}  # fmt: skip

    assert values(age_band, "age", list(bands)) == list(bands.values())


def test_bands_follow_one_another_without_gaps():
    edges = [band_edges(band) for band in AGE_BANDS]

    assert all(last + 1 == first for (_, last), (first, _) in itertools.pairwise(edges))


def test_a_cause_is_in_the_chapter_of_its_range():
    chapters = {
        "A00": "I", "B99": "I", "C349": "II", "D489": "II", "D50": "III", "H599": "VII",
        "H60": "VIII", "I64": "IX", "J189": "X", "R99": "XVIII", "T983": "XIX", "V011": "XX",
        "Y98": "XX", "U509": "XX", "U071": "XXII", "Z999": "XXI",
    }  # fmt: skip

    assert values(icd10_chapter, "code", list(chapters)) == list(chapters.values())


def test_every_day_has_the_week_that_the_standard_names():
    days = [day.date() for day in pd.date_range("2009-12-20", "2027-01-10")]

    assert values(ons_week, "day", days) == [week_code(day) for day in days]


CERTIFICATES = [
    ("U071", "U071;J189", "due to"),
    ("U072", "", "due to"),
    ("U099", "", "due to"),
    ("U109", "", "due to"),
    ("J189", "J189;U072", "mentioned"),
    ("", "U071", "mentioned"),  # not yet coded
    ("J189", "J189", "none"),
    ("", "", "none"),
    ("U070", "U070;U089", "none"),  # neighbours of the codes
]


def test_covid19_is_due_to_or_mentioned_or_none(tmp_path):
    changes = [{"icd10_underlying": u, "icd10_mentions": m} for u, m, _ in CERTIFICATES]

    found = derived(tmp_path, *changes)["covid19"].tolist()

    assert found == [covid19 for *_, covid19 in CERTIFICATES]


def test_areas_and_deprivation_follow_from_the_lsoa(tmp_path):
    welsh = {"residence": "W92000004", "lsoa11cd": "W01000001"}
    abroad = {"residence": "J99000001", "lsoa11cd": ""}

    deaths = derived(tmp_path, {}, welsh, abroad)

    assert deaths["msoa11cd"].fillna("").tolist() == ["E02000001", "W02000001", ""]
    assert deaths["lad20cd"].fillna("").tolist() == ["E06000001", "W06000001", ""]
    assert deaths["rgn20cd"].fillna("").tolist() == ["E12000001", "W92000004", ""]
    assert deaths["imd_decile"].fillna(0).tolist() == [1, 0, 0]
    assert deaths["wimd_quintile"].fillna(0).tolist() == [0, 5, 0]


def test_records_without_areas_have_none(tmp_path):
    deaths = derived(tmp_path, {}, lookup=None)

    assert deaths[["msoa11cd", "ctry20cd", "imd_decile"]].isna().all(axis=None)
    assert deaths["age_band"].tolist() == ["80-84"]


def test_levels_of_occupation_are_prefixes(tmp_path):
    deaths = derived(tmp_path, {"soc2010": "6145"}, {"soc2010": ""})

    levels = deaths[["soc2010_major", "soc2010_submajor", "soc2010_minor"]]
    assert levels.iloc[0].tolist() == ["6", "61", "614"]
    assert levels.iloc[1].isna().all()


def test_month_delay_and_week_of_a_death(tmp_path):
    late = {"death_date": "2019-12-31", "registration_date": "2020-01-04"}

    death = derived(tmp_path, late).iloc[0]

    # 31 December to 4 January, a Saturday: the first day of the week that ends on 10 January
    assert (death["month"], death["delay"], death["week"]) == ("2019-12", 4, "2020-W02")


def test_an_unknown_age_has_no_band(tmp_path):
    assert derived(tmp_path, {"age": ""})["age_band"].isna().all()


def test_no_record_is_lost_or_doubled(tmp_path):
    deaths = derived(tmp_path, {}, {"lsoa11cd": ""}, {"lsoa11cd": "E01000002"})

    assert len(deaths) == 3
    assert deaths["death_date"].iloc[0].date() == date(2020, 3, 31)
