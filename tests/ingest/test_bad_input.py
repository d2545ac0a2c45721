"""Bad input: one clear message each, no record in it, and nothing half-written."""

import gzip

import pandas as pd
import pytest

from analysis.errors import BulletinError, InputError
from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.counts import count_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.engine import whole_file, write_parquet
from analysis.ingest.sources import open_records
from tests.ingest.samples import LOOKUP, checked, rows, write_csv

SECRET = "Z9SECRET"  # stands in every record, and must not stand in a message


def records(count=2_000):
    return rows("bulletin", *[{"record_id": f"{SECRET}{n:05d}"} for n in range(count)])


def refused(path):
    with pytest.raises(InputError) as error:
        check_records(clean_records(open_records(path, "bulletin"), "bulletin"), LOOKUP, where=path)
    message = str(error.value)
    assert path.name in message
    assert SECRET not in message
    assert len(message.splitlines()) >= 2
    assert error.value.exit_code == 4
    return message


def write_half(path, fault):
    with whole_file(path) as part:
        part.write_bytes(b"half")
        raise fault


def test_a_missing_file(tmp_path):
    assert "no such file or folder" in refused(tmp_path / "records.csv")


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "records.doc").write_text("x")

    assert "neither a CSV nor a Parquet file" in refused(tmp_path / "records.doc")


@pytest.mark.parametrize("name", ["records.csv", "records.csv.gz", "records.parquet"])
def test_an_empty_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"")

    assert "the file is empty" in refused(tmp_path / name)


def test_a_gzip_file_of_nothing(tmp_path):
    (tmp_path / "records.csv.gz").write_bytes(gzip.compress(b""))

    assert "the file is empty" in refused(tmp_path / "records.csv.gz")


@pytest.mark.parametrize("part", [0.0001, 0.5, 0.999])
def test_a_gzip_file_that_is_cut_short(tmp_path, part):
    plain = write_csv(tmp_path / "plain.csv", records())
    packed = gzip.compress(plain.read_bytes())
    path = tmp_path / "records.csv.gz"
    path.write_bytes(packed[: max(15, int(len(packed) * part))])

    assert "damaged or cut short" in refused(path)


@pytest.mark.parametrize("part", [0.2, 0.999])
def test_a_parquet_file_that_is_cut_short(tmp_path, part):
    path = tmp_path / "records.parquet"
    pd.DataFrame(records()).to_parquet(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])

    assert "not a whole Parquet file" in refused(path)


def test_a_text_that_calls_itself_gzip(tmp_path):
    write_csv(tmp_path / "records.csv.gz", records(2))

    assert "damaged or cut short" in refused(tmp_path / "records.csv.gz")


def test_a_plain_file_that_is_cut_short(tmp_path):
    path = write_csv(tmp_path / "records.csv", records())
    path.write_bytes(path.read_bytes()[:-60])

    message = refused(path)
    assert "more or fewer values" in message
    assert "line 2001" in message


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_wrong_encoding(tmp_path, encoding):
    path = write_csv(tmp_path / "records.csv", [row | {"notes": "café"} for row in records()])
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))

    assert "not in the encoding of" in refused(path)


def test_a_quotation_mark_that_is_not_closed(tmp_path):
    path = write_csv(tmp_path / "records.csv", [row | {"notes": "x"} for row in records(10)])
    path.write_text(path.read_text().replace("doctor,x", 'doctor,"x', 1))

    assert "quotation mark" in refused(path)


def test_lines_that_end_in_two_ways(tmp_path):
    path = write_csv(tmp_path / "records.csv", records(10))
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[-1] + b"\n")

    assert "lines end in two different ways" in refused(path)


def test_a_folder_without_records_and_one_with_two_kinds(tmp_path):
    assert "no CSV or Parquet file" in refused(tmp_path)
    write_csv(tmp_path / "a.csv", records(2))
    pd.DataFrame(records(2)).to_parquet(tmp_path / "b.parquet")

    assert "both CSV and Parquet" in refused(tmp_path)


def test_the_file_of_a_folder_that_is_at_fault_is_named(tmp_path):
    write_csv(tmp_path / "a.csv", records())
    bad = write_csv(tmp_path / "b.csv", records())
    bad.write_bytes(bad.read_bytes()[:-60])

    assert "b.csv, line 2001" in refused(tmp_path)


def test_counts_are_written_whole_or_not_at_all(tmp_path):
    deaths = derive_columns(checked(tmp_path, {}).kept, LOOKUP)
    there = write_parquet(count_records(deaths, "area"), tmp_path / "counts" / "area.parquet")
    before = there.read_bytes()

    with pytest.raises(ZeroDivisionError):
        write_half(there, ZeroDivisionError())

    assert there.read_bytes() == before
    assert [path.name for path in there.parent.iterdir()] == ["area.parquet"]


def test_a_full_disk_leaves_what_was_there(tmp_path):
    there = tmp_path / "area.parquet"
    there.write_bytes(b"before")

    with pytest.raises(BulletinError, match="Nothing was changed"):
        write_half(there, OSError(28, "No space left on device"))

    assert there.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [there]


def test_a_folder_that_cannot_be_written_is_an_error_in_words(tmp_path):
    (tmp_path / "counts").write_text("a file where a folder is wanted")
    deaths = derive_columns(checked(tmp_path, {}).kept, LOOKUP)

    with pytest.raises(BulletinError, match="could not be written"):
        write_parquet(count_records(deaths, "area"), tmp_path / "counts" / "area.parquet")
