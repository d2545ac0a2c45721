"""The same death reads the same in every layout, and each layout's own coding is followed."""

from datetime import date

import pandas as pd
import pytest

from analysis.ingest.layouts import layout_names
from tests.ingest.samples import ORDINARY, cleaned

# What the ordinary record says, and what a layout has no column for.
SAYS = {
    "record_id": "r0",
    "registration_date": date(2020, 4, 3),
    "death_date": date(2020, 3, 31),
    "sex": "F",
    "age": 81,
    "residence": "E92000001",
    "lsoa11cd": "E01000001",
    "icd10_underlying": "U071",
    "place_of_death": "Home",
    "soc2010": "6145",
    "certified_by": "doctor",
}
LACKS = {
    "bulletin": {},
    "ons_death_extract": {},
    "nhs_civil_registrations": {"soc2010": None, "certified_by": None},
    "ons_in_house": {"record_id": None},
    "brazil_sim": {
        "residence": "BR-RS", "lsoa11cd": None, "soc2010": None, "certified_by": None,
    },
}  # fmt: skip
FLAGS = [
    "is_footer", "is_cancelled", "is_neonate", "registration_date_impossible",
    "death_date_impossible", "age_impossible", "lsoa_not_used", "icd10_underlying_malformed",
    "icd10_mentions_malformed", "place_not_coded", "soc2010_not_classified",
]  # fmt: skip


def test_every_layout_of_the_package_is_tested():
    assert sorted(ORDINARY) == layout_names()


@pytest.mark.parametrize("layout", sorted(ORDINARY))
def test_the_same_death_reads_the_same_in_every_layout(tmp_path, layout):
    death = cleaned(tmp_path, layout, {}).iloc[0]

    for column, value in (SAYS | LACKS[layout]).items():
        found = death[column]
        found = found.date() if isinstance(found, pd.Timestamp) else found
        assert found == value or (value is None and pd.isna(found)), column
    assert list(death["icd10_mentions"]) == ["U071", "J189"]
    assert not death[FLAGS].any()
    assert pd.isna(death["sex_code"])


IMPOSSIBLE = {
    "bulletin": [("death_date", "2020-02-30"), ("death_date", "2020-00-10"),
                 ("death_date", "2020-02"), ("death_date", "20200210")],
    "nhs_civil_registrations": [("REG_DATE_OF_DEATH", "20200200"),
                                ("REG_DATE_OF_DEATH", "20201301")],
    "ons_death_extract": [("DODDY", "0"), ("DODMT", ""), ("DODMT", "003")],
    "brazil_sim": [("DTOBITO", "20200331")],  # day and month come first in this layout
}  # fmt: skip


@pytest.mark.parametrize("layout", sorted(IMPOSSIBLE))
def test_a_day_that_does_not_exist_is_no_date(tmp_path, layout):
    deaths = cleaned(tmp_path, layout, *[{column: text} for column, text in IMPOSSIBLE[layout]])

    assert deaths["death_date"].isna().all()
    assert deaths["death_date_impossible"].all()


def test_29_february_exists_in_a_leap_year_only(tmp_path):
    deaths = cleaned(tmp_path, "bulletin", {"death_date": "2020-02-29"},
                     {"death_date": "2019-02-29"})  # fmt: skip

    assert deaths["death_date_impossible"].tolist() == [False, True]


def test_a_blank_date_is_missing_and_not_impossible(tmp_path):
    blank = {"DODYR": "", "DODMT": "", "DODDY": ""}

    death = cleaned(tmp_path, "ons_death_extract", blank).iloc[0]

    assert pd.isna(death["death_date"])
    assert not death["death_date_impossible"]


AGES = {
    "ons_death_extract": [
        ({"AGEC": "101", "AGECUNIT": "1"}, 101),
        ({"AGEC": "11", "AGECUNIT": "2"}, 0),  # months
        ({"AGEC": "27", "AGECUNIT": "4"}, 0),  # days
        ({"AGEC": "80", "AGECUNIT": ""}, None),  # no unit: not an infant
        ({"AGEC": "999"}, None),
        ({"AGEC": ""}, None),
    ],
    "bulletin": [
        ({"age": "0"}, 0),
        ({"age": "120"}, 120),
        ({"age": "63.0"}, 63),  # as programs write numbers of which some are missing
        ({"age": ""}, None),
    ],
    "brazil_sim": [
        ({"IDADE": "400"}, 0),  # 4: years
        ({"IDADE": "480"}, 80),
        ({"IDADE": "502"}, 102),  # 5: 100 years and more
        ({"IDADE": "311"}, 0),  # 11 months
        ({"IDADE": "205"}, 0),  # 5 days
        ({"IDADE": "123"}, 0),  # 23 hours
        ({"IDADE": "030"}, 0),  # 30 minutes
        ({"IDADE": "999"}, None),
    ],
}


@pytest.mark.parametrize("layout", sorted(AGES))
def test_age_is_in_whole_years_whatever_its_unit(tmp_path, layout):
    changes, ages = zip(*AGES[layout], strict=True)

    deaths = cleaned(tmp_path, layout, *changes)

    assert [None if pd.isna(age) else age for age in deaths["age"]] == list(ages)
    assert not deaths["age_impossible"].any()


def test_an_age_that_nobody_has_is_impossible(tmp_path):
    deaths = cleaned(tmp_path, "bulletin", *[{"age": a} for a in ("-1", "121", "8o", "80.5")])

    assert deaths["age"].isna().all()
    assert deaths["age_impossible"].all()


@pytest.mark.parametrize(
    ("layout", "change", "neonate"),
    [
        ("ons_death_extract", {"ICDPV_1": "P072"}, True),
        ("ons_death_extract", {"ICDPVF_1": "P072"}, True),
        ("nhs_civil_registrations", {"NEO_NATE_FLAG": "1"}, True),
        ("nhs_civil_registrations", {"NEO_NATE_FLAG": "0"}, False),
        ("brazil_sim", {"IDADE": "227"}, True),  # 27 days
        ("brazil_sim", {"IDADE": "228"}, False),  # 28 days
        ("bulletin", {"age": "0"}, True),
        ("bulletin", {"age": "1"}, False),
    ],
)
def test_a_neonatal_death_is_under_28_days_where_the_layout_tells(
    tmp_path, layout, change, neonate
):
    assert cleaned(tmp_path, layout, change)["is_neonate"].item() == neonate


@pytest.mark.parametrize(
    ("layout", "change", "residence"),
    [
        ("ons_death_extract", {"CTRYR": "924"}, "W92000004"),
        ("ons_death_extract", {"CTRYR": "931"}, "J99000001"),
        ("ons_death_extract", {"CTRYR": ""}, None),
        ("nhs_civil_registrations", {"LSOA_OF_RESIDENCE_CODE": "W01000001"}, "W92000004"),
        ("nhs_civil_registrations", {"LSOA_OF_RESIDENCE_CODE": "S01000001"}, "J99000001"),
        ("nhs_civil_registrations", {"LSOA_OF_RESIDENCE_CODE": ""}, None),
        ("brazil_sim", {"CODMUNRES": "355030"}, "BR-SP"),
    ],
)
def test_residence_follows_the_coding_of_the_layout(tmp_path, layout, change, residence):
    found = cleaned(tmp_path, layout, change)["residence"].item()

    assert found == residence or (residence is None and pd.isna(found))


def test_the_lsoa_of_a_non_resident_is_not_used(tmp_path):
    death = cleaned(tmp_path, "ons_death_extract", {"CTRYR": "931"}).iloc[0]

    assert pd.isna(death["lsoa11cd"])
    assert death["lsoa_not_used"]


def test_an_lsoa_code_that_stands_for_unknown_is_missing(tmp_path):
    deaths = cleaned(tmp_path, "ons_death_extract", {"LSOAR": "E99999999"})

    assert deaths["lsoa11cd"].isna().all()


def test_final_causes_win_over_original_ones(tmp_path):
    final = {"ICDU": "J189", "ICDUF": "U071", "ICD_1": "J189", "ICD_2": "I10X", "ICDF_1": "U071"}

    death = cleaned(tmp_path, "ons_death_extract", final).iloc[0]

    # The original I10 is not in the final list, so it does not come back.
    assert death["icd10_underlying"] == "U071"
    assert list(death["icd10_mentions"]) == ["U071"]


def test_icd10_codes_lose_dots_padding_and_small_letters(tmp_path):
    codes = {"I10X": "I10", "i10": "I10", "U07.1": "U071", " J189 ": "J189", "W0190": "W0190"}

    deaths = cleaned(tmp_path, "bulletin", *[{"icd10_underlying": written} for written in codes])

    assert deaths["icd10_underlying"].tolist() == list(codes.values())
    assert not deaths["icd10_underlying_malformed"].any()


def test_what_is_no_icd10_code_is_noted_and_left_out(tmp_path):
    odd = ["99", "J1", "JJ18", "J18901", "COVID", "7U071", "??"]
    changes = [{"icd10_underlying": o, "icd10_mentions": f"J189;{o}"} for o in odd]

    deaths = cleaned(tmp_path, "bulletin", *changes)

    assert deaths["icd10_underlying"].isna().all()
    assert deaths["icd10_underlying_malformed"].all()
    assert deaths["icd10_mentions_malformed"].all()
    assert [list(codes) for codes in deaths["icd10_mentions"]] == [["J189"]] * len(odd)


def test_a_line_of_a_certificate_may_hold_several_codes(tmp_path):
    lines = {"LINHAA": "*X958*T792", "LINHAB": "", "LINHAII": "*C64X", "CAUSABAS": "X958"}

    death = cleaned(tmp_path, "brazil_sim", lines).iloc[0]

    assert list(death["icd10_mentions"]) == ["X958", "T792", "C64"]


def test_the_underlying_cause_is_among_the_mentions_once(tmp_path):
    deaths = cleaned(
        tmp_path, "bulletin",
        {"icd10_underlying": "I64", "icd10_mentions": "I640;J189"},
        {"icd10_underlying": "I64", "icd10_mentions": "J189;I64"},
        {"icd10_underlying": "", "icd10_mentions": ""},
    )  # fmt: skip

    # I640 only begins like I64
    mentions = [list(codes) for codes in deaths["icd10_mentions"]]
    assert mentions == [["I64", "I640", "J189"], ["J189", "I64"], []]


PLACES = [
    ("H", "", "", "Home"),
    ("E", "", "", "Elsewhere"),
    ("12345", "1", "01", "Hospital"),  # zero padding
    ("12345", "1", "3", "Hospital"),
    ("12345", "2", "3", "Care home"),  # the same type, not NHS
    ("12345", "1", "83", "Hospice"),
    ("12345", "2", "83", "Hospice"),
    ("12345", "2", "45", "Other communal establishment"),
    ("12345", "1", "99", "Hospital"),
    ("12345", "2", "99", "Elsewhere"),  # as ONS, not as other analysts
    ("12345", "1", "82", None),
    ("12345", "", "", None),
    ("", "", "", None),
]


def test_place_of_death_is_by_code_then_by_nhs_and_establishment(tmp_path):
    changes = [
        {"CESTRSS": place, "NHSIND": nhs, "ESTTYPED": kind} for place, nhs, kind, _ in PLACES
    ]

    deaths = cleaned(tmp_path, "ons_death_extract", *changes)

    found = [None if pd.isna(place) else place for place in deaths["place_of_death"]]
    assert found == [place for *_, place in PLACES]
    # The last record says nothing at all; two before it say something that is in no table.
    assert deaths["place_not_coded"].tolist() == [False] * 10 + [True, True, False]


def test_an_occupation_outside_soc2010_is_not_classified(tmp_path):
    deaths = cleaned(tmp_path, "bulletin", {"soc2010": "0000"}, {"soc2010": ""})

    # One code that is no unit group; one death without an occupation.
    assert deaths["soc2010"].isna().all()
    assert deaths["soc2010_not_classified"].tolist() == [True, False]


def test_cancelled_registrations_and_footers_are_marked(tmp_path):
    nhs = cleaned(tmp_path, "nhs_civil_registrations", {"CANCELLED_FLAG": "Y"}, {})
    footer = dict.fromkeys(ORDINARY["ons_death_extract"], "") | {"MBISM204ID": "z COUNT 1"}
    ons = cleaned(tmp_path, "ons_death_extract", {}, footer)

    assert nhs["is_cancelled"].tolist() == [True, False]
    assert ons["is_footer"].tolist() == [False, True]


def test_who_certified_follows_the_coding(tmp_path):
    coding = {"1": "doctor", "02": "doctor", "11": "doctor", "3": "coroner", "14": "coroner"}
    changes = [{"CERTTYPE": code} for code in [*coding, "9", ""]]

    found = cleaned(tmp_path, "ons_death_extract", *changes)["certified_by"]

    assert found.iloc[:-2].tolist() == list(coding.values())
    assert found.iloc[-2:].isna().all()
