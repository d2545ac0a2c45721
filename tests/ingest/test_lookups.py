"""The lookup is checked whole before anything is joined to it."""

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.ingest.lookups import read_lookup
from tests.ingest.samples import LOOKUP


def refused(folder, lookup):
    lookup.to_csv(folder / "lookup.csv", index=False)
    with pytest.raises(InputError) as error:
        read_lookup(folder / "lookup.csv")
    return str(error.value)


def test_csv_and_parquet_read_the_same(tmp_path):
    LOOKUP.assign(note="x").to_csv(tmp_path / "lookup.csv.gz", index=False)
    LOOKUP.to_parquet(tmp_path / "lookup.parquet")

    for name in ("lookup.csv.gz", "lookup.parquet"):
        pd.testing.assert_frame_equal(read_lookup(tmp_path / name), LOOKUP)


def test_all_faults_are_in_one_message(tmp_path):
    faulty = LOOKUP.assign(
        lsoa11cd=["E01000001", "E01000001", "W01000001"],
        lad20cd=["E06000001", "Town", "W06000001"],
        imd_decile=[11, None, 3],
        rgn20nm=["North East", "East", None],
    )

    message = refused(tmp_path, faulty)

    assert "lsoa11cd: given more than once: E01000001 (2 rows)" in message
    assert "lad20cd: is no such code: Town (1 rows)" in message
    assert "imd_decile: is not 1 to 10: 11" in message
    assert "rgn20nm: has blanks" in message
    assert "E01000001 has no imd_decile (1 LSOAs)" in message
    assert "W01000001 should have no imd_decile (1 LSOAs)" in message
    assert "rgn20cd E12000001 has two names in rgn20nm (1 codes)" in message


def test_a_missing_column_is_named(tmp_path):
    message = refused(tmp_path, LOOKUP.drop(columns=["msoa11cd", "lad20nm"]))

    assert "column msoa11cd, lad20nm is missing" in message


@pytest.mark.parametrize("content", [b"", b"lsoa11cd\n"])
def test_an_empty_lookup_is_refused(tmp_path, content):
    (tmp_path / "lookup.csv").write_bytes(content)

    with pytest.raises(InputError, match=r"empty|no rows"):
        read_lookup(tmp_path / "lookup.csv")


def test_a_damaged_or_missing_lookup_is_refused(tmp_path):
    path = tmp_path / "lookup.parquet"
    with pytest.raises(InputError, match="no such file"):
        read_lookup(path)
    LOOKUP.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(InputError, match="damaged or cut short"):
        read_lookup(path)
