"""Sources: files, folders and tables; codes keep their zeros; only known columns come through."""

import datetime as dt
import gzip

import duckdb
import ibis
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.ingest.clean import clean_records
from analysis.ingest.layouts import FOLDER
from analysis.ingest.sources import open_records, unknown_columns
from tests.ingest.samples import rows, to_pandas, write_csv


def ids(source, layout="bulletin"):
    return to_pandas(clean_records(open_records(source, layout), layout))["record_id"].tolist()


def test_a_csv_plain_or_gzip_and_a_parquet_read_the_same(tmp_path):
    plain = write_csv(tmp_path / "records.csv", rows("bulletin", {}, {"soc2010": "0123"}))
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    duckdb.sql(f"COPY (FROM read_csv('{plain}', all_varchar=true)) TO '{tmp_path}/r.parquet'")

    frames = [
        to_pandas(clean_records(open_records(tmp_path / name, "bulletin"), "bulletin"))
        for name in ("records.csv", "packed.csv.gz", "r.parquet")
    ]

    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


def test_codes_keep_their_zeros(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {"record_id": "007"}))

    assert open_records(path, "bulletin").record_id.execute().tolist() == ["007"]


def test_dates_numbers_and_lists_of_a_parquet_file_are_used_as_they_are(tmp_path):
    typed = pd.DataFrame(rows("bulletin", {}, {})).assign(
        registration_date=dt.date(2020, 4, 3),
        death_date=pd.Timestamp(2020, 3, 31),
        age=[81.0, None],
        icd10_mentions=[["U071", "J189"], []],
    )
    typed.to_parquet(tmp_path / "records.parquet")

    deaths = to_pandas(
        clean_records(open_records(tmp_path / "records.parquet", "bulletin"), "bulletin")
    )

    assert deaths["death_date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-03-31"] * 2
    assert deaths["age"].iloc[0] == 81
    assert pd.isna(deaths["age"].iloc[1])
    assert [list(codes) for codes in deaths["icd10_mentions"]] == [["U071", "J189"], ["U071"]]


def test_a_folder_is_read_whole_whatever_the_order_of_columns(tmp_path):
    write_csv(tmp_path / "a.csv", rows("bulletin", {"record_id": "1"}, {"record_id": "2"}))
    turned = [dict(reversed(row.items())) for row in rows("bulletin", {"record_id": "3"})]
    write_csv(tmp_path / "b.csv", turned)
    (tmp_path / "README.txt.md").write_text("notes")

    assert ids(tmp_path) == ["1", "2", "3"]


def test_a_folder_of_parquet_files_is_read_whole(tmp_path):
    for name in ("1", "2"):
        frame = pd.DataFrame(rows("bulletin", {"record_id": name}))
        frame.to_parquet(tmp_path / f"{name}.parquet")

    assert ids(tmp_path) == ["1", "2"]


def test_a_table_of_a_database_is_a_source(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {"record_id": "1", "notes": "x"}))
    database = ibis.duckdb.connect(tmp_path / "deaths.duckdb")
    table = database.create_table("deaths", database.read_csv(path, all_varchar=True))

    assert ids(table) == ["1"]
    assert unknown_columns(table, "bulletin") == ["notes"]


def test_an_unknown_column_is_kept_out_and_reported(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {"name": "A. N. Other"}))

    assert "name" not in open_records(path, "bulletin").columns
    assert unknown_columns(path, "bulletin") == ["name"]


def test_an_optional_column_may_be_missing(tmp_path):
    without = [
        {k: v for k, v in row.items() if k != "certified_by"} for row in rows("bulletin", {})
    ]
    path = write_csv(tmp_path / "records.csv", without)

    assert open_records(path, "bulletin").certified_by.execute().isna().all()


def test_names_in_small_letters_and_other_names_are_known(tmp_path):
    small = [{k.lower(): v for k, v in r.items()} for r in rows("nhs_civil_registrations", {})]
    small[0]["derived_pseudo_nhs"] = small[0].pop("dec_conf_nhs_number")
    small[0]["date_of_death"] = small[0].pop("reg_date_of_death")
    path = write_csv(tmp_path / "records.csv", small)

    assert ids(path, "nhs_civil_registrations") == ["r0"]


def test_names_that_differ_in_capitals_are_two_columns(tmp_path):
    # Copies of the Brazilian files have both SEXO, the code, and sexo, a word.
    both = [row | {"sexo": "fem"} for row in rows("brazil_sim", {})]
    path = write_csv(tmp_path / "records.csv", both)

    assert unknown_columns(path, "brazil_sim") == ["sexo"]
    assert open_records(path, "brazil_sim").SEXO.execute().tolist() == ["2"]


def test_lines_end_in_any_way_and_values_may_hold_commas(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {"notes": "one, two"}))
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))

    assert ids(path) == ["r0"]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {}))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert ids(path) == ["r0"]


def test_missing_and_doubled_columns_are_all_named(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("bulletin", {}))
    header, *lines = path.read_text().splitlines()
    header = header.replace("record_id", "identifier").replace("lsoa11cd", "sex")
    path.write_text("\n".join([header, *lines]))

    with pytest.raises(InputError) as error:
        open_records(path, "bulletin")

    assert "missing: record_id, lsoa11cd" in str(error.value)
    assert "more than once: sex" in str(error.value)


def test_the_layout_that_fits_better_is_named(tmp_path):
    path = write_csv(tmp_path / "records.csv", rows("ons_in_house", {}))

    with pytest.raises(InputError, match="100% of the columns of layout ons_in_house"):
        open_records(path, "bulletin")


def test_a_file_in_another_encoding_is_read_if_the_layout_says_so(tmp_path):
    layout = tmp_path / "latin.yml"
    own = (FOLDER / "bulletin.yml").read_text(encoding="utf-8")
    layout.write_text(own + "csv: {encoding: latin-1, delimiter: ';'}\n", encoding="utf-8")
    record = rows("bulletin", {"notes": "café", "icd10_mentions": "U071"})
    path = write_csv(tmp_path / "records.csv", record)
    path.write_bytes(path.read_text(encoding="utf-8").replace(",", ";").encode("latin-1"))

    assert ids(path, str(layout)) == ["r0"]
