"""Every delivered row is kept or excluded under a named reason, and the two add up."""

from datetime import date

import pytest

from analysis.errors import InputError
from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.sources import open_records
from tests.ingest.samples import LOOKUP, ORDINARY, checked, found, rows, to_pandas, write_csv

EXCLUDED = {
    "registration_date_impossible": {"registration_date": "2020-02-30"},
    "registration_date_missing": {"registration_date": ""},
    "death_date_impossible": {"death_date": "2020-00-01"},
    "death_date_missing": {"death_date": ""},
    "registered_after_cut_off": {"registration_date": "2020-06-07"},
    "death_date_in_future": {"death_date": "2020-06-07"},
    "registered_before_death": {"death_date": "2020-04-04"},
}
FLAGGED = {
    "record_id_missing": {"record_id": ""},
    "sex_not_stated": {"sex": ""},
    "age_impossible": {"age": "200"},
    "age_unknown": {"age": ""},
    "non_resident": {"residence": "J99000001", "lsoa11cd": ""},
    "residence_unknown": {"residence": ""},
    "lsoa_missing": {"lsoa11cd": ""},
    "lsoa_in_other_country": {"lsoa11cd": "W01000001"},
    "icd10_underlying_malformed": {"icd10_underlying": "??"},
    "icd10_underlying_neonate": {"icd10_underlying": "", "age": "0"},
    "icd10_underlying_not_yet_coded": {"icd10_underlying": ""},
    "icd10_mentions_malformed": {"icd10_mentions": "U071;99"},
    "place_not_coded": {"place_of_death": "Garden"},
    "place_not_stated": {"place_of_death": ""},
    "soc2010_not_classified": {"soc2010": "9999"},
}


@pytest.mark.parametrize("rule", sorted(EXCLUDED))
def test_a_record_is_excluded_under_one_named_reason(tmp_path, rule):
    outcome = checked(tmp_path, {}, EXCLUDED[rule])

    assert found(outcome) == {rule: 1}
    assert (outcome.delivered_count, outcome.kept_count) == (2, 1)


@pytest.mark.parametrize("rule", sorted(FLAGGED))
def test_a_record_is_kept_and_flagged(tmp_path, rule):
    outcome = checked(tmp_path, {}, FLAGGED[rule])

    assert found(outcome) == {rule: 1}
    assert (outcome.delivered_count, outcome.kept_count) == (2, 2)


def test_delivered_is_kept_and_excluded(tmp_path):
    everything = [{}, *EXCLUDED.values(), *FLAGGED.values(), {"record_id": "r0"}]

    outcome = checked(tmp_path, *everything)

    # 1 ordinary, 7 excluded, 15 flagged, 1 of the two that are called r0
    report = outcome.report().set_index("rule")
    excluded = report.loc[report["severity"] == "excluded", "count"].sum()
    assert (outcome.delivered_count, outcome.kept_count, excluded) == (24, 16, 8)
    assert outcome.kept.count().execute() == 16
    assert report.loc["duplicate", "count"] == 1


def test_the_first_fault_is_the_reason(tmp_path):
    both = {"registration_date": "", "death_date": "2020-02-30"}

    outcome = checked(tmp_path, {}, both)

    assert found(outcome) == {"registration_date_missing": 1}


def test_the_last_day_of_the_cut_off_is_in(tmp_path):
    outcome = checked(tmp_path, {"registration_date": "2020-06-06"})

    assert outcome.kept_count == 1


def test_death_on_the_day_of_registration_is_possible(tmp_path):
    outcome = checked(tmp_path, {"death_date": "2020-04-03"})

    assert outcome.kept_count == 1


def test_a_registration_after_delivery_is_in_the_future(tmp_path):
    later = {"registration_date": "2020-06-02"}

    outcome = checked(tmp_path, {}, later, registered_by=None, delivered=date(2020, 6, 1))

    assert found(outcome) == {"registration_date_in_future": 1}


def test_without_a_cut_off_nothing_is_too_late(tmp_path):
    outcome = checked(tmp_path, {"registration_date": "2099-01-01"}, registered_by=None)

    assert outcome.kept_count == 1


def test_of_two_records_with_one_identifier_the_last_registered_stays(tmp_path):
    early = {"record_id": "r", "registration_date": "2020-04-01", "age": "80"}
    late = {"record_id": "r", "registration_date": "2020-04-02", "age": "81"}

    outcome = checked(tmp_path, late, early, {})

    assert found(outcome) == {"duplicate": 1}
    assert to_pandas(outcome.kept)["age"].tolist() == [81, 81]  # r of 2 April, and r2


def test_a_registration_outside_the_edition_does_not_displace_one_inside(tmp_path):
    inside = {"record_id": "r", "registration_date": "2020-06-01"}
    outside = {"record_id": "r", "registration_date": "2020-06-30"}

    outcome = checked(tmp_path, inside, outside)

    assert found(outcome) == {"registered_after_cut_off": 1}
    assert outcome.kept_count == 1


def test_records_without_an_identifier_are_nobodys_duplicates(tmp_path):
    outcome = checked(tmp_path, {"record_id": ""}, {"record_id": ""})

    assert found(outcome) == {"record_id_missing": 2}


def test_cancelled_rows_and_footers_are_excluded_under_their_names(tmp_path):
    nhs = rows("nhs_civil_registrations", {}, {"CANCELLED_FLAG": "Y"})
    footer = dict.fromkeys(ORDINARY["ons_death_extract"], "") | {"MBISM204ID": "COUNT 1"}
    ons = rows("ons_death_extract", {}, footer)

    reports = {
        layout: found(check_records(clean_records(open_records(path, layout), layout), None))
        for layout, path in (
            ("nhs_civil_registrations", write_csv(tmp_path / "nhs.csv", nhs)),
            ("ons_death_extract", write_csv(tmp_path / "ons.csv", ons)),
        )
    }

    assert reports == {
        "nhs_civil_registrations": {"cancelled": 1},
        "ons_death_extract": {"footer": 1},
    }


def test_a_footer_has_fewer_values_than_a_record(tmp_path):
    path = write_csv(tmp_path / "ons.csv", rows("ons_death_extract", {}, {}))
    with path.open("ab") as file:
        file.write(b"Total of Extracted records = 2\r\n")

    cleaned = clean_records(open_records(path, "ons_death_extract"), "ons_death_extract")
    outcome = check_records(cleaned, LOOKUP)

    assert found(outcome) == {"footer": 1}
    assert (outcome.delivered_count, outcome.kept_count) == (3, 2)


def test_an_lsoa_given_for_a_non_resident_is_flagged_and_not_used(tmp_path):
    outcome = checked(tmp_path, {"residence": "J99000001"})

    assert found(outcome) == {"non_resident": 1, "lsoa_not_used": 1}
    assert outcome.kept.lsoa11cd.execute().isna().all()


def test_an_lsoa_in_no_lookup_stops_the_run_and_is_named(tmp_path):
    with pytest.raises(InputError, match=r"in no lookup: E01999999 \(2 of 3 rows\)"):
        checked(tmp_path, {}, {"lsoa11cd": "E01999999"}, {"lsoa11cd": "E01999999"})


def test_an_unknown_code_of_sex_stops_the_run_with_every_other_fault(tmp_path):
    with pytest.raises(InputError) as error:
        checked(tmp_path, {"sex": "X"}, {"lsoa11cd": "E01999999"})

    assert "layout does not know: X (1 of 2 rows)" in str(error.value)
    assert "in no lookup: E01999999 (1 of 2 rows)" in str(error.value)


def test_a_fault_of_an_excluded_row_does_not_stop_the_run(tmp_path):
    outcome = checked(tmp_path, {}, {"sex": "X", "death_date": ""})

    assert found(outcome) == {"death_date_missing": 1}


def test_no_record_left_stops_the_run_and_says_why(tmp_path):
    with pytest.raises(InputError, match="all 2 rows are excluded") as error:
        checked(tmp_path, {"death_date": "31/03/2020"}, {"death_date": "01/04/2020"})

    assert "death_date_impossible: 2" in str(error.value)


def test_a_file_with_only_column_names_is_an_error(tmp_path):
    path = write_csv(tmp_path / "records.csv", [])
    path.write_text(",".join(ORDINARY["bulletin"]) + "\n", encoding="utf-8")

    with pytest.raises(InputError, match="holds no records"):
        check_records(clean_records(open_records(path, "bulletin"), "bulletin"), None)


def test_rules_that_found_nothing_are_in_the_report(tmp_path):
    report = checked(tmp_path, {}).report()

    assert set(report["severity"]) == {"excluded", "kept and flagged", "stops the run"}
    assert (report["count"] == 0).all()
    assert report["rule"].is_unique
